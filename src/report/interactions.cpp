#include "interactions.hpp"

#include "mutation/core/counted.hpp"
#include "mutation/stats/descriptive.hpp"
#include "mutation/stats/holm.hpp"
#include "mutation/stats/t_estimate.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <utility>

namespace mutation::report {

namespace {

/// Runs for each term of the model.
constexpr std::size_t kRunsPerTerm = 10;
/// Runs in which both inputs of a pair have another value than their most frequent one.
constexpr std::size_t kLeastRunsOfPair = 5;

struct Pair {
    std::size_t first = 0; ///< column
    std::size_t second = 0;
};

std::vector<Pair> pairs_of(const CodedInputs& inputs) {
    std::vector<Pair> pairs;
    for (std::size_t i = 0; i < inputs.columns.size(); ++i) {
        for (std::size_t j = i + 1; j < inputs.columns.size(); ++j) {
            if (inputs.columns[i].input != inputs.columns[j].input) {
                pairs.push_back({i, j});
            }
        }
    }
    return pairs;
}

/// For each run whether the column has another value than its most frequent one.
std::vector<bool> deviations_of(const std::vector<double>& column) {
    std::map<double, std::size_t> counts;
    for (const double x : column) {
        ++counts[x];
    }
    const auto usual = std::max_element(counts.begin(), counts.end(),
                                        [](const auto& a, const auto& b) { return a.second < b.second; });
    std::vector<bool> deviations;
    for (const double x : column) {
        deviations.push_back(x != usual->first);
    }
    return deviations;
}

/// The columns and the products of the pairs.
stats::Columns with_products(const CodedInputs& inputs, const std::vector<Pair>& pairs) {
    stats::Columns columns = inputs.values;
    for (const Pair& pair : pairs) {
        const std::vector<double>& first = inputs.values[pair.first];
        const std::vector<double>& second = inputs.values[pair.second];
        const double first_mean = stats::mean(first);
        const double second_mean = stats::mean(second);
        std::vector<double> product;
        for (std::size_t i = 0; i < first.size(); ++i) {
            product.push_back((first[i] - first_mean) * (second[i] - second_mean));
        }
        columns.push_back(std::move(product));
    }
    return columns;
}

/// Why the pairs cannot be estimated; "" if they can.
std::string reason_against(const Model& model, const std::vector<Pair>& pairs) {
    const CodedInputs& inputs = model.inputs;
    if (pairs.empty()) {
        return "only one hyperparameter varies";
    }
    std::vector<std::vector<bool>> deviations;
    for (const std::vector<double>& column : inputs.values) {
        deviations.push_back(deviations_of(column));
    }
    for (const Pair& pair : pairs) {
        std::size_t together = 0;
        for (std::size_t i = 0; i < model.fit.n; ++i) {
            together += deviations[pair.first][i] && deviations[pair.second][i] ? 1 : 0;
        }
        if (together < kLeastRunsOfPair) {
            return fmt::format("not estimable: {} and {} were changed together in {} only",
                               column_name(inputs, pair.first), column_name(inputs, pair.second),
                               counted(together, "run"));
        }
    }
    const std::size_t needed = kRunsPerTerm * (inputs.columns.size() + pairs.size());
    return model.fit.n < needed
               ? fmt::format("not estimable: {} of {} need {} runs, {} more", counted(pairs.size(), "pair"),
                             counted(inputs.columns.size(), "column"), needed, needed - model.fit.n)
               : "";
}

/// Adds the interactions of one model and their p values; returns why there are none, or "".
std::string estimate_pairs(const Model& model, std::vector<Interaction>& found, std::vector<double>& p_values) {
    const std::vector<Pair> pairs = pairs_of(model.inputs);
    if (std::string reason = reason_against(model, pairs); !reason.empty()) {
        return reason;
    }
    const auto fit = stats::fit_least_squares(with_products(model.inputs, pairs), model.outcome.values);
    if (!fit) {
        return "not estimable: " + fit.refusal().reason;
    }
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const stats::TEstimate& estimate = fit->coefficients[1 + model.inputs.columns.size() + i];
        found.push_back({model.outcome.name, column_name(model.inputs, pairs[i].first),
                         column_name(model.inputs, pairs[i].second), estimate.value, stats::t_interval(estimate), 1});
        p_values.push_back(stats::t_p_value(estimate));
    }
    return "";
}

} // namespace

void find_interactions(Analyses& analyses, const std::vector<Model>& models) {
    std::vector<double> p_values;
    for (const Model& model : models) {
        const std::string reason =
            model.line ? estimate_pairs(model, analyses.interactions, p_values) : *model.fit.reason;
        if (!reason.empty() && !analyses.no_interactions) {
            analyses.no_interactions = reason;
        }
    }
    if (!analyses.interactions.empty()) {
        analyses.no_interactions.reset();
    }
    const std::vector<double> adjusted = stats::holm(p_values);
    for (std::size_t i = 0; i < adjusted.size(); ++i) {
        analyses.interactions[i].p_holm = adjusted[i];
    }
}

std::string column_name(const CodedInputs& inputs, std::size_t column) {
    const CodedColumn& facts = inputs.columns[column];
    const std::string& name = inputs.inputs[facts.input].hyperparameter;
    if (facts.term == Term::zero) {
        return name + " = 0";
    }
    return facts.level ? fmt::format("{} = {}", name, *facts.level) : name;
}

} // namespace mutation::report
