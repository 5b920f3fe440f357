#include "mutation/report/analyse_runs.hpp"

#include "analyse_drift.hpp"
#include "analyse_pareto.hpp"
#include "analyse_replicates.hpp"
#include "effects.hpp"
#include "epoch_cost.hpp"
#include "importance.hpp"
#include "interactions.hpp"
#include "model.hpp"
#include "trade_offs.hpp"

#include <utility>

namespace mutation::report {

Analyses analyse_runs(const Group& group, const std::vector<const Run*>& runs) {
    std::vector<Model> models = fit_models(group, runs);
    Analyses analyses;
    analyses.effects = make_effects(models);
    analyses.splits = split_energy(models);
    analyses.epoch_cost = estimate_epoch_cost(group, runs);
    analyses.importance = rank_inputs(models, analyses.effects);
    analyses.trade_offs = find_trade_offs(group, analyses.effects);
    find_interactions(analyses, models);
    analyses.pareto = analyse_pareto(group, runs);
    analyses.replicates = analyse_replicates(group, runs);
    analyses.drift = analyse_drift(group, runs, models.front().inputs.values);
    for (Model& model : models) {
        analyses.fits.push_back(std::move(model.fit));
    }
    return analyses;
}

} // namespace mutation::report
