#include "importance.hpp"

#include "mutation/stats/association.hpp"
#include "mutation/stats/holm.hpp"
#include "mutation/stats/importance.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

namespace mutation::report {

namespace {

constexpr std::uint64_t kBootstrapSeed = 20260101;
constexpr std::uint64_t kPermutationSeed = 20260102;
constexpr double kSignificant = .05;
/// Beyond this many hyperparameters the interval takes too long: the number of models doubles with each.
constexpr std::size_t kMostTermsWithInterval = 12;

/// Models of the same runs: they share resamples.
using ModelSet = std::vector<const Model*>;

std::vector<ModelSet> by_runs(const std::vector<Model>& models) {
    std::vector<ModelSet> sets;
    for (const Model& model : models) {
        if (!model.line) {
            continue;
        }
        const auto same = std::find_if(sets.begin(), sets.end(), [&](const ModelSet& set) {
            return set.front()->outcome.runs == model.outcome.runs;
        });
        if (same == sets.end()) {
            sets.push_back({&model});
        } else {
            same->push_back(&model);
        }
    }
    return sets;
}

/// The columns of one hyperparameter belong to one term. `names` gets the hyperparameters of the terms.
stats::GroupedInputs group_columns(const CodedInputs& inputs, std::vector<std::string>& names) {
    stats::GroupedInputs grouped;
    grouped.columns = inputs.values;
    for (std::size_t j = 0; j < inputs.columns.size(); ++j) {
        if (j == 0 || inputs.columns[j].input != inputs.columns[j - 1].input) {
            names.push_back(inputs.inputs[inputs.columns[j].input].hyperparameter);
        }
        grouped.term_of_column.push_back(names.size() - 1);
    }
    return grouped;
}

void add_shares(std::vector<ImportanceShare>& shares, const ModelSet& set) {
    std::vector<std::string> names;
    const stats::GroupedInputs inputs = group_columns(set.front()->all_inputs, names);
    stats::Columns outcomes;
    for (const Model* model : set) {
        outcomes.push_back(model->outcome.values);
    }
    const std::size_t draws = names.size() > kMostTermsWithInterval ? 0 : kDraws;
    const auto result = stats::shares_of_r2(inputs, outcomes, {draws, kBootstrapSeed});
    for (std::size_t k = 0; result && k < set.size(); ++k) {
        for (std::size_t term = 0; term < names.size(); ++term) {
            ImportanceShare share;
            share.outcome = set[k]->outcome.name;
            share.hyperparameter = names[term];
            share.share = (*result)[k].terms[term].share;
            share.ci95 = (*result)[k].terms[term].interval;
            shares.push_back(std::move(share));
        }
    }
}

/// The hyperparameters of some runs as numbers, for rank correlations. `rows` are those with a number.
struct NumberColumn {
    std::string hyperparameter;
    std::vector<double> numbers;
    std::vector<std::size_t> rows;
};

/// None if a run has another value than a number.
std::optional<NumberColumn> number_column(const Outcome& outcome, const std::string& hyperparameter) {
    NumberColumn column{hyperparameter, {}, {}};
    for (std::size_t i = 0; i < outcome.runs.size(); ++i) {
        const std::optional<Value> value = value_in(*outcome.runs[i], hyperparameter);
        const std::optional<double> number = number_of(value);
        if (value && !number) {
            return std::nullopt;
        }
        if (number) {
            column.numbers.push_back(*number);
            column.rows.push_back(i);
        }
    }
    return column.rows.size() < 3 ? std::nullopt : std::optional(std::move(column));
}

/// Adds the rank correlations of columns with the same rows. They and the outcomes see the same permutations, which is
/// much faster than one by one.
void correlate_ranks(std::vector<ImportanceShare>& shares, const ModelSet& set,
                     const std::vector<const NumberColumn*>& columns) {
    stats::Columns inputs;
    std::transform(columns.begin(), columns.end(), std::back_inserter(inputs),
                   [](const NumberColumn* column) { return column->numbers; });
    stats::Columns outcomes;
    for (const Model* model : set) {
        std::vector<double>& figures = outcomes.emplace_back();
        for (const std::size_t row : columns.front()->rows) {
            figures.push_back(model->outcome.values[row]);
        }
    }
    const auto found = stats::spearman_of_each(inputs, outcomes, {kDraws, kPermutationSeed});
    for (ImportanceShare& share : shares) {
        for (std::size_t k = 0; k < set.size(); ++k) {
            for (std::size_t j = 0; share.outcome == set[k]->outcome.name && j < columns.size(); ++j) {
                if (share.hyperparameter == columns[j]->hyperparameter && found[k][j]) {
                    share.spearman = found[k][j]->estimate;
                    share.spearman_p = found[k][j]->permutation_p;
                }
            }
        }
    }
}

void add_ranks(std::vector<ImportanceShare>& shares, const ModelSet& set) {
    std::vector<NumberColumn> columns;
    for (const Input& input : set.front()->all_inputs.inputs) {
        if (auto column = number_column(set.front()->outcome, input.hyperparameter)) {
            columns.push_back(std::move(*column));
        }
    }
    std::map<std::vector<std::size_t>, std::vector<const NumberColumn*>> by_rows;
    for (const NumberColumn& column : columns) {
        by_rows[column.rows].push_back(&column);
    }
    for (const auto& [rows, of_rows] : by_rows) {
        correlate_ranks(shares, set, of_rows);
    }
}

/// Marks the inputs whose ranks speak (after Holm) while the model sees nothing.
void compare_with_lines(std::vector<ImportanceShare>& shares, const std::vector<Effect>& effects) {
    std::vector<double> p_values;
    for (const ImportanceShare& share : shares) {
        p_values.push_back(share.spearman_p.value_or(1));
    }
    const std::vector<double> adjusted = stats::holm(p_values);
    for (std::size_t i = 0; i < shares.size(); ++i) {
        const bool has_line = std::any_of(effects.begin(), effects.end(), [&](const Effect& effect) {
            return effect.outcome == shares[i].outcome && effect.hyperparameter == shares[i].hyperparameter &&
                   effect.p_holm < kSignificant;
        });
        shares[i].is_not_straight = adjusted[i] < kSignificant && !has_line;
    }
}

} // namespace

std::vector<ImportanceShare> rank_inputs(const std::vector<Model>& models, const std::vector<Effect>& effects) {
    std::vector<ImportanceShare> shares;
    for (const ModelSet& set : by_runs(models)) {
        add_shares(shares, set);
        add_ranks(shares, set);
    }
    compare_with_lines(shares, effects);
    return shares;
}

} // namespace mutation::report
