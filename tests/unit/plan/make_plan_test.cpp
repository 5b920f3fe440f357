#include "catch.hpp"

#include "mutation/config/experiment_config_loader.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/plan/plan.hpp"
#include "toy_registry.hpp"

#include <algorithm>
#include <map>
#include <set>

using namespace mutation;
using namespace mutation::plan;
using Catch::Contains;

namespace {

Plan plan_of(config::ExperimentConfig config, const Json& overrides = Json::object(),
             const std::vector<HistoricalRun>& history = {}) {
    config::override_settings(overrides, config);
    return make_plan(config, toy::registry(), 7, history);
}

std::string values_of(const PlannedExperiment& experiment) {
    std::vector<std::string> words;
    for (const Assignment& assignment : experiment.training.hyperparameters) {
        words.push_back(assignment.value ? to_argument(*assignment.value) : "none");
    }
    return join(words, " ");
}

std::vector<std::string> all_values(const Plan& plan) {
    std::vector<std::string> all;
    for (const PlannedExperiment& experiment : plan.experiments) {
        all.push_back(values_of(experiment));
    }
    return all;
}

/// `A1 B1 A2`: configuration as a letter (lower case: control), replicate as a number.
std::string order_of(const Plan& plan) {
    std::vector<std::string> words;
    for (const PlannedExperiment& experiment : plan.experiments) {
        const char letter =
            static_cast<char>((experiment.is_control ? 'a' : 'A') + static_cast<int>(experiment.configuration));
        words.push_back(letter + std::to_string(experiment.replicate));
    }
    return join(words, " ");
}

std::string error_of(const config::ExperimentConfig& config) {
    try {
        plan_of(config);
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::usage);
        return error.message();
    }
    return "";
}

std::size_t count_distinct(const std::vector<std::string>& words) {
    return std::set<std::string>(words.begin(), words.end()).size();
}

} // namespace

TEST_CASE("the same seed gives the same plan with every compiler and option") {
    config::ExperimentConfig config =
        toy::config({toy::mutating("net", {"epochs", "learning_rate", "decay", "seed", "loss", "half"}, 3),
                     toy::mutating("net", {"learning_rate"}, 2)});
    config.settings.order = config::Order::random;
    CHECK(all_values(plan_of(config)) ==
          std::vector<std::string>{"4 0.0690971 0.0001811 1694 huber false", "4 0.0707201 2.16295e-05 4157 huber true",
                                   "9 0.273476 0 3788 l1 true", "5 0.248032 0 none l2 false",
                                   "5 0.0918382 0 none l2 false"});
    config.settings.seed = 43;
    CHECK(values_of(plan_of(config).experiments.front()) == "8 0.0650761 0 7383 l2 false");
}

TEST_CASE("every hyperparameter has its value, in the registry's order, and whether it was mutated") {
    config::ExperimentRequest request = toy::mutating("net", {"loss", "epochs"}, 1);
    request.training.hyperparameters = {{"learning_rate", std::int64_t{1}}, {"decay", std::nullopt}};
    const PlannedExperiment experiment = plan_of(toy::config({request})).experiments.at(0);
    const std::vector<Assignment>& values = experiment.training.hyperparameters;
    REQUIRE(values.size() == 6);
    CHECK((values[0].name == "epochs" && values[0].is_mutated));
    CHECK(values[1] == Assignment{"learning_rate", 1.0, false}); // a float that was written without a point
    CHECK(values[2] == Assignment{"decay", std::nullopt, false});
    CHECK(values[3] == Assignment{"seed", std::nullopt, false});
    CHECK((values[4].name == "loss" && values[4].is_mutated));
    CHECK(values[5] == Assignment{"half", false, false});
}

TEST_CASE("mutations are unique in the session by all values, not only the mutated ones") {
    config::ExperimentRequest fixed = toy::mutating("default", {"width"}, 1);
    fixed.training.hyperparameters = {{"epochs", std::int64_t{3}}};
    const auto whole = toy::mutating("default", {"epochs", "width"}, 3);
    CHECK(count_distinct(all_values(plan_of(toy::config({fixed, toy::mutating("default", {"epochs"}, 2), whole})))) ==
          6);
    CHECK_THAT(error_of(toy::config({whole, whole, fixed})),
               Contains("experiments[2]: toy/default: 0 distinct mutations of width exist that are not used already"));
}

