#pragma once

#include "mutation/report/analyses.hpp"
#include "mutation/report/coding.hpp"
#include "mutation/report/report.hpp"
#include "mutation/stats/least_squares.hpp"
#include "outcome.hpp"

#include <optional>
#include <vector>

namespace mutation::report {

/// Runs that a model has to have beyond its columns.
inline constexpr std::size_t kRunsBeyondColumns = 6;

/// The model of one outcome on the inputs of its runs.
struct Model {
    Outcome outcome;
    CodedInputs inputs;                   ///< without the columns that combinations of others make
    CodedInputs all_inputs;               ///< with them
    std::optional<stats::LinearFit> line; ///< none: `fit.reason` says why
    Fit fit;
};

[[nodiscard]] Model fit_model(const Group& group, Outcome outcome);

/// The models of all outcomes, as `make_outcomes` orders them.
[[nodiscard]] std::vector<Model> fit_models(const Group& group, const std::vector<const Run*>& runs);

} // namespace mutation::report
