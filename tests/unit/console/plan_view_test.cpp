#include "catch.hpp"

#include "../plan/toy_registry.hpp"
#include "mutation/console/plan_view.hpp"
#include "mutation/console/registry_view.hpp"
#include "mutation/core/json.hpp"

#include <sstream>

using namespace mutation;
using Catch::Contains;

namespace {

plan::Plan two_runs() {
    config::ExperimentRequest request = toy::in_parallel(toy::mutating("net", {"epochs"}, 1));
    return plan::make_plan(toy::config({toy::with_defaults("net", 1), request}), toy::registry(), 0);
}

} // namespace

TEST_CASE("a text plan shows each id, its values, marks of mutated values, and commands to paste") {
    std::ostringstream out;
    console::print_plan(out, two_runs(), toy::registry(), {}, {});
    const std::string text = out.str();
    CHECK_THAT(text, Contains("2 experiments, seed 42,"));
    CHECK_THAT(text, Contains("toy_net_001") && Contains("toy_net_002_parallel"));
    CHECK_THAT(text, Contains("epochs=5 learning_rate=0.1 decay=0 seed=none loss=l2 half=false"));
    CHECK_THAT(text, Contains("/nowhere/train.sh -n net --epochs 5 --learning_rate 0.1 --decay 0 --loss l2\n"));
    CHECK_THAT(text, Contains("/nowhere/train.sh --quiet 'a b' --epochs 99 --width 1"));
    CHECK_THAT(text, Contains("* learning_rate=0.1"));
}

TEST_CASE("a text plan uses the right plurals and leaves out empty parts") {
    const auto text_of = [](plan::Plan plan) {
        std::ostringstream out;
        console::print_plan(out, plan, toy::registry(), {}, {});
        return out.str();
    };
    plan::Plan plan = plan::make_plan(toy::config({toy::with_defaults("net", 1)}), toy::registry(), 0);
    plan.settings.name = "study";
    plan.settings.max_retries = 0;
    CHECK_THAT(text_of(plan), Catch::StartsWith("study\n1 experiment, seed 42, no retries\n"));
    CHECK_THAT(text_of(plan), !Contains("past runs"));
    plan.settings.description = "of one run";
    plan.settings.max_retries = 1;
    CHECK_THAT(text_of(plan), Catch::StartsWith("study: of one run\n1 experiment, seed 42, up to 1 retry each\n"));
    plan.settings.name = "";
    plan.settings.max_retries = 2;
    CHECK_THAT(text_of(plan), Catch::StartsWith("of one run\n1 experiment, seed 42, up to 2 retries each\n"));
    CHECK_THAT(text_of(plan), !Contains(": \n") && !Contains(":\n") && !Contains("()"));
}

TEST_CASE("a plan shows the effect of past runs, as text and as JSON") {
    plan::Plan plan = two_runs();
    plan.history = plan::HistoryUse{{3, 0}, 12, 2};
    std::ostringstream out;
    console::print_plan(out, plan, toy::registry(), {}, {});
    CHECK_THAT(out.str(), Contains("past runs: 3 of 12 count, 2 sets of values are not drawn again\n"));
    std::ostringstream json;
    console::print_plan_json(json, plan, toy::registry(), {});
    CHECK(Json::parse(json.str())["past_runs"] == Json{{"read", 12}, {"counted", 3}, {"excluded_values", 2}});
    std::ostringstream without;
    console::print_plan_json(without, two_runs(), toy::registry(), {});
    CHECK(Json::parse(without.str())["past_runs"].is_null());
}

TEST_CASE("a JSON plan is one object with all runs") {
    std::ostringstream out;
    console::print_plan_json(out, two_runs(), toy::registry(), {});
    const Json json = Json::parse(out.str());
    CHECK(json["experiment_count"] == 2);
    CHECK(json["seed"] == 42);
    CHECK(json["expected_seconds"].is_null());
    const Json& experiment = json["experiments"][1];
    CHECK(experiment["experiment_id"] == "toy_net_002_parallel");
    CHECK(experiment["repository"] == "toy");
    CHECK(experiment["model"] == "net");
    CHECK(experiment["mode"] == "parallel");
    CHECK(experiment["hyperparameters"]["learning_rate"] == 0.1);
    CHECK(experiment["hyperparameters"]["seed"].is_null());
    CHECK(experiment["mutated"] == Json({"epochs"}));
    CHECK(experiment["command"][0] == "/nowhere/train.sh");
    CHECK(experiment["background"]["command"][1] == "--quiet");
    CHECK(json["experiments"][0]["background"].is_null());
}

TEST_CASE("an empty JSON plan is still one object") {
    std::ostringstream out;
    console::print_plan_json(out, {}, toy::registry(), {});
    CHECK(Json::parse(out.str())["experiments"].empty());
}

TEST_CASE("a command is quoted as a shell needs it") {
    CHECK(console::quote_for_shell({"a-b", "a b", "", "it's", "$x"}) == R"(a-b 'a b' '' 'it'\''s' '$x')");
}

TEST_CASE("the registry is listed as text and as JSON") {
    std::ostringstream out;
    console::print_registry(out, toy::registry());
    CHECK_THAT(out.str(), Contains("net (also old_net)") && Contains("[0.02, 0.5] log_uniform") &&
                              Contains("{l1, l2, huber}") && Contains("0 with p=0.3") && Contains("{false, true}") &&
                              !Contains("fixed"));
    const Json json = console::registry_to_json(toy::registry());
    const Json& model = json["repositories"][0]["models"][0];
    CHECK(model["aliases"] == Json({"old_net"}));
    CHECK(model["hyperparameters"][2]["zero_probability"] == 0.3);
    CHECK(model["hyperparameters"][2]["range"] == Json({1e-5, 0.01}));
    CHECK(model["hyperparameters"][3]["default"].is_null());
    CHECK(model["hyperparameters"][4]["choices"].size() == 3);
    CHECK(model["hyperparameters"][5]["type"] == "bool");
}
