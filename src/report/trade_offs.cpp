#include "trade_offs.hpp"

#include <algorithm>

namespace mutation::report {

namespace {

constexpr double kHolmLevel = .05;

int sign_of(double estimate) {
    return estimate > 0 ? 1 : -1;
}

/// The effect of the same column on the outcome, if it is significant.
const Effect* find_same(const std::vector<Effect>& effects, const Effect& effect, const std::string& outcome) {
    const auto found = std::find_if(effects.begin(), effects.end(), [&](const Effect& other) {
        return other.outcome == outcome && other.hyperparameter == effect.hyperparameter && other.term == effect.term &&
               other.level == effect.level && other.p_holm < kHolmLevel;
    });
    return found == effects.end() ? nullptr : &*found;
}

/// The strongest pair of one hyperparameter so far.
struct Candidate {
    TradeOff trade_off;
    double p = 1; ///< of the weaker effect
};

} // namespace

std::vector<TradeOff> find_trade_offs(const Group& group, const std::vector<Effect>& effects) {
    std::vector<Candidate> candidates;
    for (const Effect& effect : effects) {
        const auto metric = group.metrics.find(effect.outcome);
        if (metric == group.metrics.end() || effect.p_holm >= kHolmLevel) {
            continue;
        }
        const Effect* cost = find_same(effects, effect, group.cost_name());
        if (cost == nullptr) {
            continue;
        }
        Candidate candidate;
        candidate.trade_off = {effect.outcome, effect.hyperparameter, sign_of(cost->estimate), sign_of(effect.estimate),
                               std::nullopt};
        if (metric->second) {
            const int better = *metric->second ? 1 : -1;
            candidate.trade_off.is_conflict =
                candidate.trade_off.energy_sign == better * candidate.trade_off.metric_sign;
        }
        candidate.p = std::max(cost->p_holm, effect.p_holm);
        const auto known = std::find_if(candidates.begin(), candidates.end(), [&](const Candidate& other) {
            return other.trade_off.metric == effect.outcome && other.trade_off.hyperparameter == effect.hyperparameter;
        });
        if (known == candidates.end()) {
            candidates.push_back(candidate);
        } else if (candidate.p < known->p) {
            *known = candidate;
        }
    }
    std::vector<TradeOff> trade_offs;
    for (const Candidate& candidate : candidates) {
        trade_offs.push_back(candidate.trade_off);
    }
    return trade_offs;
}

} // namespace mutation::report
