#pragma once

#include "mutation/report/comparison.hpp"
#include "mutation/stats/t_estimate.hpp"

#include <optional>
#include <vector>

namespace mutation::report {

/// What is asked of one outcome. Numbers are on the scale of the model: ln for ratios, else the outcome's own unit.
struct Question {
    Scale scale = Scale::ratio;
    double margin = 0; ///< on either side of "no change"
    double gain = 0;   ///< by how much the sensors of the two sides can differ
};

/// The values of both sides, on the scale of the model.
struct TwoSamples {
    std::vector<double> a;
    std::vector<double> b;
};

/// One configuration by Welch's t. `other_spread`: the standard deviation of like runs, from other configurations, for
/// sides with one run only.
[[nodiscard]] Contrast contrast_samples(const TwoSamples& samples, const Question& question,
                                        std::optional<double> other_spread);

/// The mean of at least two configurations' contrasts, on the scale of the model.
[[nodiscard]] Contrast contrast_pairs(const std::vector<double>& differences, const Question& question);

/// From the scale of the model to the one that is shown.
[[nodiscard]] double to_shown(Scale scale, double value);

/// The difference of the sides on the scale of the model: exactly 0 for equal samples in any order, and exactly the
/// opposite for swapped ones.
[[nodiscard]] double difference_of(const TwoSamples& samples);

} // namespace mutation::report
