#include "catch.hpp"

#include "json_schema.hpp"
#include "stuck_process.hpp"

#include <cerrno>
#include <chrono>
#include <memory>
#include <signal.h>

namespace mutation::e2e {

namespace {

using Catch::Contains;

/// What the user may wait for after an interrupt, whatever a sensor does.
constexpr std::chrono::seconds kPatience{20};

void hang_after_first_line(Lab& lab) {
    lab.training = {{"steps", Json::parse(R"([{"print": "accuracy: 1\n"}, {"hang": true}])")}};
}

bool training_runs(const Lab& lab) {
    return eventually(
        [&] {
            return lab.journal("training", "start").size() == 1 && lab.sessions().size() == 1 &&
                   read_text(lab.session() / "toy_tiny_001/training.log") == "accuracy: 1\n";
        },
        60);
}

pid_t newest(const Lab& lab, const std::string& who, const std::string& event) {
    const auto entries = lab.journal(who, event);
    return entries.empty() ? -1 : entries.back()["pid"].get<pid_t>();
}

/// Sends TERM and checks that it is obeyed in time.
RunResult check_obeys_term(RunningProcess& tool) {
    tool.send(SIGTERM);
    const auto sent = std::chrono::steady_clock::now();
    RunResult result = tool.wait();
    CHECK(std::chrono::steady_clock::now() - sent < kPatience);
    CHECK_FALSE(result.timed_out);
    CHECK(result.exit_code == 128 + SIGTERM);
    return result;
}

void check_interrupted_record(const Lab& lab) {
    REQUIRE(lab.experiments().size() == 1);
    CHECK(lab.record()["status"] == "interrupted");
    CHECK(record_problems(lab.record()) == "");
    CHECK(lab.summary().size() == 1);
}

std::string session_log(const Lab& lab) {
    return read_text(lab.session() / "session.log");
}

Invocation without_pidfd(Invocation invocation, int reason) {
    invocation.argv.insert(invocation.argv.begin(), {WITHOUT_PIDFD, std::to_string(reason)});
    return invocation;
}

} // namespace

TEST_CASE("TERM ends a session whose nvidia-smi cannot be reaped, and the record says so", "[waits]") {
    Lab lab;
    hang_after_first_line(lab);
    RunningProcess tool(lab.tool(lab.toy_run(1)));
    REQUIRE(training_runs(lab));
    const StuckProcess sampler(newest(lab, "smi", "stream"));
    REQUIRE(sampler.is_held());
    ::kill(newest(lab, "smi", "stream"), SIGKILL); // its stream falls silent
    REQUIRE(eventually([&] { return session_log(lab).find("was killed but does not end") != std::string::npos; }, 60));
    const auto result = check_obeys_term(tool);
    INFO(result.all());
    CHECK(sampler.is_stuck());
    check_interrupted_record(lab);
    CHECK_THAT(lab.record()["energy_quality"]["gpu"]["reason"].dump(), Contains("was killed but does not end"));
    CHECK_THAT(session_log(lab), Contains("nvidia-smi (process") && Contains("was killed but does not end"));
}

TEST_CASE("TERM ends a session whose perf cannot be reaped, and the record says so", "[waits]") {
    Lab lab;
    hang_after_first_line(lab);
    RunningProcess tool(lab.tool(lab.toy_run(1)));
    REQUIRE(training_runs(lab));
    const StuckProcess perf(newest(lab, "perf", "workload"));
    REQUIRE(perf.is_held());
    const auto result = check_obeys_term(tool);
    INFO(result.all());
    CHECK(perf.is_stuck());
    check_interrupted_record(lab);
    CHECK_THAT(lab.record()["energy_quality"]["cpu"]["reason"].dump(), Contains("was killed but does not end"));
    CHECK_THAT(session_log(lab), Contains("perf (process") && Contains("was killed but does not end"));
}

TEST_CASE("TERM ends a session whose perf and nvidia-smi both cannot be reaped", "[waits]") {
    Lab lab;
    hang_after_first_line(lab);
    RunningProcess tool(lab.tool(lab.toy_run(1)));
    REQUIRE(training_runs(lab));
    const StuckProcess perf(newest(lab, "perf", "workload"));
    const StuckProcess sampler(newest(lab, "smi", "stream"));
    REQUIRE(perf.is_held());
    REQUIRE(sampler.is_held());
    check_obeys_term(tool);
    check_interrupted_record(lab);
}

TEST_CASE("a session continues with an nvidia-smi that cannot be reaped and starts no other", "[waits]") {
    Lab lab;
    lab.training = {
        {"runs", Json::parse(R"([[{"print": "accuracy: 1\n"}, {"sleep": 8}], [{"print": "accuracy: 1\n"}]])")}};
    RunningProcess tool(lab.tool(lab.toy_run(2)));
    REQUIRE(training_runs(lab));
    const StuckProcess sampler(newest(lab, "smi", "stream"));
    REQUIRE(sampler.is_held());
    ::kill(newest(lab, "smi", "stream"), SIGKILL); // its stream falls silent
    const auto streams = lab.journal("smi", "stream").size();
    const auto result = tool.wait();
    INFO(result.all());
    CHECK(result.exit_code == 0);
    REQUIRE(lab.experiments().size() == 2);
    CHECK(lab.record(0)["status"] == "ok");
    CHECK(lab.record(1)["status"] == "ok");
    CHECK_THAT(lab.record(1)["energy_quality"]["gpu"]["reason"].dump(), Contains("was killed but does not end"));
    CHECK(lab.journal("smi", "stream").size() == streams);
    CHECK_THAT(result.err, Contains("was killed but does not end"));
}

TEST_CASE("TERM works while a sensor's program hangs before the first training", "[waits]") {
    Lab lab;
    const std::string who = GENERATE("smi", "perf");
    const bool can_be_reaped = GENERATE(true, false);
    (who == "smi" ? lab.smi : lab.perf)["hang"] = true;
    RunningProcess tool(lab.tool(lab.toy_run(1)));
    REQUIRE(eventually([&] { return lab.journal(who, "call").size() == 1; }, 60));
    std::unique_ptr<StuckProcess> stuck;
    if (!can_be_reaped) {
        stuck = std::make_unique<StuckProcess>(newest(lab, who, "call"));
        REQUIRE(stuck->is_held());
    }
    const auto result = check_obeys_term(tool);
    INFO(who << can_be_reaped << result.all());
    CHECK(lab.journal("training", "start").empty());
    CHECK(lab.journal(who, "call").size() == 1);
}

TEST_CASE("TERM works while perf hangs before it starts the training", "[waits]") {
    Lab lab;
    hang_after_first_line(lab);
    lab.perf["hang_training"] = true;
    RunningProcess tool(lab.tool(lab.toy_run(1)));
    REQUIRE(eventually([&] { return lab.journal("perf", "hang").size() == 1; }, 60));
    const StuckProcess perf(newest(lab, "perf", "hang"));
    REQUIRE(perf.is_held());
    const auto result = check_obeys_term(tool);
    INFO(result.all());
    check_interrupted_record(lab);
    CHECK(lab.journal("training", "start").empty());
}

TEST_CASE("TERM works while an on_finish command cannot be reaped", "[waits]") {
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"print": "accuracy: 1\n"}])")}};
    const fs::path begun = lab.root() / "begun";
    const auto file = lab.config(
        {{"cooldown_seconds", 0},
         {"baseline_seconds", 0},
         {"on_finish", {"/bin/sh", "-c", "echo $$ >" + begun.string() + "; trap '' INT TERM; read x </dev/zero"}},
         {"experiments", Json::parse(R"([{"repo": "toy", "model": "tiny", "mode": "default"}])")}});
    RunningProcess tool(lab.tool({"-ec", file}));
    REQUIRE(eventually([&] { return !read_text(begun).empty(); }, 60));
    const StuckProcess hook(std::stoi(read_text(begun)));
    REQUIRE(hook.is_held());
    tool.send(SIGTERM);
    tool.send(SIGINT); // the second request kills at once
    const auto sent = std::chrono::steady_clock::now();
    const auto result = tool.wait();
    INFO(result.all());
    CHECK(std::chrono::steady_clock::now() - sent < kPatience);
    CHECK(result.exit_code > 128);
    CHECK(hook.is_stuck());
    CHECK(lab.record()["status"] == "ok");
    CHECK_THAT(result.err, Contains("was killed but does not end"));
}

