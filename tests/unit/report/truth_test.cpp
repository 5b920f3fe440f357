#include "catch.hpp"

#include "../src/report/effects.hpp"
#include "../src/report/stage_counts.hpp"
#include "mutation/report/find_flags.hpp"
#include "support/campaign.hpp"

#include <algorithm>
#include <map>
#include <set>

using namespace mutation;
using namespace mutation::report;
using test::Campaign;

namespace {

/// Energy has b = 1, -.2, 0, .05, spread 3 %.
Campaign known_campaign(std::uint64_t seed) {
    Campaign campaign;
    campaign.seed = seed;
    campaign.mutated = {"epochs", "learning_rate", "batch_size", "dropout"};
    campaign.duration = {1, 0, 0, 0, 0, 0, 0};
    campaign.power = {0, -.2, 0, .05, 0, 0, 0};
    campaign.accuracy = {};
    campaign.duration_spread = .02;
    campaign.power_spread = .0223607;
    campaign.configurations = 24;
    return campaign;
}

const std::map<std::string, double>& truth_of_energy() {
    static const std::map<std::string, double> truth{
        {"epochs", 1}, {"learning_rate", -.2}, {"batch_size", 0}, {"dropout", .05}};
    return truth;
}

/// Whether the law of the campaign does not let the hyperparameter change the outcome.
bool has_no_effect(const Effect& effect) {
    if (effect.outcome == "duration") {
        return effect.hyperparameter != "epochs";
    }
    if (effect.outcome == "power") {
        return effect.hyperparameter == "epochs" || effect.hyperparameter == "batch_size";
    }
    return effect.outcome != "energy" || effect.hyperparameter == "batch_size";
}

} // namespace

TEST_CASE("intervals hold what they promise, and Holm's false alarms are rare, over 400 campaigns", "[report]") {
    constexpr int kCampaigns = 400;
    int covered = 0;
    int intervals = 0;
    int alarmed = 0;
    for (int i = 0; i < kCampaigns; ++i) {
        const Group group = test::make_group(known_campaign(static_cast<std::uint64_t>(i + 1)));
        const std::vector<Effect> effects = make_effects(fit_models(group, analysed_runs(group.runs)));
        bool is_alarmed = false;
        for (const Effect& effect : effects) {
            if (effect.outcome == "energy") {
                const double truth = truth_of_energy().at(effect.hyperparameter);
                covered += effect.ci95.low <= truth && truth <= effect.ci95.high ? 1 : 0;
                ++intervals;
            }
            is_alarmed = is_alarmed || (has_no_effect(effect) && effect.p_holm < .05);
        }
        alarmed += is_alarmed ? 1 : 0;
    }
    CHECK(intervals == 4 * kCampaigns);
    CHECK(covered >= .93 * intervals);
    CHECK(covered <= .97 * intervals);
    CHECK(alarmed < .06 * kCampaigns);
}

TEST_CASE("runs of clean campaigns are hardly ever flagged", "[report]") {
    std::size_t flagged = 0;
    std::size_t runs = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Campaign campaign;
        campaign.seed = seed;
        Group group = test::make_group(campaign);
        find_flags(group);
        runs += group.runs.size();
        flagged += static_cast<std::size_t>(
            std::count_if(group.runs.begin(), group.runs.end(), [](const Run& run) { return !run.flags.empty(); }));
    }
    CHECK(runs == 800);
    CHECK(flagged <= 4); // half a percent
}