TEST_CASE("runs beside a background have their own mutations") {
    const auto whole = toy::mutating("default", {"epochs", "width"}, 6);
    const Plan plan = plan_of(toy::config({whole, toy::in_parallel(whole)}));
    REQUIRE(plan.experiments.size() == 12);
    CHECK(plan.experiments[11].mode == config::Mode::parallel);
    CHECK(plan.experiments[11].id == "toy_default_012_parallel");
    const std::optional<PlannedBackground>& background = plan.experiments[11].background;
    REQUIRE(background.has_value());
    CHECK(background->training.hyperparameters[0].value == Value(std::int64_t{99}));
    CHECK(background->training.hyperparameters[1].value == Value(std::int64_t{1}));
}

TEST_CASE("all entries with too small spaces are reported at once") {
    const std::string message =
        error_of(toy::config({toy::mutating("net", {"epochs"}, 11), toy::mutating("net", {"epochs"}, 2),
                              toy::mutating("default", {"width"}, 3)}));
    CHECK_THAT(message, Contains("experiments[0]: toy/net: 10 distinct mutations of epochs exist, 11 were requested"));
    CHECK_THAT(message, !Contains("experiments[1]"));
    CHECK_THAT(message, Contains("experiments[2]: toy/default: 2 distinct mutations of width exist, 3 were requested"));
    CHECK_THAT(error_of(toy::config({toy::mutating("net", {"seed"}, 2'000'000'000)})), Contains("more than a session"));
}

TEST_CASE("editing one entry does not change what another draws") {
    const auto second = toy::mutating("net", {"learning_rate"}, 4);
    const auto before = all_values(plan_of(toy::config({toy::mutating("net", {"seed"}, 2), second})));
    const auto after = all_values(plan_of(toy::config({toy::mutating("net", {"seed", "half"}, 9), second})));
    CHECK(std::equal(before.end() - 4, before.end(), after.end() - 4));
}

TEST_CASE("runs of default values are replicates of the same values") {
    const Plan plan = plan_of(toy::config({toy::with_defaults("default", 3)}));
    CHECK(order_of(plan) == "A1 A2 A3");
    CHECK(count_distinct(all_values(plan)) == 1);
    CHECK(plan.experiments[0].mode == config::Mode::default_values);
}

TEST_CASE("the order is as written, round the entries, or random without losing or repeating a run") {
    config::ExperimentConfig config = toy::config({toy::mutating("net", {"epochs"}, 3), toy::with_defaults("net", 2)});
    CHECK(order_of(plan_of(config)) == "A1 A1 A1 B1 B2");
    config.settings.order = config::Order::interleaved;
    CHECK(order_of(plan_of(config)) == "A1 B1 A1 B2 A1");
    const auto in_turn = all_values(plan_of(config));
    config.settings.order = config::Order::random;
    const auto shuffled = all_values(plan_of(config));
    CHECK(shuffled != in_turn);
    CHECK(std::multiset<std::string>(shuffled.begin(), shuffled.end()) ==
          std::multiset<std::string>(in_turn.begin(), in_turn.end()));
}

TEST_CASE("as written is AAABBB also for drawn values, interleaved is ABABAB") {
    struct Case {
        config::Order order;
        int replicates;
        int runs;
        std::string expected; ///< of two entries: a b c are the drawn values of the first, x y z those of the second
    };
    using config::Order;
    const std::vector<Case> cases{
        {Order::as_written, 3, 2, "aaabbbxxxyyy"}, {Order::as_written, 1, 3, "abcxyz"},
        {Order::as_written, 3, 1, "aaaxxx"},       {Order::interleaved, 3, 2, "axbyaxbyaxby"},
        {Order::interleaved, 1, 3, "axbycz"},      {Order::interleaved, 3, 1, "axaxax"},
    };
    for (const bool is_parallel : {false, true}) {
        for (const Case& each : cases) {
            config::ExperimentRequest first = toy::mutating("net", {"epochs"}, each.runs);
            config::ExperimentRequest second = toy::mutating("default", {"epochs"}, each.runs);
            config::ExperimentConfig config = toy::config(
                {is_parallel ? toy::in_parallel(first) : first, is_parallel ? toy::in_parallel(second) : second});
            config.settings.order = each.order;
            config.settings.replicates = each.replicates;
            const Plan plan = plan_of(config);
            std::map<std::string, char> letters;
            std::map<std::string, int> seen;
            std::string order;
            std::map<std::size_t, char> next{{0, 'a'}, {1, 'x'}};
            for (const PlannedExperiment& experiment : plan.experiments) {
                const std::string key = std::to_string(experiment.configuration) + ":" + values_of(experiment);
                if (!letters.contains(key)) {
                    letters[key] = next[experiment.configuration]++;
                }
                order += letters[key];
                CHECK(experiment.replicate == ++seen[key]);
            }
            INFO("replicates " << each.replicates << ", runs " << each.runs << ", parallel " << is_parallel);
            CHECK(order == each.expected);
        }
    }
}

TEST_CASE("replicates of one entry with two drawn mutations run AAABBB, not ABABAB") {
    config::ExperimentConfig config = toy::config({toy::mutating("net", {"epochs"}, 2)});
    config.settings.replicates = 3;
    const std::vector<std::string> values = all_values(plan_of(config));
    REQUIRE(values.size() == 6);
    CHECK((values[0] == values[1] && values[1] == values[2]));
    CHECK((values[3] == values[4] && values[4] == values[5]));
    CHECK(values[0] != values[3]);
    CHECK(order_of(plan_of(config)) == "A1 A2 A3 A1 A2 A3");
}

TEST_CASE("replicates repeat values, are numbered in order and spread over the session") {
    config::ExperimentConfig config = toy::config({toy::mutating("net", {"epochs"}, 2), toy::with_defaults("net", 1)});
    config.settings.replicates = 2;
    CHECK(order_of(plan_of(config)) == "A1 A2 A1 A2 B1 B2");
    config.settings.order = config::Order::interleaved;
    CHECK(order_of(plan_of(config)) == "A1 B1 A1 A2 B2 A2");
    config = toy::config({toy::mutating("net", {"epochs"}, 4), toy::with_defaults("default", 3)});
    config.settings.replicates = 3;
    config.settings.order = config::Order::random;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        config.settings.seed = seed;
        const std::vector<std::string> values = all_values(plan_of(config));
        CHECK(std::adjacent_find(values.begin(), values.end()) == values.end());
        std::map<std::string, int> seen;
        for (const PlannedExperiment& experiment : plan_of(config).experiments) {
            CHECK(experiment.replicate == ++seen[values_of(experiment) + std::to_string(experiment.configuration)]);
        }
    }
}

TEST_CASE("a random order ends even if equal values cannot be separated") {
    config::ExperimentConfig config =
        toy::config({toy::with_defaults("net", 20'000), toy::mutating("net", {"epochs"}, 1)});
    config.settings.order = config::Order::random;
    CHECK(plan_of(config).experiments.size() == 20'001);
}

TEST_CASE("control runs of one default training come first, last and in between") {
    config::ExperimentRequest odd = toy::mutating("net", {"epochs"}, 5);
    odd.training.hyperparameters = {{"learning_rate", 0.25}};
    config::ExperimentConfig config = toy::config({toy::in_parallel(odd), odd});
    config.settings.control_every = 4;
    const Plan plan = plan_of(config);
    CHECK(order_of(plan) == "b1 A1 A1 A1 A1 b2 A1 B1 B1 B1 b3 B1 B1 b4");
    const PlannedExperiment& control = plan.experiments.front();
    CHECK(control.mode == config::Mode::default_values);
    CHECK_FALSE(control.background.has_value());
    CHECK(values_of(control) == "5 0.1 0 none l2 false");
    config = toy::config({toy::in_parallel(odd, true)});
    config.settings.control_every = 10;
    CHECK(order_of(plan_of(config)) == "a1 A1 A1 A1 A1 A1 a2");
    CHECK(plan_of(config).experiments.back().background.has_value());
    CHECK(plan_of(config).experiments.back().id == "toy_net_007_parallel");
}

TEST_CASE("a limit comes from the flag, else the experiment, else the config, else the registry") {
    config::ExperimentConfig config = toy::config({toy::mutating("default", {"epochs"}, 1)});
    const auto limits = [&](const Json& overrides = Json::object()) {
        const PlannedExperiment experiment = plan_of(config, overrides).experiments.at(0);
        return std::pair(experiment.timeout, experiment.stall);
    };
    CHECK(limits() == std::pair(std::optional(Seconds(70)), std::optional(Seconds(7))));
    config.settings.timeout = Seconds(60);
    config.settings.stall = Seconds(6);
    CHECK(limits() == std::pair(std::optional(Seconds(60)), std::optional(Seconds(6))));
    config.experiments[0].timeout = Seconds(50);
    config.experiments[0].stall = Seconds(5);
    CHECK(limits() == std::pair(std::optional(Seconds(50)), std::optional(Seconds(5))));
    Json overrides = Json::object();
    overrides["timeout_seconds"] = 40;
    CHECK(limits(overrides).first == Seconds(40));
    CHECK_FALSE(plan_of(toy::config({toy::mutating("net", {"epochs"}, 1)})).experiments.at(0).timeout.has_value());
}

TEST_CASE("flags override the config's top level, which overrides the defaults") {
    config::ExperimentConfig config = toy::config({toy::with_defaults("net", 1)});
    config.settings.cooldown = Seconds(5);
    config.settings.cooldown_until = Celsius(50);
    config.settings.max_retries = 4;
    Json overrides = Json::object();
    CHECK(plan_of(config).settings.cooldown == Seconds(5));
    CHECK(plan_of(config).settings.max_retries == 4);
    CHECK(plan_of(config).settings.baseline == Seconds(10));
    overrides["cooldown_seconds"] = 8;
    overrides["seed"] = 1;
    CHECK(plan_of(config, overrides).settings.cooldown_until == Celsius(50));
    CHECK(plan_of(config, overrides).settings.seed == 1);
    overrides["cooldown_seconds"] = 0;
    CHECK_FALSE(plan_of(config, overrides).settings.cooldown_until.has_value());
    config.settings.seed_was_drawn = true;
    CHECK(plan_of(config).settings.seed == 7);
    CHECK(plan_of(config).settings.seed_was_drawn);
}

TEST_CASE("an experiment's id is a valid folder name") {
    CHECK(experiment_id("toy", "net", config::Mode::mutation, 7) == "toy_net_007");
    CHECK(experiment_id("toy", "net", config::Mode::parallel, 12345) == "toy_net_12345_parallel");
    CHECK(experiment_id("../a b", "x/y", config::Mode::mutation, 1) == "_._a_b_x_y_001");
    CHECK(experiment_id(std::string(500, 'r'), "m", config::Mode::parallel, 1).size() < 256);
}

TEST_CASE("mutations of earlier sessions are not drawn again, however their table formats them") {
    const auto entry = toy::mutating("default", {"epochs", "width"}, 2);
    std::vector<HistoricalRun> history;
    for (const char* epochs : {"1", "2.0"}) {
        for (const char* width : {"1", "2"}) {
            history.push_back({"toy", "default", false, {{"epochs", epochs}, {"width", width}}});
        }
    }
    const Plan plan = plan_of(toy::config({entry}), Json::object(), history);
    CHECK(plan.experiments[0].training.hyperparameters[0].value == Value(std::int64_t{3}));
    CHECK(plan.experiments[1].training.hyperparameters[0].value == Value(std::int64_t{3}));
    CHECK_THROWS_WITH(plan_of(toy::config({toy::mutating("default", {"epochs", "width"}, 3)}), Json::object(), history),
                      Contains("2 distinct mutations"));
    for (HistoricalRun& run : history) {
        run.is_parallel = true;
    }
    CHECK(plan_of(toy::config({toy::mutating("default", {"epochs", "width"}, 6)}), Json::object(), history)
              .experiments.size() == 6);
}

TEST_CASE("a plan says how many past runs count, and how many sets of values they exclude") {
    const auto entry = toy::mutating("default", {"epochs"}, 1); // width is 1
    std::vector<HistoricalRun> history{{"toy", "default", false, {{"epochs", "1"}}, 0},
                                       {"toy", "default", false, {{"epochs", "1.0"}}, 0}, // the same again
                                       {"toy", "default", false, {{"epochs", "2"}}, 1},
                                       {"toy", "default", false, {{"epochs", "2"}, {"width", "2"}}, 2}, // not fixed so
                                       {"toy", "default", false, {{"epochs", "77"}}, 2},                // out of range
                                       {"toy", "net", false, {{"epochs", "3"}}, 2},
                                       {"toy", "default", true, {{"epochs", "3"}}, 2},
                                       {"toy", "default", false, {{"epochs", "many"}}, 2}};
    const std::optional<HistoryUse> use = plan_of(toy::config({entry}), Json::object(), history).history;
    REQUIRE(use.has_value());
    CHECK(use->runs == 8);
    CHECK(use->counted() == 3);
    CHECK(use->counted_by_source == std::vector<std::size_t>{2, 1, 0});
    CHECK(use->excluded == 2);
    CHECK_FALSE(plan_of(toy::config({entry})).history.has_value());
    config::ExperimentConfig asked = toy::config({entry});
    asked.use_deduplication = true;
    CHECK(plan_of(asked).history == HistoryUse());
}

TEST_CASE("a past run with another fixed value excludes nothing, one without a recorded value counts") {
    const auto entry = toy::mutating("default", {"epochs"}, 3); // width is 1
    const HistoricalRun other_width{"toy", "default", false, {{"epochs", "1"}, {"width", "2"}}};
    const HistoricalRun no_width{"toy", "default", false, {{"epochs", "1"}}};
    const HistoricalRun not_mutated{"toy", "default", false, {{"width", "1"}}};
    CHECK(plan_of(toy::config({entry}), Json::object(), {other_width, not_mutated}).experiments.size() == 3);
    CHECK_THROWS_AS(plan_of(toy::config({entry}), Json::object(), {no_width}), Error);
}
