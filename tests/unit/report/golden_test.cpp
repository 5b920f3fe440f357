#include "catch.hpp"

#include "mutation/report/analyse_runs.hpp"
#include "mutation/report/coding.hpp"
#include "support/files.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

using namespace mutation;
using namespace mutation::report;

// The expected numbers come from tests/golden/report/make_golden.py, which knows nothing of this program.

namespace {

Json load_golden(const std::string& name) {
    return Json::parse(test::read_text(std::string(MUTATION_TEST_DIR) + "/golden/report/" + name + ".json"));
}

Value value_from(const Json& json) {
    if (json.is_string()) {
        return json.get<std::string>();
    }
    return json.is_number_integer() ? Value(json.get<std::int64_t>()) : Value(json.get<double>());
}

Group group_from(const Json& golden) {
    Group group;
    group.energy_parts = {EnergyPart::gpu};
    group.metrics = {{"accuracy", true}, {"perplexity", false}};
    for (const Json& made : golden.at("runs")) {
        Run run;
        run.key = {"run_1", std::to_string(group.runs.size())};
        for (const auto& [name, value] : made.at("values").items()) {
            run.values.push_back({name, value_from(value), true});
        }
        run.duration = Seconds(made.at("duration").get<double>());
        run.energy = Joules(made.at("energy").get<double>());
        run.metrics = made.at("metrics").get<std::map<std::string, double>>();
        group.runs.push_back(std::move(run));
    }
    return group;
}

record::HyperparameterFacts facts(const std::string& name, config::Distribution distribution, double zeros = 0) {
    record::HyperparameterFacts known;
    known.name = name;
    known.distribution = distribution;
    known.zero_probability = zeros;
    return known;
}

/// The order of the columns is that of the registry.
void add_mixed_facts(Group& group) {
    using config::Distribution;
    group.hyperparameters = {facts("epochs", Distribution::log_uniform), facts("rate", Distribution::log_uniform),
                             facts("dropout", Distribution::uniform), facts("decay", Distribution::log_uniform, .3)};
    record::HyperparameterFacts optimizer = facts("optimizer", Distribution::uniform);
    optimizer.type = config::HyperparameterType::choice;
    optimizer.default_value = "sgd";
    group.hyperparameters.push_back(optimizer);
}

Analyses analyse_all(const Group& group) {
    std::vector<const Run*> runs;
    for (const Run& run : group.runs) {
        runs.push_back(&run);
    }
    return analyse_runs(group, runs);
}

void check_number(double value, const Json& expected) {
    INFO(value << " instead of " << expected);
    CHECK(std::abs(value - expected.get<double>()) <= 1e-8 * std::max(std::abs(expected.get<double>()), 1e-3));
}

void check_interval(const stats::Interval& interval, const Json& expected) {
    check_number(interval.low, expected[0]);
    check_number(interval.high, expected[1]);
}

const char* term_text(Term term) {
    constexpr std::array kTexts{"log", "linear", "zero", "choice"};
    return kTexts.at(static_cast<std::size_t>(term));
}

void check_effects(const Analyses& found, const Json& expected) {
    REQUIRE(found.effects.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const Effect& effect = found.effects[i];
        INFO(expected[i]);
        CHECK(effect.outcome == expected[i]["outcome"]);
        CHECK(effect.hyperparameter == expected[i]["hyperparameter"]);
        CHECK(term_text(effect.term) == expected[i]["term"]);
        CHECK((effect.level ? Json(*effect.level) : Json()) == expected[i]["level"]);
        check_number(effect.estimate, expected[i]["estimate"]);
        check_number(effect.standard_error, expected[i]["standard_error"]);
        check_number(*effect.hc3_standard_error, expected[i]["hc3_standard_error"]);
        check_interval(effect.ci95, expected[i]["ci95"]);
        check_number(effect.p, expected[i]["p"]);
        check_number(effect.p_holm, expected[i]["p_holm"]);
        CHECK(effect.ratio.has_value() == expected[i].contains("ratio"));
        CHECK(effect.change.has_value() == expected[i].contains("change"));
        if (effect.ratio) {
            check_number(effect.ratio->value, expected[i]["ratio"]);
            check_interval(effect.ratio->interval, expected[i]["ratio_ci95"]);
        } else {
            check_number(*effect.change, expected[i]["change"]);
        }
    }
}

void check_fits(const Analyses& found, const Json& expected) {
    REQUIRE(found.fits.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const Fit& fit = found.fits[i];
        INFO(expected[i]);
        CHECK(fit.outcome == expected[i]["outcome"]);
        CHECK(fit.is_logit == (fit.outcome == "accuracy"));
        CHECK(fit.n == expected[i]["n"]);
        CHECK(fit.p == expected[i]["p"]);
        check_number(*fit.r2, expected[i]["r2"]);
        check_number(*fit.residual_sd, expected[i]["residual_sd"]);
        check_number(*fit.condition_number, expected[i]["condition_number"]);
        check_number(*fit.largest_cooks_distance, expected[i]["largest_cooks_distance"]);
        CHECK(fit.largest_cooks_run->experiment_id == expected[i]["largest_cooks_run"].dump());
        std::size_t seen = 0;
        for (const ModelCheck& check : fit.checks) {
            if (check.name != "lack_of_fit") {
                INFO(check.name);
                check_number(*check.statistic, expected[i][check.name][0]);
                check_number(*check.p, expected[i][check.name][1]);
                ++seen;
            }
        }
        // Squared terms are tried if no runs have equal inputs.
        CHECK(seen == (fit.checks.front().p ? 2 : 3));
    }
}

void check_shares(const Analyses& found, const Json& expected) {
    REQUIRE(found.importance.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const ImportanceShare& share = found.importance[i];
        INFO(expected[i]);
        CHECK(share.outcome == expected[i]["outcome"]);
        CHECK(share.hyperparameter == expected[i]["hyperparameter"]);
        check_number(share.share, expected[i]["share"]);
        REQUIRE(share.ci95);
        CHECK(share.ci95->low <= std::max(share.share, .01)); // a share of nearly 0 grows in resamples
        CHECK(share.ci95->high >= .9 * share.share);
        CHECK(share.spearman.has_value() == expected[i].contains("spearman"));
        if (share.spearman) {
            check_number(*share.spearman, expected[i]["spearman"]);
        }
    }
}

void check_epoch_cost(const Analyses& found, const Json& expected) {
    REQUIRE(found.epoch_cost);
    check_number(found.epoch_cost->joules_per_epoch, expected["joules_per_epoch"]);
    check_interval(found.epoch_cost->ci95, expected["ci95"]);
    check_number(found.epoch_cost->fixed_joules, expected["fixed_joules"]);
}

} // namespace

