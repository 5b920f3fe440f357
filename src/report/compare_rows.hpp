#pragma once

#include "match_groups.hpp"
#include "mutation/report/comparison.hpp"

#include <string>
#include <vector>

namespace mutation::report {

/// An outcome that is compared.
struct ComparedFigure {
    std::string name;
    bool is_metric = false;
    Scale scale = Scale::ratio;
    double size = 0; ///< if the scale is `difference`: mean absolute value, which the margin is a share of
};

/// Energy, duration, power, then the metrics by name: all that a matched configuration has on both sides.
[[nodiscard]] std::vector<ComparedFigure> find_compared_figures(const std::vector<GroupPair>& pairs);

/// By how much the sensors of both sides can differ, and whether all their gain errors are known.
struct GainError {
    double gain = 0; ///< of ln(B / A)
    bool is_known = true;
};

/// A row, and what the contrast over all configurations needs of it.
struct ScaledRow {
    ComparedOutcome row;
    double difference = 0; ///< on the scale of the model
    GainError gain;
};

/// The rows of one outcome in the configurations of a pair that have it on both sides. `first` is the place of the
/// pair's first configuration in the comparison; `margin` is that of the comparison.
[[nodiscard]] std::vector<ScaledRow> compare_rows(const GroupPair& pair, const ComparedFigure& figure,
                                                  std::size_t first, double margin);

/// `margin` on the scale of the model.
[[nodiscard]] double scaled_margin(const ComparedFigure& figure, double margin);

} // namespace mutation::report
