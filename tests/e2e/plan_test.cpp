#include "catch.hpp"

#include "lab.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace mutation::e2e {

namespace {

std::vector<fs::path> presets() {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(fs::path(MUTATION_SOURCE_DIR) / "settings"))
        if (entry.path().extension() == ".json")
            found.push_back(entry.path());
    return found;
}

} // namespace

TEST_CASE("the JSON plan has everything that programs need", "[plan]") {
    Lab lab;
    Json plan = lab.dry_run(lab.toy_run(3));
    REQUIRE(plan.size() == 3);
    for (auto& experiment : plan)
        for (const char* key :
             {"experiment_id", "repository", "model", "mode", "hyperparameters", "mutated", "command", "background"}) {
            INFO(key);
            CHECK(experiment.contains(key));
        }
    CHECK(plan[0]["experiment_id"] == "toy_tiny_001");
    CHECK(plan[0]["mode"] == "mutation");
    CHECK(plan[0]["mutated"] == Json({"learning_rate"}));
    CHECK(plan[0]["hyperparameters"]["epochs"] == 10);
    CHECK(plan[0]["hyperparameters"]["seed"].is_null());
    CHECK(plan[0]["background"].is_null());
    CHECK_FALSE(fs::exists(lab.results()));
}

TEST_CASE("a dry run prints exactly the commands that run", "[plan]") {
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"print": "accuracy: 0.5\n"}])")}};
    const auto arguments = std::vector<std::string>{"-r", "toy", "-m", "big",        "-mt", "all",        "-n",
                                                    "4",  "-s",  "11", "--cooldown", "0",   "--baseline", "0"};
    Json plan = lab.dry_run(arguments);
    REQUIRE(lab.run(arguments).exit_code == 0);
    const auto starts = lab.journal("training", "start");
    REQUIRE(starts.size() == 4);
    REQUIRE(lab.experiments().size() == 4);
    std::set<std::string> distinct;
    for (std::size_t i = 0; i < 4; ++i) {
        Json record = lab.record(i);
        CHECK(plan[i]["command"] == starts[i]["argv"]);
        CHECK(plan[i]["command"] == record["command"]);
        CHECK(plan[i]["hyperparameters"] == record["hyperparameters"]);
        CHECK(plan[i]["mutated"] == record["mutated"]);
        CHECK(plan[i]["experiment_id"] == record["experiment_id"]);
        distinct.insert(record["command"].dump());
    }
    CHECK(distinct.size() == 4);
}

TEST_CASE("every value is passed as the shortest decimal of the recorded number", "[plan]") {
    Lab lab;
    const std::map<std::string, std::string> flags{{"epochs", "--epochs"},
                                                   {"learning_rate", "--lr"},
                                                   {"dropout", "--dropout"},
                                                   {"weight_decay", "--wd"},
                                                   {"seed", "--seed"}};
    for (auto& experiment : lab.dry_run({"-r", "toy", "-m", "tiny", "-mt", "all", "-n", "50", "-s", "2"})) {
        const auto command = experiment["command"].get<std::vector<std::string>>();
        for (const auto& [name, flag] : flags) {
            const auto at = std::find(command.begin(), command.end(), flag);
            REQUIRE(at + 1 < command.end());
            Json value = experiment["hyperparameters"][name];
            INFO(name << " " << *(at + 1) << " " << value);
            double read = 0;
            const auto end = std::from_chars((at + 1)->data(), (at + 1)->data() + (at + 1)->size(), read);
            CHECK(end.ptr == (at + 1)->data() + (at + 1)->size());
            CHECK(read == value.get<double>());
            CHECK(at[1].size() <= 12); // 6 significant digits
        }
    }
}

TEST_CASE("each preset's plan can be printed without a clone", "[plan]") {
    Lab lab;
    auto invocation = lab.tool({});
    invocation.environment.erase("MUTATION_SETTINGS");
    const auto binary = invocation.argv.front();
    REQUIRE(presets().size() >= 5);
    for (const auto& preset : presets()) {
        INFO(preset);
        invocation.argv = {binary,
                           "--settings",
                           (fs::path(MUTATION_SOURCE_DIR) / "settings").string(),
                           "-ec",
                           preset.filename().string(),
                           "--dry-run",
                           "--json"};
        const auto result = run_process(invocation);
        INFO(result.err);
        CHECK(result.exit_code == 0);
        CHECK(Json::parse(result.out, nullptr, false).value("experiments", Json::array()).size() > 0);
    }
}

TEST_CASE("the option -c reads a registry in v3.0's format, with paths from the parent of its folder", "[plan]") {
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"print": "accuracy: 0.5\n"}])")}};
    Json toy = lab.repositories["toy"];
    toy["supported_hyperparams"]["learning_rate"]["range"] = {0.1, 0.2};
    write_text(lab.root() / "config/models_config.json", Json{{"models", {{"old_toy", toy}}}}.dump());
    const std::vector<std::string> arguments{"-c",         "config/models_config.json",
                                             "-r",         "old_toy",
                                             "-m",         "tiny",
                                             "-mt",        "learning_rate",
                                             "-n",         "2",
                                             "--cooldown", "0",
                                             "--baseline", "0"};
    for (auto& experiment : lab.dry_run(arguments)) {
        CHECK(experiment["hyperparameters"]["learning_rate"].get<double>() >= 0.1);
        CHECK(experiment["hyperparameters"]["learning_rate"].get<double>() <= 0.2);
    }
    CHECK(lab.run(arguments).exit_code == 0);
    CHECK(lab.experiments().size() == 2);
}

TEST_CASE("aliases are accepted and recorded under the canonical name", "[plan]") {
    Lab lab;
    lab.repositories["toy"]["supported_hyperparams"]["learning_rate"]["aliases"] = {"lr"};
    Json plan = lab.dry_run({"-r", "toy", "-m", "tiny", "-mt", "lr", "-n", "1", "-s", "1"});
    CHECK(plan[0]["mutated"] == Json({"learning_rate"}));
}

} // namespace mutation::e2e
