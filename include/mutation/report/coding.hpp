#pragma once

#include "mutation/report/analyses.hpp"
#include "mutation/report/report.hpp"
#include "mutation/report/run.hpp"
#include "mutation/stats/columns.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::report {

/// A column of the models' inputs.
struct CodedColumn {
    std::size_t input = 0; ///< its hyperparameter: an index of `CodedInputs::inputs`
    Term term = Term::log;
    std::optional<std::string> level; ///< of a choice; `kNotSet`: the runs whose flag was left out
    double step = 1;                  ///< the step of the column that a ratio is about, ln 2 for a doubling
    RatioOf ratio_of = RatioOf::doubling;
    std::string ratio_text; ///< `Effect::ratio_text`
};

/// The hyperparameters of some runs as numbers for a model.
struct CodedInputs {
    std::vector<Input> inputs;        ///< all but the seed, the constant ones too
    std::vector<CodedColumn> columns; ///< of the inputs that vary
    stats::Columns values;            ///< values[j][i] is columns[j] of run i
};

/// The level of a run that did not get the hyperparameter: the training used its own default, which nobody recorded.
/// A number then has a column for these runs beside those of the coding, which are about the other runs' mean.
inline constexpr std::string_view kNotSet = "not set";

/// Whether the hyperparameter is a seed: never an input.
[[nodiscard]] bool is_seed(std::string_view hyperparameter);

/// The value of a hyperparameter in a run; none: it was left out.
[[nodiscard]] std::optional<Value> value_in(const Run& run, std::string_view hyperparameter);

/// The value as a number; none: it is no number.
[[nodiscard]] std::optional<double> number_of(const std::optional<Value>& value);

/// Codes the hyperparameters of `runs` as `Group::hyperparameters` says. One that is not in there is coded by its
/// values: positive numbers over a factor of at least 10 by their logarithm (with zeros among them: `zero`), other
/// numbers as they are, all else as a choice.
/// The step of a linear column leads from the 10th to the 90th percentile of the distinct values (nearest rank, so that
/// both were tried).
[[nodiscard]] CodedInputs code_inputs(const Group& group, const std::vector<const Run*>& runs);

} // namespace mutation::report
