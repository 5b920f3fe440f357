#include "fit_checks.hpp"

#include "mutation/stats/descriptive.hpp"
#include "mutation/stats/model_checks.hpp"

#include <set>

namespace mutation::report {

namespace {

template <class Result>
ModelCheck describe_check(const char* name, const Result& result) {
    ModelCheck check;
    check.name = name;
    if (result) {
        check.statistic = result->statistic;
        check.p = result->p;
    } else {
        check.reason = result.refusal().reason;
    }
    return check;
}

ModelCheck check_squares(const Model& model) {
    constexpr const char* kName = "squared_terms";
    stats::Columns columns = model.inputs.values;
    for (std::vector<double>& square : squared_columns(model.inputs)) {
        columns.push_back(std::move(square));
    }
    if (columns.size() == model.inputs.values.size()) {
        return {kName, {}, {}, "no number has three different values"};
    }
    const auto larger = stats::fit_least_squares(columns, model.outcome.values);
    if (!larger) {
        return {kName, {}, {}, larger.refusal().reason};
    }
    return describe_check(kName, stats::compare_fits(*model.line, *larger));
}

} // namespace

stats::Columns squared_columns(const CodedInputs& inputs) {
    stats::Columns squares;
    for (std::size_t j = 0; j < inputs.columns.size(); ++j) {
        const std::vector<double>& column = inputs.values[j];
        const Term term = inputs.columns[j].term;
        const bool is_number = term == Term::log || term == Term::linear;
        if (!is_number || std::set<double>(column.begin(), column.end()).size() < 3) {
            continue;
        }
        const double mean = stats::mean(column);
        std::vector<double> square;
        for (const double x : column) {
            square.push_back((x - mean) * (x - mean));
        }
        squares.push_back(std::move(square));
    }
    return squares;
}

std::vector<ModelCheck> check_fit(const Model& model) {
    const stats::LinearFit& line = *model.line;
    std::vector<ModelCheck> checks;
    checks.push_back(
        describe_check("lack_of_fit", stats::lack_of_fit(model.inputs.values, model.outcome.values, line.residuals)));
    if (!checks.front().p) {
        checks.push_back(check_squares(model));
    }
    checks.push_back(describe_check("breusch_pagan", stats::breusch_pagan(model.inputs.values, line.residuals)));
    checks.push_back(describe_check("anderson_darling", stats::anderson_darling(line.residuals)));
    return checks;
}

} // namespace mutation::report
