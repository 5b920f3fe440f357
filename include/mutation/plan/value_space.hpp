#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/core/value.hpp"
#include "mutation/plan/draw_bits.hpp"
#include "mutation/plan/mutation_set.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mutation::plan {

/// Where counts stop: 2^63-1.
constexpr std::uint64_t kMostValues = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

/// The integers of a range, and an exact 0 where `zero_probability` asks for one.
class IntegerSpace {
public:
    /// Error(usage) for a log_uniform range that does not begin above 0.
    explicit IntegerSpace(const config::Hyperparameter& hyperparameter);

    [[nodiscard]] std::uint64_t size() const;
    [[nodiscard]] Word at(std::uint64_t index) const;
    [[nodiscard]] Word draw(Engine& engine) const;

private:
    std::int64_t low_ = 0;
    std::int64_t high_ = -1;
    bool is_empty_ = true; ///< the range holds no integer
    bool has_extra_zero_ = false;
    double zero_probability_ = 0;
    bool is_logarithmic_ = false;
    double log_low_ = 0;
    double log_span_ = 0;

    [[nodiscard]] std::int64_t draw_logarithmic(Engine& engine) const;
};

/// The reals of a range that a draw can return: those of the 6-digit grid, an end off the grid to which draws are
/// clipped, and an exact 0 where `zero_probability` asks for one.
class RealSpace {
public:
    /// Error(usage) for a log_uniform range that does not begin above 0.
    explicit RealSpace(const config::Hyperparameter& hyperparameter);

    [[nodiscard]] std::uint64_t size() const { return negatives_ + positives_ + extras_.size(); }
    [[nodiscard]] Word at(std::uint64_t index) const;
    [[nodiscard]] Word draw(Engine& engine) const;

private:
    double min_ = 0;
    double max_ = 0;
    double zero_probability_ = 0;
    bool is_logarithmic_ = false;
    double log_min_ = 0;
    double log_span_ = 0;
    std::uint64_t negatives_ = 0; ///< grid values below 0
    std::uint64_t positives_ = 0;
    std::uint64_t skipped_negatives_ = 0; ///< grid values nearer to 0 than the range
    std::uint64_t skipped_positives_ = 0;
    std::vector<double> extras_;

    void count_grid();
    void add_extras(double zero_probability);
    [[nodiscard]] double draw_in_range(Engine& engine) const;
};

/// The texts of a choice, or false and true.
class ListSpace {
public:
    explicit ListSpace(std::uint64_t size) : size_(size) {}

    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] Word at(std::uint64_t index) const { return index; }
    [[nodiscard]] Word draw(Engine& engine) const { return draw_below(size_, engine); }

private:
    std::uint64_t size_;
};

/// Every value that one mutated hyperparameter can take. Refers to the hyperparameter, which must outlive it.
class ValueSpace {
public:
    /// Error(usage) when the hyperparameter cannot be mutated: a number without a range, a choice without choices.
    explicit ValueSpace(const config::Hyperparameter& hyperparameter);

    /// How many there are; stops at kMostValues.
    [[nodiscard]] std::uint64_t size() const;
    /// Each of them once, for index 0 to size() - 1.
    [[nodiscard]] Word at(std::uint64_t index) const;
    /// One of them, as the distribution has it. size() is not 0.
    [[nodiscard]] Word draw(Engine& engine) const;

    [[nodiscard]] Value unpack(Word word) const;
    [[nodiscard]] const config::Hyperparameter& hyperparameter() const { return *hyperparameter_; }

private:
    const config::Hyperparameter* hyperparameter_;
    std::variant<IntegerSpace, RealSpace, ListSpace> space_;
};

/// A value in 64 bits: integers and reals as they are, a choice as its place in the list, no value as a word of its
/// own. Equal words are equal words on the command line.
[[nodiscard]] Word pack_value(const config::Hyperparameter& hyperparameter, const std::optional<Value>& value);

/// What a text (of a past session's table) stands for, as a training would see it if it were drawn now: reals rounded
/// and, within the range, clipped. Nothing when it is no value of that type.
[[nodiscard]] std::optional<Word> pack_text(const config::Hyperparameter& hyperparameter, std::string_view text);

} // namespace mutation::plan
