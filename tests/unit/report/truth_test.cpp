#include "catch.hpp"

#include "../src/report/effects.hpp"
#include "../src/report/stage_counts.hpp"
#include "mutation/report/coding.hpp"
#include "mutation/report/find_flags.hpp"
#include "mutation/stats/random.hpp"
#include "support/campaign.hpp"

#include <algorithm>
#include <array>
#include <cmath>
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

TEST_CASE("6 % of 970 runs beside a training that nobody recorded hide the law until they are left out", "[report]") {
    Campaign campaign;
    campaign.configurations = 970;
    campaign.mutated = {"epochs", "learning_rate", "dropout"};
    campaign.duration = {.1, 0, 0, 0, 0, 0, 0}; // the inputs change little, the other training a lot
    campaign.power = {0, .01, 0, .05, 0, 0, 0};
    campaign.contaminated = .06;
    Group group = test::make_group(campaign);
    group.metrics.clear();
    const auto r2 = [&group] { return *fit_models(group, analysed_runs(group.runs)).front().fit.r2; };
    CHECK(r2() < .3);
    find_flags(group);
    std::set<std::string> flagged;
    for (const Run& run : group.runs) {
        if (!run.flags.empty()) {
            flagged.insert(run.key.experiment_id);
        }
    }
    CHECK(flagged == test::make_campaign(campaign).contaminated());
    CHECK(flagged.size() > 40);
    CHECK(r2() > .95);
    for (Run& run : group.runs) {
        run.flags.clear();
        run.utilisation.reset(); // power and duration alone have to find them
    }
    find_flags(group);
    CHECK(r2() > .95);
}

TEST_CASE("a fixed cost bends the law of a plan that changes one input at a time, and flags nothing", "[report]") {
    Group group;
    group.energy_parts = {EnergyPart::gpu};
    stats::Random random(7);
    for (int i = 0; i < 90; ++i) {
        const double epochs = i % 3 == 0 ? 3 + i / 3 * 1.5 : 10;
        const double rate = i % 3 == 1 ? .001 * std::pow(100, (i % 31) / 31.0) : .01;
        Run run;
        run.key = {"s", std::to_string(i)};
        run.values = {{"epochs", std::round(epochs), true}, {"rate", rate, true}};
        run.duration = Seconds((20 + 2 * std::round(epochs)) * std::exp(.005 * random.normal()));
        run.energy = Watts(200 * std::exp(.005 * random.normal() + .02 * std::log(rate))) * *run.duration;
        run.power = *run.energy / *run.duration;
        run.utilisation = Percent(50 + .3 * random.normal());
        group.runs.push_back(std::move(run));
    }
    find_flags(group);
    for (const Run& run : group.runs) {
        INFO(run.key.experiment_id << ": " << (run.flags.empty() ? "" : run.flags.front().reason));
        CHECK(run.flags.empty());
    }
}

TEST_CASE("where only the changed input is recorded, as in v3.0, each effect is found", "[report]") {
    Group group;
    group.energy_parts = {EnergyPart::gpu};
    stats::Random random(8);
    for (int i = 0; i < 80; ++i) {
        const double value = std::pow(10, (i / 4) / 19.0);
        const bool is_adam = i % 8 == 3;
        constexpr std::array<const char*, 4> kNames{"epochs", "rate", "width", "optimizer"};
        const std::array<double, 4> changes{.9 * std::log(value / 3), -.2 * std::log(value / 3),
                                            .4 * std::log(value / 3), is_adam ? .3 : 0};
        const auto which = static_cast<std::size_t>(i % 4);
        Run run;
        run.key = {"s", std::to_string(i)};
        run.values = {{kNames[which], which < 3 ? Value(value) : Value(std::string(is_adam ? "adam" : "sgd")), true}};
        run.duration = Seconds(100 * std::exp(changes[which] + .01 * random.normal()));
        run.energy = Watts(200) * *run.duration;
        run.power = Watts(200);
        group.runs.push_back(std::move(run));
    }
    const std::vector<Model> models = fit_models(group, analysed_runs(group.runs));
    const Fit& fit = models.front().fit;
    // Three slopes, two optimizers, and the levels of the runs without two of the numbers: the third level follows.
    CHECK(fit.p == 7);
    CHECK(fit.dropped.empty());
    CHECK(*fit.r2 > .99);
    std::map<std::string, double> slopes;
    for (const Effect& effect : make_effects(models)) {
        if (effect.outcome == "energy" && effect.term == Term::log) {
            slopes[effect.hyperparameter] = effect.estimate;
        }
    }
    CHECK(slopes["epochs"] == Approx(.9).margin(.02));
    CHECK(slopes["rate"] == Approx(-.2).margin(.02));
    CHECK(slopes["width"] == Approx(.4).margin(.02));
}

TEST_CASE("an input that follows from others is left out and named", "[report]") {
    Campaign campaign;
    campaign.mutated = {"epochs", "dropout"};
    Group group = test::make_group(campaign);
    for (Run& run : group.runs) {
        const double epochs = *number_of(value_in(run, "epochs"));
        run.values.push_back({"steps", 100 * epochs, true});
    }
    group.hyperparameters.clear();
    const Model model = std::move(fit_models(group, analysed_runs(group.runs)).front());
    REQUIRE(model.fit.dropped.size() == 1);
    CHECK((model.fit.dropped.front() == "steps" || model.fit.dropped.front() == "epochs"));
    CHECK(model.fit.p == 2);
    CHECK(model.line);
}
