#include "catch.hpp"

#include "../plan/toy_registry.hpp"
#include "mutation/core/error.hpp"
#include "mutation/record/session_document.hpp"
#include "support/temporary_folder.hpp"

using namespace mutation;
using namespace mutation::record;
using Catch::Contains;

namespace {

config::Registry registry_with_metrics() {
    config::Registry registry = toy::registry();
    registry.repositories[0].models[0].metrics = {{"accuracy", "a", true}, {"loss", "l", std::nullopt}};
    return registry;
}

/// A document in which nothing has its default.
SessionDocument full_document() {
    SessionDocument document;
    document.session = "run_20260101_000000";
    document.tool_version = "4.0";
    document.started = "2026-01-01T00:00:00+01:00";
    document.command_line = "mutation -ec toy";
    document.machine = {"4.0", "host", "Linux 6.1", "A processor", 8, "performance"};
    document.config = Json{{"experiments", Json::array()}};
    document.registry_source = "/settings";
    document.is_registry_file = true;
    document.registry_digests = {{"gone", std::nullopt}, {"toy", "0123"}};
    document.plan =
        plan::make_plan(toy::config({toy::mutating("net", {"epochs", "learning_rate"}, 3)}), toy::registry(), 7);
    document.models = describe_models(document.plan, registry_with_metrics());
    document.controls = ControlFacts{{100, 110.5}, Percent(10), Percent(2), false};
    return document;
}

Json full_json() {
    return session_to_json(full_document());
}

std::string error_of(Json json) {
    try {
        (void)session_from_json(json);
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::usage);
        return error.message();
    }
    return "none";
}

/// Every value of `models` has another type than the writer gives it.
std::vector<std::pair<std::string, Json>> wrong_models() {
    const Json good = full_json().at("models");
    std::vector<std::pair<std::string, Json>> wrong;
    const auto add = [&](const Json::json_pointer& place, const std::string& path) {
        for (const auto& [key, value] : good.at(place).items()) {
            Json damaged = good;
            damaged[place][key] = Json{{"no", "such"}, {"value", 1}};
            wrong.emplace_back(path + "." + key, damaged);
        }
    };
    add(Json::json_pointer("/0"), "$.models[0]");
    add(Json::json_pointer("/0/hyperparameters/1"), "$.models[0].hyperparameters[1]");
    add(Json::json_pointer("/0/metrics/0"), "$.models[0].metrics[0]");
    return wrong;
}

} // namespace

TEST_CASE("session.json is read as it was written", "[session_document]") {
    const SessionDocument written = full_document();
    const SessionDocument read = session_from_json(Json::parse(full_json().dump()));
    CHECK(read.session == written.session);
    CHECK(read.tool_version == written.tool_version);
    CHECK(read.started == written.started);
    CHECK(read.command_line == written.command_line);
    CHECK(read.machine == written.machine);
    CHECK(read.config == written.config);
    CHECK(read.registry_source == written.registry_source);
    CHECK(read.is_registry_file);
    CHECK(read.registry_digests == written.registry_digests);
    CHECK(read.models == written.models);
    CHECK(read.plan.experiments == written.plan.experiments);
    REQUIRE(read.controls.has_value());
    CHECK(read.controls->joules == written.controls->joules);
    CHECK(read.controls->spread == Percent(10));
    CHECK_FALSE(read.controls->is_within_tolerance);
    CHECK(session_to_json(read).dump() == full_json().dump());
}

TEST_CASE("a model's facts are those of the registry, each model once, backgrounds too", "[session_document]") {
    const config::Registry registry = registry_with_metrics();
    const plan::Plan plan = plan::make_plan(
        toy::config({toy::in_parallel(toy::mutating("net", {"epochs"}, 2), true), toy::with_defaults("net", 1)}),
        registry, 0);
    const std::vector<ModelFacts> models = describe_models(plan, registry);
    const config::Model& net = *registry.find("toy")->find_model("net");
    REQUIRE(models.size() == 2);
    CHECK(models[0].repository == "toy");
    CHECK(models[0].model == "net");
    CHECK(models[1].model == "default");
    REQUIRE(models[0].hyperparameters.size() == net.hyperparameters.size());
    for (std::size_t i = 0; i < net.hyperparameters.size(); ++i) {
        CHECK(models[0].hyperparameters[i].name == net.hyperparameters[i].name);
        CHECK(models[0].hyperparameters[i].type == net.hyperparameters[i].type);
        CHECK(models[0].hyperparameters[i].distribution == net.hyperparameters[i].distribution);
        CHECK(models[0].hyperparameters[i].zero_probability == net.hyperparameters[i].zero_probability);
        CHECK(models[0].hyperparameters[i].range == net.hyperparameters[i].range);
        CHECK(models[0].hyperparameters[i].default_value == net.hyperparameters[i].default_value);
        CHECK(models[0].hyperparameters[i].choices == net.hyperparameters[i].choices);
    }
    CHECK(models[0].metrics == std::vector<MetricFacts>{{"accuracy", true}, {"loss", std::nullopt}});
}

