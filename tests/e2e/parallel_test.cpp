#include "catch.hpp"

#include "json_schema.hpp"
#include "parallel_lab.hpp"
#include "root.hpp"

#include <algorithm>
#include <sys/stat.h>
#include <unistd.h>

namespace mutation::e2e {

namespace {

using Catch::Contains;

struct Span {
    double start;
    double end;
};

/// When each training was alive, by its own time stamps; a killed one has no end.
std::vector<Span> spans(const std::vector<Json>& starts, const std::vector<Json>& ends) {
    std::vector<Span> found;
    for (const Json& start : starts) {
        const auto end =
            std::find_if(ends.begin(), ends.end(), [&](const Json& entry) { return entry["pid"] == start["pid"]; });
        found.push_back({start["monotonic"], end == ends.end() ? 1e18 : (*end)["monotonic"].get<double>()});
    }
    return found;
}

std::vector<Span> foregrounds(const Lab& lab) {
    return spans(lab.journal("training", "start"), lab.journal("training", "end"));
}

std::vector<Span> backgrounds(const Lab& lab) {
    return spans(lab.journal("load", "start"), lab.journal("load", "end"));
}

/// Waits for `../../go`; the test looks around meanwhile.
void train_until_told(Lab& lab) {
    lab.training = {{"steps", Json::parse(R"([{"wait_for": "../../go"}, {"print": "accuracy: 0.9\n"}])")}};
}

void check_logs(const Lab& lab, const Json& background) {
    for (const auto& log : background["logs"])
        CHECK(read_text(lab.session() / log.get<std::string>()) == "loading\n");
}

} // namespace

TEST_CASE("in loop mode the background loads the GPU before each measured run, is started again, and is gone after it",
          "[parallel]") {
    ParallelLab lab;
    lab.train_for(1.5);
    lab.background = {{"steps", Json::parse(R"([{"print": "loading\n"}, {"sleep": 0.4}])")}};
    const auto result = lab.run(lab.session_of({lab.beside(2, false)}, {{"cooldown_seconds", 0.5}}));
    INFO(result.all());
    REQUIRE(result.exit_code == 0);
    REQUIRE(lab.experiments().size() == 2);
    const auto measured = foregrounds(lab);
    const auto beside = backgrounds(lab);
    std::size_t next = 0;
    for (std::size_t i = 0; i < 2; ++i) {
        Json record = lab.record(i);
        CHECK(record_problems(record) == "");
        CHECK(record["mode"] == "parallel");
        CHECK(record["cooldown"] == (i == 0 ? "none" : "idle"));
        Json background = record["background"];
        REQUIRE(background["starts"].get<std::size_t>() >= 2);
        REQUIRE(next + background["starts"].get<std::size_t>() <= beside.size());
        CHECK(background["logs"].size() == background["starts"].get<std::size_t>());
        check_logs(lab, background);
        CHECK(background["logs"][0] == record["experiment_id"].get<std::string>() + "/background_logs/run_001.log");
        CHECK(background["failures"] == 0);
        CHECK(background["reuse"] == false);
        CHECK(background["hyperparameters"]["epochs"] == 50);
        CHECK_THAT(background["note"].get<std::string>(), Contains("cannot be split"));
        // The first one had its time to load the GPU; none was started after the measured one.
        CHECK(measured[i].start - beside[next].start >= lab.startup_wait_seconds - 0.05);
        Json gaps = background["restart_gaps_seconds"];
        REQUIRE(gaps.size() + 1 == background["starts"].get<std::size_t>());
        for (std::size_t gap = 0; gap < gaps.size(); ++gap, ++next) {
            // Our stamps enclose the process's own.
            CHECK(gaps[gap].get<double>() <= beside[next + 1].start - beside[next].end + 0.001);
            CHECK(gaps[gap].get<double>() >= lab.restart_delay_seconds);
            CHECK(beside[next + 1].start < measured[i].end);
        }
        ++next;
    }
    CHECK(next == beside.size());
    CHECK(processes_of(lab.root()).empty());
}

TEST_CASE("the background's alive share comes from the time stamps of its processes", "[parallel]") {
    ParallelLab lab;
    lab.restart_delay_seconds = 0.5;
    lab.train_for(2);
    lab.background = {{"steps", Json::parse(R"([{"print": "loading\n"}, {"sleep": 0.5}])")}};
    REQUIRE(lab.run(lab.session_of({lab.beside(1, false)})).exit_code == 0);
    const Span window = foregrounds(lab).at(0);
    double alive = 0;
    for (const Span& life : backgrounds(lab))
        alive += std::max(0.0, std::min(life.end, window.end) - std::max(life.start, window.start));
    // The time between a process's first and last instruction is less than its lifetime.
    CHECK(lab.record()["background"]["alive_percent"].get<double>() ==
          Approx(100 * alive / (window.end - window.start)).margin(10));
    CHECK(lab.record()["background"]["alive_percent"].get<double>() < 95);
}

TEST_CASE("a reused background runs through all runs that share it and their cooldowns", "[parallel]") {
    ParallelLab lab;
    lab.train_for(0.3);
    const auto result = lab.run(lab.session_of({lab.beside(3, true)}, {{"cooldown_seconds", 0.3}}));
    INFO(result.all());
    REQUIRE(result.exit_code == 0);
    CHECK(lab.background_starts().size() == 1);
    const std::string log = "background_logs/run_001.log";
    for (std::size_t i = 0; i < 3; ++i) {
        Json record = lab.record(i);
        CHECK(record_problems(record) == "");
        CHECK(record["cooldown"] == (i == 0 ? "none" : "loaded"));
        CHECK(record["background"]["starts"] == (i == 0 ? 1 : 0));
        CHECK(record["background"]["logs"] == Json::array({log}));
        CHECK(record["background"]["alive_percent"] == 100);
        CHECK(record["background"]["reuse"] == true);
    }
    CHECK(read_text(lab.session() / log) == "loading\n");
    CHECK(lab.summary().at(1).at("background_alive_percent") == "100");
    CHECK(processes_of(lab.root()).empty());
}

TEST_CASE("a reused background that ends is started again, counted in the next run", "[parallel]") {
    ParallelLab lab;
    lab.training = {{"runs", Json::parse(R"([[{"wait_for": "../../go"}, {"print": "accuracy: 1\n"}],
                                             [{"wait_for": "../../go"}, {"print": "accuracy: 1\n"}]])")}};
    // It ends when the first measured run has ended, that is in the cooldown.
    lab.background = {{"runs", Json::parse(R"([[{"print": "loading\n"}, {"wait_for": "../../end"}],
                                               [{"print": "loading\n"}, {"hang": true}]])")}};
    RunningProcess tool(lab.tool(lab.session_of({lab.beside(2, true)}, {{"cooldown_seconds", 2}})));
    REQUIRE(lab.foreground_runs(1));
    write_text(lab.root() / "go", "");
    REQUIRE(eventually([&] { return lab.journal("training", "end").size() == 1; }, 20));
    REQUIRE(eventually([&] { return !lab.sessions().empty() && lab.experiments().size() == 1; }, 20));
    write_text(lab.root() / "end", "");
    CHECK(tool.wait().exit_code == 0);
    CHECK(lab.background_starts().size() == 2);
    CHECK(lab.record(0)["background"]["starts"] == 1);
    Json background = lab.record(1)["background"];
    CHECK(background["starts"] == 1);
    CHECK(background["failures"] == 0);
    CHECK(background["logs"] == Json({"background_logs/run_001.log", "background_logs/run_002.log"}));
    CHECK(background["restart_gaps_seconds"].size() == 1);
}

TEST_CASE("another background, or a run without one, ends a reused background first", "[parallel]") {
    ParallelLab lab;
    train_until_told(lab);
    RunningProcess tool(lab.tool(
        lab.session_of({lab.beside(1, true), lab.beside(1, true, "big"), ParallelLab::alone(), lab.beside(1, true)},
                       {{"cooldown_seconds", 0.2}})));
    const auto go_on = [&](std::size_t nth) {
        write_text(lab.root() / "go", "");
        const bool has_ended = eventually([&] { return lab.journal("training", "end").size() == nth; }, 20);
        fs::remove(lab.root() / "go");
        return has_ended;
    };
    for (const char* model : {"tiny", "big", "", "tiny"}) {
        const std::size_t nth = lab.journal("training", "end").size() + 1;
        REQUIRE(lab.foreground_runs(nth));
        const auto there = processes_of(lab.load_folder());
        INFO(nth << ". run beside " << model);
        REQUIRE(there.size() == (*model == '\0' ? 0 : 1));
        if (!there.empty())
            CHECK_THAT(there[0], Contains(std::string("--model ") + model));
        REQUIRE(go_on(nth));
    }
    CHECK(tool.wait().exit_code == 0);
    REQUIRE(lab.experiments().size() == 4);
    // What does not run on in the cooldown leaves the machine idle.
    for (const std::size_t i : {1, 2, 3})
        CHECK(lab.record(i)["cooldown"] == "idle");
    CHECK(lab.record(2)["background"].is_null());
    CHECK(lab.record(3)["background"]["logs"] == Json::array({"background_logs/run_003.log"}));
    CHECK(processes_of(lab.root()).empty());
}

TEST_CASE("a run whose background was alive for less than 95 % has poor figures and says so", "[parallel]") {
    ParallelLab lab;
    lab.restart_delay_seconds = 60;
    lab.train_for(1.5);
    lab.background = {{"steps", Json::parse(R"([{"print": "loading\n"}, {"sleep": 0.6}])")}};
    const auto result = lab.run(lab.session_of({lab.beside(1, false)}));
    CHECK(result.exit_code == 0);
    Json record = lab.record();
    CHECK(record["status"] == "ok");
    CHECK(record["background"]["alive_percent"].get<double>() < 95);
    for (const char* sensor : {"cpu", "gpu"}) {
        CHECK(record["energy_quality"][sensor]["verdict"] == "poor");
        CHECK_THAT(record["energy_quality"][sensor]["reason"].get<std::string>(), Contains("background"));
    }
    CHECK_THAT(result.err, Contains("poor") && Contains("background was alive for"));
    CHECK(lab.summary().at(0).at("energy_gpu_verdict") == "poor");
}

TEST_CASE("a background keeps running while its measured training is retried", "[parallel]") {
    ParallelLab lab;
    lab.training = {{"runs", Json::parse(R"([[{"sleep": 0.2}, {"exit": 3}],
                                             [{"sleep": 0.2}, {"print": "accuracy: 1\n"}]])")}};
    CHECK(lab.run(lab.session_of({lab.beside(1, false)}, {{"max_retries", 1}})).exit_code == 0);
    CHECK(lab.background_starts().size() == 1);
    Json record = lab.record();
    CHECK(record["retries"] == 1);
    CHECK(record["background"]["starts"] == 1);
    CHECK(record["background"]["alive_percent"] == 100);
    check_logs(lab, record["background"]);
}

namespace {} // namespace

TEST_CASE("under sudo a program in a folder that only root can enter runs background and foreground", "[parallel]") {
    if (::geteuid() != 0) {
        WARN("not root: cannot be tried");
        return;
    }
    ParallelLab lab;
    call_by_sudo(lab);
    SECTION("with perf") {}
    SECTION("without perf") {
        lab.environment["MUTATION_PERF"] = "";
        lab.environment["PATH"] = "/nowhere";
    }
    auto invocation = lab.tool(lab.session_of({lab.beside(1, GENERATE(false, true))}));
    invocation.argv.front() = lab.copy_tool("locked", 0700).string();
    const auto result = run_process(invocation);
    INFO(result.all());
    REQUIRE(result.exit_code == 0);
    CHECK(lab.background_starts().at(0)["uid"] == kNobody);
    CHECK(lab.foreground_starts().at(0)["uid"] == kNobody);
    CHECK(processes_of(lab.root()).empty());
}

TEST_CASE("under sudo the background runs as the invoking user, and its logs are the user's", "[parallel]") {
    if (::geteuid() != 0) {
        WARN("not root: cannot be tried");
        return;
    }
    ParallelLab lab;
    call_by_sudo(lab);
    const bool is_reused = GENERATE(false, true);
    const auto result = lab.run(lab.session_of({lab.beside(1, is_reused)}));
    INFO(result.all());
    REQUIRE(result.exit_code == 0);
    Json start = lab.background_starts().at(0);
    for (const char* id : {"uid", "euid", "gid"})
        CHECK(start[id] == kNobody);
    const auto groups = start["groups"].get<std::vector<int>>();
    CHECK(std::find(groups.begin(), groups.end(), 0) == groups.end());
    CHECK(start["fds"].size() == 3);
    std::string owner;
    for (const auto& variable : start["environment"]) {
        const auto text = variable.get<std::string>();
        CHECK(text.rfind("SUDO_", 0) != 0);
        if (text.rfind("MUTATION_OWNER=", 0) == 0)
            owner = text;
    }
    CHECK(std::count(owner.begin(), owner.end(), ':') == 3); // the next session could tell that it was left behind
    struct stat facts {};
    const auto log = lab.record()["background"]["logs"][0].get<std::string>();
    REQUIRE(::stat((lab.session() / log).c_str(), &facts) == 0);
    CHECK(facts.st_uid == kNobody);
}

} // namespace mutation::e2e
