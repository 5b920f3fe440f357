#include "compare_backgrounds.hpp"

#include "interactions.hpp"
#include "model.hpp"
#include "mutation/stats/descriptive.hpp"
#include "mutation/stats/holm.hpp"
#include "mutation/stats/least_squares.hpp"
#include "mutation/stats/mean_difference.hpp"
#include "stage_counts.hpp"

#include <algorithm>
#include <span>

namespace mutation::report {

namespace {

/// Runs of both groups with the model of their costs.
struct BothGroups {
    Model model;                       ///< of the runs without a background, then those with one
    std::vector<double> is_background; ///< 1 with a background, else 0
    std::size_t without = 0;           ///< runs
};

BothGroups join_groups(const Group& without, const Group& with) {
    BothGroups both;
    std::vector<const Run*> runs = analysed_runs(without.runs);
    both.without = runs.size();
    const std::vector<const Run*> others = analysed_runs(with.runs);
    runs.insert(runs.end(), others.begin(), others.end());
    both.is_background.assign(both.without, 0);
    both.is_background.resize(runs.size(), 1);
    both.model = fit_model(without, make_outcomes(without, runs).front());
    return both;
}

/// ln of the ratio of the geometric means.
stats::Result<stats::TEstimate> plain_ratio(const BothGroups& both) {
    const std::span<const double> all(both.model.outcome.values);
    return stats::welch_difference(all.first(both.without), all.subspan(both.without));
}

/// ln of the ratio, the inputs held equal.
stats::Result<stats::TEstimate> ratio_at_equal_inputs(const BothGroups& both) {
    stats::Columns columns = both.model.inputs.values;
    columns.push_back(both.is_background);
    const auto fit = stats::fit_least_squares(columns, both.model.outcome.values);
    if (!fit) {
        return fit.refusal().column == columns.size() - 1
                   ? stats::Refusal{"the background cannot be told apart from the inputs; run the same values with and "
                                    "without it",
                                    {}}
                   : fit.refusal();
    }
    return fit->coefficients.back();
}

/// The interactions of each input with the background; p is not yet corrected. Empty if there are too few runs.
std::vector<Interaction> find_background_interactions(const BothGroups& both) {
    const stats::Columns& inputs = both.model.inputs.values;
    const std::size_t of_smaller = std::min(both.without, both.is_background.size() - both.without);
    if (of_smaller < inputs.size() + kRunsBeyondColumns) {
        return {};
    }
    stats::Columns columns = inputs;
    columns.push_back(both.is_background);
    const double share = stats::mean(both.is_background);
    for (const std::vector<double>& input : inputs) {
        const double center = stats::mean(input);
        std::vector<double>& product = columns.emplace_back();
        for (std::size_t i = 0; i < input.size(); ++i) {
            product.push_back((input[i] - center) * (both.is_background[i] - share));
        }
    }
    const auto fit = stats::fit_least_squares(columns, both.model.outcome.values);
    if (!fit) {
        return {};
    }
    std::vector<Interaction> found;
    for (std::size_t j = 0; j < inputs.size(); ++j) {
        const stats::TEstimate& estimate = fit->coefficients[inputs.size() + 2 + j];
        found.push_back({both.model.outcome.name, column_name(both.model.inputs, j), "background", estimate.value,
                         stats::t_interval(estimate), stats::t_p_value(estimate)});
    }
    return found;
}

void correct_p(BackgroundEffect& effect) {
    std::vector<double> p{effect.p_holm};
    for (const Interaction& interaction : effect.interactions) {
        p.push_back(interaction.p_holm);
    }
    const std::vector<double> corrected = stats::holm(p);
    effect.p_holm = corrected.front();
    for (std::size_t i = 0; i < effect.interactions.size(); ++i) {
        effect.interactions[i].p_holm = corrected[i + 1];
    }
}

BackgroundEffect compare(const Group& without, const Group& with) {
    BackgroundEffect effect;
    effect.outcome = with.cost_name();
    if (without.energy_parts != with.energy_parts) {
        effect.reason = "the runs with and without the background have the energy of different hardware";
        return effect;
    }
    const BothGroups both = join_groups(without, with);
    if (both.without == 0 || both.without == both.is_background.size()) {
        effect.reason = "one of the two groups has no analysed run";
        return effect;
    }
    const bool has_model = both.model.line.has_value();
    const auto log_ratio = has_model ? ratio_at_equal_inputs(both) : plain_ratio(both);
    if (!log_ratio) {
        effect.reason = log_ratio.refusal().reason;
        return effect;
    }
    effect.ratio = stats::to_ratio(*log_ratio);
    effect.p_holm = stats::t_p_value(*log_ratio);
    if (has_model) {
        effect.interactions = find_background_interactions(both);
    }
    correct_p(effect);
    return effect;
}

} // namespace

void compare_backgrounds(std::vector<Group>& groups) {
    for (Group& with : groups) {
        GroupKey wanted = with.key;
        wanted.background.reset();
        const auto without =
            std::find_if(groups.begin(), groups.end(), [&](const Group& candidate) { return candidate.key == wanted; });
        if (with.key.background && without != groups.end()) {
            with.background_effect = compare(*without, with);
        }
    }
}

} // namespace mutation::report
