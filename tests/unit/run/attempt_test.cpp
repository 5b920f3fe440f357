#include "catch.hpp"

#include "mutation/run/attempt.hpp"
#include "mutation/system/file.hpp"
#include "mutation/system/process_tree.hpp"
#include "support/temporary_folder.hpp"

#include <csignal>
#include <sstream>
#include <unistd.h>

using namespace mutation;

namespace {

class NoClient final : public run::LoopClient {
public:
    void add_poll_fds(std::vector<pollfd>&) override {}
    void on_poll(std::optional<Seconds> elapsed) override {
        if (elapsed && interrupt_once && std::filesystem::file_size(log) > 0) {
            interrupt_once = false;
            ::kill(::getpid(), SIGINT);
        }
    }
    [[nodiscard]] std::set<pid_t> companions() const override { return {}; }

    bool interrupt_once = false; ///< as soon as the training has printed something
    std::filesystem::path log;
};

struct Trial {
    run::AttemptOutcome outcome;
    std::string log;
    run::Interruption interruption;
};

struct TrialOptions {
    std::vector<std::string> wrapper;
    std::optional<Seconds> timeout;
    std::optional<Seconds> stall;
    bool interrupt = false;
    Seconds wrapper_start_limit{30};
};

Trial run_shell(const std::string& script, const TrialOptions& options = {}) {
    const test::TemporaryFolder folder;
    const std::filesystem::path log = folder.path() / "training.log";
    [[maybe_unused]] const system::UniqueFd made = system::open_new_file(log);
    run::AttemptRequest request;
    request.launch = {
        {"/bin/sh", "-c", script}, {"PATH=/usr/bin:/bin", "GREETING=hello"}, folder.path(), log, false, 022};
    request.wrapper = options.wrapper;
    request.wrapper_start_limit = options.wrapper_start_limit;
    request.timeout = options.timeout;
    request.stall = options.stall;
    Trial trial;
    system::SignalFd signals;
    NoClient client;
    client.interrupt_once = options.interrupt;
    client.log = log;
    trial.outcome = run::run_attempt(request, signals, trial.interruption, client);
    trial.log = system::read_file(log);
    return trial;
}

} // namespace

TEST_CASE("a training's output, status and lifetime are recorded exactly") {
    const Trial trial = run_shell("echo out; echo err >&2; echo $GREETING; exit 3");
    CHECK(trial.outcome.ending == run::Ending::exited);
    CHECK(trial.outcome.exit_code == 3);
    CHECK(trial.outcome.message == "exit status 3");
    CHECK(trial.log == "out\nerr\nhello\n");
    REQUIRE(trial.outcome.lifetime.has_value());
    CHECK(trial.outcome.lifetime->end > trial.outcome.lifetime->start);
}

TEST_CASE("a training killed by a signal is reported as such") {
    const Trial trial = run_shell("kill -9 $$");
    CHECK(trial.outcome.ending == run::Ending::signalled);
    CHECK(trial.outcome.signal == SIGKILL);
}

TEST_CASE("a wrapper's end does not decide about the training") {
    const Trial failed = run_shell("exit 5", {{"/bin/sh", "-c", "\"$@\"; exit 0", "wrapper"}, {}, {}, false});
    CHECK(failed.outcome.exit_code == 5);
    const Trial succeeded = run_shell("exit 0", {{"/bin/sh", "-c", "\"$@\"; exit 9", "wrapper"}, {}, {}, false});
    CHECK(succeeded.outcome.exit_code == 0);
    CHECK(succeeded.outcome.message.empty());
}

TEST_CASE("a wrapper that runs nothing is distinguished from a failed training") {
    const Trial trial =
        run_shell("echo never", {{"/bin/sh", "-c", "echo no permission >&2; exit 255", "wrapper"}, {}, {}, false});
    CHECK(trial.outcome.wrapper_refused);
    CHECK(trial.outcome.wrapper_messages == "no permission\n");
    CHECK_FALSE(trial.outcome.lifetime.has_value());
    CHECK(trial.log.empty());
}

TEST_CASE("a wrapper that dies early does not prevent the training, which runs once") {
    const Trial trial =
        run_shell("echo ran", {{"/bin/sh", "-c", "(sleep 0.3; exec \"$@\") & kill -9 $$", "wrapper"}, {}, {}, false});
    CHECK_FALSE(trial.outcome.wrapper_refused);
    CHECK(trial.outcome.exit_code == 0);
    CHECK(trial.log == "ran\n");
    CHECK(trial.outcome.wrapper_crash.has_value());
}