TEST_CASE("a second interrupt ends a session whose training cannot be reaped", "[waits]") {
    Lab lab;
    hang_after_first_line(lab);
    RunningProcess tool(lab.tool(lab.toy_run(1)));
    REQUIRE(training_runs(lab));
    const StuckProcess training(newest(lab, "training", "start"));
    REQUIRE(training.is_held());
    const auto said = tool.errors_so_far().size();
    tool.send(SIGTERM);
    const auto sent = std::chrono::steady_clock::now();
    REQUIRE(eventually([&] { return tool.errors_so_far().size() > said; }, 60));
    tool.send(SIGTERM);
    const auto result = tool.wait();
    INFO(result.all());
    CHECK(std::chrono::steady_clock::now() - sent < kPatience);
    CHECK(result.exit_code == 128 + SIGTERM);
    CHECK(training.is_stuck());
    check_interrupted_record(lab);
    CHECK_THAT(session_log(lab), Contains("was killed but does not end"));
}

TEST_CASE("INT ends doctor while nvidia-smi hangs", "[waits]") {
    Lab lab;
    lab.smi["hang"] = true;
    RunningProcess tool(lab.tool({"doctor"}));
    REQUIRE(eventually([&] { return !lab.journal("smi", "call").empty(); }, 60));
    tool.send(SIGINT);
    const auto sent = std::chrono::steady_clock::now();
    const auto result = tool.wait();
    INFO(result.all());
    CHECK(std::chrono::steady_clock::now() - sent < kPatience);
    CHECK(result.exit_code == 128 + SIGINT);
    CHECK(lab.journal("smi", "call").size() == 1);
}