TEST_CASE("each damaged member of session.json is named with place, value and remedy", "[session_document]") {
    const Json whole = full_json();
    for (const auto& [key, value] : whole.items()) {
        if (key == "config" || key == "schema_version") { // a config may be anything
            continue;
        }
        Json damaged = full_json();
        damaged[key] = Json::array({Json::array({7})});
        const std::string error = error_of(damaged);
        INFO(key << ": " << error);
        CHECK_THAT(error, Contains("$." + key) && Contains("7") && Contains("start a new session from its config"));
    }
    for (const auto& [path, models] : wrong_models()) {
        Json damaged = full_json();
        damaged["models"] = models;
        CHECK_THAT(error_of(damaged), Contains(path) && Contains("such"));
    }
    for (const char* key : {"joules", "spread_percent", "tolerance_percent", "is_within_tolerance"}) {
        Json damaged = full_json();
        damaged["controls"][key] = "x";
        CHECK_THAT(error_of(damaged), Contains(std::string("$.controls.") + key));
    }
}

TEST_CASE("a document without a plan, of no session or of a newer program is refused", "[session_document]") {
    Json json = full_json();
    json.erase("plan");
    CHECK_THAT(error_of(json), Contains("$.plan is missing"));
    json = full_json();
    json["schema_version"] = 2;
    CHECK_THAT(error_of(json), Contains("schema_version 2 is newer"));
    json.erase("schema_version");
    CHECK_THAT(error_of(json), Contains("not a session"));
    CHECK_THAT(error_of(Json::array()), Contains("not a session"));
}

TEST_CASE("a session.json of an older program, without newer members, is read", "[session_document]") {
    const Json whole = full_json();
    for (const auto& [key, value] : whole.items()) {
        if (key != "plan" && key != "schema_version") {
            Json json = full_json();
            json.erase(key);
            INFO(key);
            CHECK(error_of(json) == "none");
        }
    }
    Json json = full_json();
    json.erase("models");
    CHECK(session_from_json(json).models.empty());
}

TEST_CASE("members of session.json that this program does not know survive a rewrite", "[session_document]") {
    Json json = full_json();
    json["of_tomorrow"] = {1, 2};
    json["environment"]["of_tomorrow"] = "x";
    json["plan"]["of_tomorrow"] = "y";
    json["plan"]["settings"]["of_tomorrow"] = true;
    SessionDocument document = session_from_json(json);
    document.controls.reset();
    const Json rewritten = session_to_json(document);
    CHECK(rewritten.at("controls").is_null());
    CHECK(rewritten.at("of_tomorrow") == Json{1, 2});
    CHECK(rewritten.at("environment").at("of_tomorrow") == "x");
    CHECK(rewritten.at("plan").at("of_tomorrow") == "y");
    CHECK(rewritten.at("plan").at("settings").at("of_tomorrow") == true);
    CHECK(rewritten.at("plan").size() == full_json().at("plan").size() + 1);
}

TEST_CASE("damaged members of session.json leave the others readable", "[session_document]") {
    Json json = full_json();
    json["started"] = 5;
    json["models"][0]["hyperparameters"][0]["range"] = "wide";
    json["plan"]["shared"] = 7;
    const SessionDocument document = session_from_damaged_json(json);
    CHECK(document.started.empty());
    CHECK(document.plan.experiments.empty());
    CHECK(document.tool_version == "4.0");
    REQUIRE(document.models.size() == 1);
    CHECK_FALSE(document.models[0].hyperparameters[0].range.has_value());
    CHECK(document.models[0].hyperparameters[1] == full_document().models[0].hyperparameters[1]);
}

TEST_CASE("the name of a session is read even if the rest of session.json is damaged", "[session_document]") {
    const test::TemporaryFolder folder;
    const std::filesystem::path session = folder.path() / "renamed";
    std::filesystem::create_directory(session);
    CHECK_FALSE(read_session_name(session).has_value());
    const std::string whole = full_json().dump(2);
    test::write_text(session / "session.json", whole.substr(0, whole.size() / 2));
    CHECK(read_session_name(session) == "run_20260101_000000");
    test::write_text(session / "session.json", R"({"schema_version": 1, "plan": {}, "old)");
    CHECK(read_session_name(session) == "renamed");
    test::write_text(session / "session.json", R"({"schema_version": 2, "session": "x")");
    CHECK_THROWS_WITH(read_session_name(session), Contains("newer program"));
}
