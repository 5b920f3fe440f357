#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/plan/draw_bits.hpp"

#include <cstdint>
#include <vector>

namespace mutation::plan {

/// The reals of a range that a draw can return: those of the 6-digit grid, an end off the grid to which draws are
/// clipped, and an exact 0 if `zero_probability` asks for one.
class RealSpace {
public:
    /// Error(usage) for a log_uniform range that does not begin above 0.
    explicit RealSpace(const config::Hyperparameter& hyperparameter);

    [[nodiscard]] std::uint64_t size() const { return negatives_ + positives_ + extras_.size(); }
    [[nodiscard]] double at(std::uint64_t index) const;
    [[nodiscard]] double draw(Engine& engine) const;

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

} // namespace mutation::plan