TEST_CASE("effects, checks and shares are those of statsmodels, with all ways of coding", "[report]") {
    const Json golden = load_golden("mixed");
    Group group = group_from(golden);
    add_mixed_facts(group);
    const Analyses found = analyse_all(group);
    check_effects(found, golden["effects"]);
    check_fits(found, golden["fits"]);
    check_shares(found, golden["shares"]);
    check_epoch_cost(found, golden["epoch_cost"]);
    CHECK(found.interactions.empty());
    CHECK_THAT(found.no_interactions.value_or(""), Catch::Contains("not estimable"));
}

TEST_CASE("without facts the values decide the coding, and interactions are those of statsmodels", "[report]") {
    const Json golden = load_golden("guessed");
    const Group group = group_from(golden);
    const Analyses found = analyse_all(group);
    check_effects(found, golden["effects"]);
    check_fits(found, golden["fits"]);
    check_shares(found, golden["shares"]);
    check_epoch_cost(found, golden["epoch_cost"]);
    const Json& expected = golden["interactions"];
    REQUIRE(found.interactions.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        INFO(expected[i]);
        CHECK(found.interactions[i].outcome == expected[i]["outcome"]);
        CHECK(found.interactions[i].first == expected[i]["first"]);
        check_number(found.interactions[i].estimate, expected[i]["estimate"]);
        check_interval(found.interactions[i].ci95, expected[i]["ci95"]);
        check_number(found.interactions[i].p_holm, expected[i]["p_holm"]);
    }
    CHECK(found.interactions[1].second == "momentum = not set");
}