TEST_CASE("a wrapper that hangs at its start is ended") {
    const Trial trial = run_shell("echo ran", {{"/bin/sh", "-c", "sleep 300", "wrapper"}, {}, {}, false, Seconds(0.2)});
    CHECK(trial.outcome.wrapper_refused);
    CHECK(trial.log.empty());
    CHECK_FALSE(system::has_descendants({}));
}

TEST_CASE("a wrapper that dies later does not end the training") {
    const Trial trial = run_shell("kill -9 $(awk '/PPid/ {print $2}' /proc/$PPID/status); sleep 0.2; echo done; exit 7",
                                  {{"/bin/sh", "-c", "\"$@\"; exit 0", "wrapper"}, {}, {}, false});
    CHECK(trial.outcome.wrapper_crash.value_or("").starts_with("was killed by signal 9 (SIGKILL) "));
    CHECK(trial.outcome.wrapper_crash.value_or("").ends_with(" s after the training's start"));
    CHECK(trial.outcome.exit_code == 7);
    CHECK(trial.log == "done\n");
}

TEST_CASE("a wrapper that ends before the training is reported, whatever its status") {
    const Trial trial = run_shell("wrapper=$(awk '/PPid/ {print $2}' /proc/$PPID/status); kill -USR1 $wrapper; "
                                  "while [ -d /proc/$wrapper ]; do sleep 0.05; done",
                                  {{"/bin/sh", "-c", "trap 'exit 0' USR1; \"$@\" & wait", "wrapper"}, {}, {}, false});
    CHECK(trial.outcome.exit_code == 0);
    CHECK(trial.outcome.wrapper_crash.value_or("").starts_with("ended with status 0 "));
}

TEST_CASE("a launcher that is killed ends the training with it") {
    const Trial trial = run_shell("kill -9 $PPID; sleep 100");
    CHECK(trial.outcome.ending == run::Ending::signalled);
    CHECK(trial.outcome.message.find("launcher") != std::string::npos);
    CHECK(system::descendants_of(::getpid()).empty());
}

TEST_CASE("a training over its time limit is ended with its children") {
    const Trial trial = run_shell("setsid sleep 100 & sleep 100", {{}, Seconds(0.2), {}, false});
    CHECK(trial.outcome.ending == run::Ending::timed_out);
    CHECK(system::descendants_of(::getpid()).empty());
}

TEST_CASE("a training whose log does not grow is stalled") {
    const Trial trial = run_shell("echo one; sleep 100", {{}, {}, Seconds(0.5), false});
    CHECK(trial.outcome.ending == run::Ending::stalled);
    CHECK(trial.log == "one\n");
}

TEST_CASE("a grandchild that outlives the training is ended and does not extend its time") {
    const Trial trial = run_shell("setsid sleep 100 & exit 0");
    CHECK(trial.outcome.exit_code == 0);
    CHECK(system::descendants_of(::getpid()).empty());
}

TEST_CASE("processes that a training leaves are named by number and command") {
    const std::string script =
        GENERATE(as<std::string>(), "sleep 300 & exit 0", "setsid sleep 300 & exit 0", "(sleep 300 &) ; exit 0",
                 "nohup sleep 300 >/dev/null 2>&1 & exit 0", "(setsid sh -c 'sleep 300 & exit 0' &); exit 0",
                 "trap '' TERM HUP INT; sleep 300 & exit 0");
    INFO(script);
    const Trial trial = run_shell(script);
    REQUIRE(trial.outcome.leftovers.has_value());
    CHECK(trial.outcome.leftovers->count == 1);
    CHECK(trial.outcome.leftovers->names.ends_with(" (sleep 300)"));
    CHECK(std::stoi(trial.outcome.leftovers->names) > 1);
    CHECK(trial.outcome.exit_code == 0);
    CHECK(trial.outcome.lifetime->end - trial.outcome.lifetime->start < Seconds(2));
    CHECK(system::descendants_of(::getpid()).empty());
}

TEST_CASE("many processes that a training leaves are counted") {
    const Trial trial = run_shell("for i in 1 2 3 4 5; do sleep 30$i & done; exit 4");
    REQUIRE(trial.outcome.leftovers.has_value());
    CHECK(trial.outcome.leftovers->count == 5);
    CHECK(trial.outcome.leftovers->names.ends_with(" and 2 more"));
    CHECK(trial.outcome.exit_code == 4);
}

