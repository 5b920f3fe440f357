#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/core/value.hpp"
#include "mutation/plan/draw_bits.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace mutation::plan {

/// Counts saturate here: more than can ever be asked for.
constexpr std::uint64_t kCountless = std::uint64_t{1} << 62U;

/// The values that one hyperparameter can take when it is mutated, as the training sees them: ints each; reals those of
/// 6 significant digits within the range (and an end of the range that has more digits, where rounding would leave the
/// range); 0 where `zero_probability` allows it; choices; both booleans.
class ValueSpace {
public:
    explicit ValueSpace(const config::Hyperparameter& hyperparameter);

    [[nodiscard]] std::uint64_t count() const { return count_; }
    /// The values in a fixed order; `index` below `count()`.
    [[nodiscard]] Value at(std::uint64_t index) const;
    /// One draw by the hyperparameter's distribution.
    [[nodiscard]] Value draw(Engine& engine) const;

private:
    [[nodiscard]] Value range_value_at(std::uint64_t index) const;
    [[nodiscard]] Value draw_from_range(Engine& engine) const;
    [[nodiscard]] Value number(double value) const;

    const config::Hyperparameter& hyperparameter_;
    double min_ = 0;
    double max_ = 0;
    double log_min_ = 0; ///< ends for logarithmic draws
    double log_max_ = 0;
    std::uint64_t below_ = 0; ///< grid values of reals in [min, 0)
    bool has_zero_in_range_ = false;
    std::uint64_t above_ = 0;      ///< grid values of reals in (0, max]
    std::uint64_t first_rank_ = 1; ///< rank of the least positive one
    std::uint64_t last_negative_rank_ = 0;
    bool has_odd_min_ = false; ///< the range's own end counts as a value
    bool has_odd_max_ = false;
    bool has_extra_zero_ = false;
    std::uint64_t count_ = 0;
};

/// Whether a combination may not be drawn (again).
using IsTaken = std::function<bool(const std::vector<Value>&)>;

/// `runs` distinct combinations of the hyperparameters' values, none of them taken. `taken` is an upper bound of how
/// many are. Error(usage) stating the computed count where fewer are left than asked.
[[nodiscard]] std::vector<std::vector<Value>> draw_mutations(const std::vector<const config::Hyperparameter*>& mutated,
                                                             std::size_t runs, const IsTaken& is_taken,
                                                             std::uint64_t taken, Engine& engine);

/// What makes two combinations the same: equal exactly where the training would get the same words.
[[nodiscard]] std::string mutation_key(const std::vector<Value>& values);
void append_key(std::string& key, const Value& value);

} // namespace mutation::plan