TEST_CASE("without pidfds a session works", "[waits]") {
    const int reason = GENERATE(EPERM, ENOSYS);
    Lab lab;
    const auto result = run_process(without_pidfd(lab.tool(lab.toy_run(2)), reason));
    INFO(reason << result.all());
    CHECK(result.exit_code == 0);
    REQUIRE(lab.experiments().size() == 2);
    for (const std::size_t run : {0U, 1U}) {
        CHECK(lab.record(run)["status"] == "ok");
        CHECK(lab.record(run)["energy_metrics"]["gpu_energy_total_joules"].is_number());
        CHECK(lab.record(run)["energy_metrics"]["cpu_energy_total_joules"].is_number());
    }
    // The training's own end was seen, not perf's or a time limit's.
    CHECK(lab.record(0)["duration_seconds"].get<double>() < 5);
    CHECK(processes_of(lab.root()).empty());
}

TEST_CASE("without pidfds TERM works", "[waits]") {
    const int reason = GENERATE(EPERM, ENOSYS);
    Lab lab;
    hang_after_first_line(lab);
    RunningProcess tool(without_pidfd(lab.tool(lab.toy_run(1)), reason));
    REQUIRE(training_runs(lab));
    const auto result = check_obeys_term(tool);
    INFO(result.all());
    check_interrupted_record(lab);
    CHECK(processes_of(lab.root()).empty());
}

TEST_CASE("a caller that ignores SIGCHLD does not break waiting for processes", "[waits]") {
    Lab lab;
    Invocation invocation = lab.tool(lab.toy_run(1));
    invocation.argv.insert(invocation.argv.begin(), {"/usr/bin/env", "--ignore-signal=CHLD"});
    const auto result = run_process(invocation);
    INFO(result.all());
    CHECK(result.exit_code == 0);
    CHECK(lab.record()["status"] == "ok");
}

} // namespace mutation::e2e
