#include "catch.hpp"

#include "mutation/session/notices.hpp"
#include "mutation/system/file.hpp"
#include "support/temporary_folder.hpp"

#include <csignal>

using namespace mutation;
using session::SessionEnd;
using session::SessionTally;

namespace {

/// What a notice works with, and the warnings of those that were given.
struct Desk {
    std::optional<std::string> run(const std::vector<std::string>& command, const SessionTally& tally = {}) {
        return session::run_notice(command, "/results/run", tally, {signals, interruption});
    }

    void end_session(SessionEnd::Kind kind, const SessionTally& tally) {
        session::Notices notices(settings, "/results/run", {signals, interruption},
                                 [this](const std::string& text) { warnings.push_back(text); });
        notices.on_session_end({kind, tally});
    }

    /// `sh` writes a word to a file of this name.
    [[nodiscard]] std::vector<std::string> touch(const std::string& name) const {
        return {"/bin/sh", "-c", "echo run > " + (folder.path() / name).string()};
    }
    [[nodiscard]] bool has_run(const std::string& name) const { return std::filesystem::exists(folder.path() / name); }

    test::TemporaryFolder folder;
    plan::SessionSettings settings;
    system::SignalFd signals;
    run::Interruption interruption;
    std::vector<std::string> warnings;
};

} // namespace

TEST_CASE("a notice gets the session and its counts, and its failure is reported") {
    Desk desk;
    const std::string out = (desk.folder.path() / "out").string();
    const std::string script = "echo $MUTATION_SESSION $MUTATION_TOTAL $MUTATION_SUCCEEDED $MUTATION_FAILED > " + out;
    CHECK_FALSE(desk.run({"/bin/sh", "-c", script}, {3, 2, 1}).has_value());
    CHECK(system::read_file(out) == "/results/run 3 2 1\n");
    CHECK(desk.run({"/bin/sh", "-c", "echo no mail >&2; exit 4"})->find("no mail") != std::string::npos);
    CHECK(desk.run({"/no/such/program"}).has_value());
}

TEST_CASE("on_finish runs at every end of a session that ran something, on_failure only after a failure") {
    struct Case {
        SessionEnd::Kind kind;
        std::size_t failed;
        bool finish;
        bool failure;
    };
    for (const Case& given : {Case{SessionEnd::Kind::ran, 0, true, false}, Case{SessionEnd::Kind::ran, 1, true, true},
                              Case{SessionEnd::Kind::stopped_after_run, 0, true, false},
                              Case{SessionEnd::Kind::stopped_by_error, 0, true, true},
                              Case{SessionEnd::Kind::nothing_to_run, 1, false, false}}) {
        Desk desk;
        desk.settings.on_finish = desk.touch("finish");
        desk.settings.on_failure = desk.touch("failure");
        desk.end_session(given.kind, {2, 1, given.failed});
        CHECK(desk.has_run("finish") == given.finish);
        CHECK(desk.has_run("failure") == given.failure);
        CHECK(desk.warnings.empty());
    }
}

TEST_CASE("an interrupted on_finish command may clean up, and no other follows") {
    Desk desk;
    desk.settings.on_finish = {"/bin/sh", "-c", "trap 'kill $!; exit 1' INT; kill -INT $PPID; sleep 300 & wait"};
    desk.settings.on_failure = {"/no/such/program"};
    desk.end_session(SessionEnd::Kind::stopped_by_error, {1, 0, 1});
    CHECK(desk.warnings == std::vector<std::string>{"on_finish/on_failure: /bin/sh was interrupted"});
    CHECK(desk.interruption.signal == SIGINT);
    CHECK(desk.interruption.count == 1);
}

TEST_CASE("an on_finish command that ignores signals is killed by the second one") {
    const std::string script = "trap '' INT TERM; kill -INT $PPID; kill -TERM $PPID; while true; do sleep 0.1; done";
    Desk desk;
    CHECK(desk.run({"/bin/sh", "-c", script}) == "/bin/sh was interrupted");
    CHECK(desk.interruption.count == 2);
}
