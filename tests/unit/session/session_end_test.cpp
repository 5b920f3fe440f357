#include "catch.hpp"

#include "mutation/session/session_end.hpp"
#include "mutation/system/file.hpp"

#include <csignal>
#include <cstdlib>

using namespace mutation;

namespace {

record::ExperimentRecord control(double cpu, bool is_control = true) {
    record::ExperimentRecord record;
    record.is_control = is_control;
    record.attempts.resize(1);
    record.last_attempt().status = record::Status::ok;
    record.last_attempt().measurement.cpu.total = Joules(cpu);
    return record;
}

} // namespace

TEST_CASE("control runs that drift apart are said at once") {
    session::ControlRuns controls(Percent(2));
    CHECK(controls.add(control(100)).empty());
    CHECK(controls.add(control(500, false)).empty()); // not one of them
    CHECK(controls.add(control(101)).empty());
    CHECK(controls.describe()["is_within_tolerance"] == true);
    const std::string said = controls.add(control(105));
    CHECK(said.find("+5.0 %") != std::string::npos);
    CHECK(controls.describe()["is_within_tolerance"] == false);
    CHECK(controls.describe()["joules"].size() == 3);
}

TEST_CASE("a control run that lacks a figure is not taken for one that needed less") {
    session::ControlRuns controls(Percent(2));
    record::ExperimentRecord both = control(100);
    both.last_attempt().measurement.gpu.energy = Joules(900);
    CHECK(controls.add(both).empty());
    CHECK(controls.add(control(100)).empty());
    CHECK(controls.describe().is_null());
    CHECK(controls.add(both).empty());
    CHECK(controls.summary().find("2 spread by 0.0 %") != std::string::npos);
}

TEST_CASE("one control run alone tells nothing") {
    session::ControlRuns controls(Percent(2));
    CHECK(controls.add(control(100)).empty());
    CHECK(controls.describe().is_null());
}

TEST_CASE("a notice gets the session and its counts, and its failure is told") {
    std::string folder = (std::filesystem::temp_directory_path() / "mutation-notice-XXXXXX").string();
    REQUIRE(::mkdtemp(folder.data()) != nullptr);
    const std::string script =
        "echo $MUTATION_SESSION $MUTATION_TOTAL $MUTATION_SUCCEEDED $MUTATION_FAILED > " + folder + "/out";
    system::SignalFd signals;
    run::Interruption interruption;
    const auto notice = [&](const std::vector<std::string>& command, const session::SessionCounts& counts) {
        return session::run_notice(command, counts, signals, interruption);
    };
    CHECK(notice({"/bin/sh", "-c", script}, {"/results/run", 3, 2, 1}).empty());
    CHECK(system::read_file(folder + "/out") == "/results/run 3 2 1\n");
    CHECK(notice({"/bin/sh", "-c", "echo no mail >&2; exit 4"}, {}).find("no mail") != std::string::npos);
    CHECK_FALSE(notice({"/no/such/program"}, {}).empty());
    std::filesystem::remove_all(folder);
}

TEST_CASE("a notice that a signal interrupts ends in its own way, and no other follows") {
    plan::SessionSettings settings;
    settings.on_finish = {"/bin/sh", "-c", "trap 'kill $!; exit 1' INT; kill -INT $PPID; sleep 300 & wait"};
    settings.on_failure = {"/no/such/program"};
    system::SignalFd signals;
    run::Interruption interruption;
    const std::vector<std::string> troubles =
        session::run_notices(settings, {"/results/run", 1, 0, 1}, true, signals, interruption);
    CHECK(troubles == std::vector<std::string>{"/bin/sh was interrupted"});
    CHECK(interruption.signal == SIGINT);
    CHECK(interruption.count == 1);
}

TEST_CASE("a notice that hears nothing is killed by a second signal") {
    const std::string script = "trap '' INT TERM; kill -INT $PPID; kill -TERM $PPID; while true; do sleep 0.1; done";
    system::SignalFd signals;
    run::Interruption interruption;
    CHECK(session::run_notice({"/bin/sh", "-c", script}, {}, signals, interruption) == "/bin/sh was interrupted");
    CHECK(interruption.count == 2);
}
