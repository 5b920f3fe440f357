#include "analyses_json.hpp"

#include "names.hpp"

#include <cmath>

namespace mutation::report {

namespace {

template <class Items, class Convert>
Json list_of(const Items& items, const Convert& convert) {
    Json list = Json::array();
    for (const auto& item : items) {
        list.push_back(convert(item));
    }
    return list;
}

Json effect_to_json(const Effect& effect) {
    std::optional<double> ratio;
    std::optional<stats::Interval> ratio_ci95;
    if (effect.ratio) {
        ratio = effect.ratio->value;
        ratio_ci95 = effect.ratio->interval;
    }
    return {{"outcome", effect.outcome},
            {"hyperparameter", effect.hyperparameter},
            {"term", term_name(effect.term)},
            {"level", optional_to_json(effect.level)},
            {"estimate", number_to_json(effect.estimate)},
            {"standard_error", number_to_json(effect.standard_error)},
            {"hc3_standard_error", number_to_json(effect.hc3_standard_error)},
            {"ci95", interval_to_json(effect.ci95)},
            {"p", number_to_json(effect.p)},
            {"p_holm", number_to_json(effect.p_holm)},
            {"ratio", number_to_json(ratio)},
            {"ratio_ci95", interval_to_json(ratio_ci95)},
            {"ratio_of", effect.ratio_of ? Json(ratio_of_name(*effect.ratio_of)) : Json(nullptr)},
            {"ratio_text", effect.ratio_text},
            {"change", number_to_json(effect.change)}};
}

Json check_to_json(const ModelCheck& check) {
    return {{"name", check.name},
            {"statistic", number_to_json(check.statistic)},
            {"p", number_to_json(check.p)},
            {"reason", optional_to_json(check.reason)}};
}

Json fit_to_json(const Fit& fit) {
    return {{"outcome", fit.outcome},
            {"is_logit", fit.is_logit},
            {"n", fit.n},
            {"p", fit.p},
            {"r2", number_to_json(fit.r2)},
            {"residual_sd", number_to_json(fit.residual_sd)},
            {"condition_number", number_to_json(fit.condition_number)},
            {"largest_cooks_distance", number_to_json(fit.largest_cooks_distance)},
            {"largest_cooks_run", fit.largest_cooks_run ? key_to_json(*fit.largest_cooks_run) : Json(nullptr)},
            {"checks", list_of(fit.checks, check_to_json)},
            {"dropped", fit.dropped},
            {"reason", optional_to_json(fit.reason)}};
}

Json split_to_json(const Split& split) {
    return {{"hyperparameter", split.hyperparameter},     {"term", term_name(split.term)},
            {"level", optional_to_json(split.level)},     {"energy", number_to_json(split.energy)},
            {"duration", number_to_json(split.duration)}, {"power", number_to_json(split.power)}};
}

Json epoch_cost_to_json(const std::optional<EpochCost>& cost) {
    if (!cost) {
        return nullptr;
    }
    return {{"joules_per_epoch", number_to_json(cost->joules_per_epoch)},
            {"ci95", interval_to_json(cost->ci95)},
            {"fixed_joules", number_to_json(cost->fixed_joules)}};
}

Json importance_to_json(const ImportanceShare& share) {
    return {{"outcome", share.outcome},
            {"hyperparameter", share.hyperparameter},
            {"share", number_to_json(share.share)},
            {"ci95", interval_to_json(share.ci95)},
            {"spearman", number_to_json(share.spearman)},
            {"spearman_p", number_to_json(share.spearman_p)},
            {"is_not_straight", share.is_not_straight}};
}

Json trade_off_to_json(const TradeOff& trade_off) {
    return {{"metric", trade_off.metric},
            {"hyperparameter", trade_off.hyperparameter},
            {"energy_sign", trade_off.energy_sign},
            {"metric_sign", trade_off.metric_sign},
            {"is_conflict", optional_to_json(trade_off.is_conflict)}};
}

Json interaction_to_json(const Interaction& interaction) {
    return {{"outcome", interaction.outcome},
            {"first", interaction.first},
            {"second", interaction.second},
            {"estimate", number_to_json(interaction.estimate)},
            {"ci95", interval_to_json(interaction.ci95)},
            {"p_holm", number_to_json(interaction.p_holm)}};
}

Json point_to_json(const ParetoPoint& point, bool is_energy, const RunRows& rows) {
    Json ids = Json::array();
    Json places = Json::array();
    for (const RunKey& key : point.runs) {
        ids.push_back(key.experiment_id);
        if (const auto found = rows.find(key); found != rows.end()) {
            places.push_back(found->second);
        }
    }
    const Json cost = number_to_json(point.cost);
    return {{"experiment_ids", std::move(ids)},
            {"rows", std::move(places)},
            {"energy_joules", is_energy ? cost : Json(nullptr)},
            {"duration_seconds", is_energy ? Json(nullptr) : cost},
            {"metric", number_to_json(point.metric)},
            {"on_front", point.is_on_front},
            {"front_probability", number_to_json(point.front_probability)},
            {"cost_per_point", number_to_json(point.cost_per_point)}};
}

Json pareto_to_json(const Pareto& pareto, const RunRows& rows) {
    const bool is_energy = pareto.cost == "energy";
    return {{"metric", pareto.metric},
            {"cost", pareto.cost},
            {"higher_is_better", optional_to_json(pareto.higher_is_better)},
            {"points",
             list_of(pareto.points, [&](const ParetoPoint& point) { return point_to_json(point, is_energy, rows); })},
            {"hypervolume", number_to_json(pareto.hypervolume)},
            {"reference", pareto.reference ? Json{{"cost", number_to_json(pareto.reference->low)},
                                                  {"metric", number_to_json(pareto.reference->high)}}
                                           : Json(nullptr)},
            {"best", optional_to_json(pareto.best)},
            {"cheapest_near_best", optional_to_json(pareto.cheapest_near_best)},
            {"saving_percent", number_to_json(pareto.saving_percent)},
            {"reason", optional_to_json(pareto.reason)}};
}

Json detectable_to_json(const DetectableRatio& detectable) {
    return {{"n", detectable.n}, {"ratio", number_to_json(detectable.ratio)}};
}

Json replicates_to_json(const Replicates& replicates) {
    return {{"outcome", replicates.outcome},
            {"configurations", replicates.configurations},
            {"sd_log_energy", number_to_json(replicates.outcome == "energy" ? replicates.sd_log : std::nullopt)},
            {"sd_log", number_to_json(replicates.sd_log)},
            {"sd_ci95", interval_to_json(replicates.sd_ci95)},
            {"cv_percent", number_to_json(replicates.cv_percent)},
            {"detectable_ratio", list_of(replicates.detectable, detectable_to_json)},
            {"reason", optional_to_json(replicates.reason)}};
}

Json drift_to_json(const Drift& drift) {
    return {{"outcome", drift.outcome},
            {"per_run_percent", number_to_json(drift.per_run_percent)},
            {"ci95", interval_to_json(drift.ci95)},
            {"permutation_p", number_to_json(drift.permutation_p)},
            {"per_celsius_percent", number_to_json(drift.per_celsius_percent)},
            {"per_celsius_p", number_to_json(drift.per_celsius_p)},
            {"lag1_autocorrelation", number_to_json(drift.lag1_autocorrelation)},
            {"control_runs", drift.control_runs},
            {"control_per_run_percent", number_to_json(drift.control_per_run_percent)},
            {"control_p", number_to_json(drift.control_p)},
            {"control_spread_percent", number_to_json(drift.control_spread_percent)},
            {"is_order_random", drift.is_order_random},
            {"reason", optional_to_json(drift.reason)}};
}

} // namespace

Json number_to_json(std::optional<double> value) {
    return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

Json interval_to_json(const std::optional<stats::Interval>& interval) {
    return interval ? Json::array({number_to_json(interval->low), number_to_json(interval->high)}) : Json(nullptr);
}

Json key_to_json(const RunKey& key) {
    return {{"session", key.session}, {"experiment_id", key.experiment_id}};
}

Json analyses_to_json(const Analyses& analyses, const RunRows& rows) {
    return {{"effects", list_of(analyses.effects, effect_to_json)},
            {"fits", list_of(analyses.fits, fit_to_json)},
            {"splits", list_of(analyses.splits, split_to_json)},
            {"epoch_cost", epoch_cost_to_json(analyses.epoch_cost)},
            {"importance", list_of(analyses.importance, importance_to_json)},
            {"trade_offs", list_of(analyses.trade_offs, trade_off_to_json)},
            {"interactions", list_of(analyses.interactions, interaction_to_json)},
            {"no_interactions", optional_to_json(analyses.no_interactions)},
            {"pareto", list_of(analyses.pareto, [&](const Pareto& pareto) { return pareto_to_json(pareto, rows); })},
            {"replicates", replicates_to_json(analyses.replicates)},
            {"drift", drift_to_json(analyses.drift)}};
}

Json background_effect_to_json(const std::optional<BackgroundEffect>& effect) {
    if (!effect) {
        return nullptr;
    }
    std::optional<double> ratio;
    std::optional<stats::Interval> ci95;
    if (effect->ratio) {
        ratio = effect->ratio->value;
        ci95 = effect->ratio->interval;
    }
    return {{"outcome", effect->outcome},
            {"ratio", number_to_json(ratio)},
            {"ci95", interval_to_json(ci95)},
            {"p_holm", number_to_json(effect->p_holm)},
            {"interactions", list_of(effect->interactions, interaction_to_json)},
            {"reason", optional_to_json(effect->reason)}};
}

} // namespace mutation::report