TEST_CASE("a helper that ends soon, or that we ended with the training, is not named") {
    CHECK_FALSE(run_shell("(sleep 0.3 &); exit 0").outcome.leftovers.has_value());
    CHECK_FALSE(run_shell("sleep 300 & kill $!; exit 0").outcome.leftovers.has_value());
    CHECK_FALSE(run_shell("sleep 300 & sleep 300", {{}, Seconds(0.2), {}, false}).outcome.leftovers.has_value());
    CHECK_FALSE(
        run_shell("sleep 300 & trap 'exit 0' INT; echo ready; while true; do sleep 0.05; done", {{}, {}, {}, true})
            .outcome.leftovers.has_value());
}

TEST_CASE("a process that ends by itself but writes to the log after the training is named") {
    const Trial trial = run_shell("(sleep 0.7; echo late) & exit 0");
    REQUIRE(trial.outcome.leftovers.has_value());
    CHECK(trial.outcome.leftovers->ended_by_themselves);
    CHECK(trial.outcome.leftovers->names.find("sleep") != std::string::npos);
    CHECK(trial.log == "late\n");
    CHECK(run::describe_leftovers("the training", *trial.outcome.leftovers, true).find("wrote to the log after that") !=
          std::string::npos);
}

TEST_CASE("a remark on leftovers advises to wait only if the training succeeded") {
    const run::Leftovers one{1, "12 (python train.py)", false};
    CHECK(run::describe_leftovers("the training", one, true).find("12 (python train.py); it was ended") !=
          std::string::npos);
    CHECK(run::describe_leftovers("the training", one, true).find("`wait`") != std::string::npos);
    CHECK(run::describe_leftovers("the training", {2, "1 (a), 2 (b)", false}, false).find("2 processes") !=
          std::string::npos);
    CHECK(run::describe_leftovers("the training", one, false).find("`wait`") == std::string::npos);
}

TEST_CASE("an interruption is named Ctrl-C, not by a signal number") {
    const Trial trial = run_shell("echo ready; sleep 300", {{}, {}, {}, true});
    CHECK(trial.outcome.message == "interrupted by Ctrl-C or `mutation stop` (SIGINT)");
}

TEST_CASE("a training has its own process session and no terminal") {
    const Trial trial = run_shell("cut -d' ' -f1,5,6,7 /proc/$$/stat | tr ' ' '\n'");
    std::istringstream text(trial.log);
    long pid = 0;
    long group = 0;
    long session = 0;
    long terminal = 0;
    text >> pid >> group >> session >> terminal;
    CHECK(group == pid);
    CHECK(session == pid);
    CHECK(terminal == 0);
}

TEST_CASE("an interrupt reaches the training, which can clean up") {
    const Trial trial =
        run_shell("trap 'echo saved; exit 0' INT; echo ready; while true; do sleep 0.05; done", {{}, {}, {}, true});
    CHECK(trial.outcome.ending == run::Ending::interrupted);
    CHECK(trial.interruption.signal == SIGINT);
    CHECK(trial.log.find("saved") != std::string::npos);
}

TEST_CASE("a stopped training receives the request to end") {
    const Trial trial =
        run_shell("trap 'echo saved; exit 9' INT; kill -STOP $$; sleep 100", {{}, Seconds(0.3), {}, false});
    CHECK(trial.outcome.ending == run::Ending::timed_out);
    CHECK(trial.outcome.exit_code == 9);
    CHECK(trial.log == "saved\n");
}

TEST_CASE("a stopped launcher passes on the request to end") {
    const Trial trial = run_shell("trap 'echo saved; exit 9' INT; kill -STOP $PPID; while true; do sleep 0.05; done",
                                  {{}, Seconds(0.3), {}, false});
    CHECK(trial.outcome.ending == run::Ending::timed_out);
    CHECK(trial.outcome.exit_code == 9);
}

TEST_CASE("a missing script is reported, not run") {
    const test::TemporaryFolder folder;
    const std::filesystem::path log = folder.path() / "training.log";
    [[maybe_unused]] const system::UniqueFd made = system::open_new_file(log);
    run::AttemptRequest request;
    request.launch = {{"/no/such/train.sh"}, {}, folder.path(), log, false, 022};
    system::SignalFd signals;
    run::Interruption interruption;
    NoClient client;
    const run::AttemptOutcome outcome = run::run_attempt(request, signals, interruption, client);
    CHECK(outcome.ending == run::Ending::not_started);
    CHECK(outcome.message.find("/no/such/train.sh") != std::string::npos);
}
