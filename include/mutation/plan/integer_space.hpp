#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/plan/draw_bits.hpp"

#include <cstdint>

namespace mutation::plan {

/// The integers of a range, and an exact 0 if `zero_probability` asks for one. The registry's bounds are at most 2^53.
class IntegerSpace {
public:
    /// Error(usage) for a log_uniform range that does not begin above 0.
    explicit IntegerSpace(const config::Hyperparameter& hyperparameter);

    [[nodiscard]] std::uint64_t size() const;
    [[nodiscard]] std::int64_t at(std::uint64_t index) const;
    [[nodiscard]] std::int64_t draw(Engine& engine) const;

private:
    std::int64_t low_ = 0;
    std::int64_t high_ = -1;
    bool is_empty_ = true; ///< the range has no integer
    bool has_extra_zero_ = false;
    double zero_probability_ = 0;
    bool is_logarithmic_ = false;
    double log_low_ = 0;
    double log_span_ = 0;
};

} // namespace mutation::plan
