#include "mutation/run/attempt.hpp"

#include "attempt_messages.hpp"
#include "leftovers.hpp"
#include "mutation/core/error.hpp"
#include "mutation/run/launch_channel.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/control_group.hpp"
#include "mutation/system/memory_file.hpp"
#include "mutation/system/process_tree.hpp"
#include "mutation/system/user.hpp"
#include "stop_escalation.hpp"

#include <algorithm>
#include <csignal>
#include <fmt/format.h>
#include <sys/wait.h>

namespace mutation::run {

namespace {

constexpr int kTickMilliseconds = 1000;
/// A launcher that was started before its wrapper was killed reports within this time.
constexpr Seconds kWrapperGrace{5};
/// After an interrupt the user waits.
constexpr Seconds kInterruptedWrapperGrace{2};
constexpr std::size_t kMostWrapperBytes = 1000;

class Attempt {
public:
    Attempt(const AttemptRequest& request, system::SignalFd& signals, Interruption& interruption, LoopClient& client)
        : request_(request), signals_(signals), interruption_(interruption), client_(client), channel_(request.launch),
          wrapper_output_(system::make_bounded_file("mutation-wrapper", kMostWrapperBytes)),
          stall_(request.launch.log, request.stall) {}

    AttemptOutcome run() {
        start();
        while (!is_over()) {
            wait();
            read_messages();
            check_wrapper();
            if (outcome_.wrapper_refused) {
                break;
            }
            check_limits();
            client_.on_poll(elapsed());
        }
        clean_up();
        describe();
        return std::move(outcome_);
    }

private:
    void start() {
        system::SpawnRequest spawn;
        spawn.argv = request_.wrapper;
        spawn.fds = request_.wrapper_fds;
        spawn.stdout_fd = wrapper_output_.get();
        spawn.stderr_fd = wrapper_output_.get();
        if (!request_.wrapper.empty()) {
            spawn.environment = system::plain_environment();
        }
        outcome_.wrapper_spawned = system::monotonic_now();
        top_ = channel_.start(std::move(spawn));
    }

    [[nodiscard]] std::optional<Seconds> elapsed() const {
        return outcome_.lifetime && !has_ended_
                   ? std::optional<Seconds>(system::monotonic_now() - outcome_.lifetime->start)
                   : std::nullopt;
    }

    [[nodiscard]] bool is_over() const {
        if (escalation_.why() && launcher_ < 0) {
            return true; // a wrapper that hangs cannot pass a request on
        }
        if (top_.is_running()) {
            const Seconds grace = interruption_.is_requested() ? kInterruptedWrapperGrace : kLauncherGrace;
            return escalation_.is_exhausted() || (is_reported_ && system::monotonic_now() - reported_ > grace);
        }
        return is_reported_ || is_channel_closed_ || escalation_.is_exhausted();
    }

    void wait() {
        std::vector<pollfd> fds{{channel_.fd(), POLLIN, 0}, {top_.pidfd(), POLLIN, 0}, {signals_.fd(), POLLIN, 0}};
        if (is_channel_closed_) {
            fds[0].fd = -1; // a closed pipe is always readable
        }
        client_.add_poll_fds(fds);
        ::poll(fds.data(), fds.size(), poll_timeout());
    }

    [[nodiscard]] int poll_timeout() const {
        const bool is_stopping = escalation_.why().has_value() || is_reported_;
        int timeout = is_stopping ? kTickMilliseconds / 10 : kTickMilliseconds;
        if (request_.timeout && elapsed()) {
            const Seconds left = *request_.timeout - *elapsed();
            timeout = std::clamp(static_cast<int>(left.count() * 1000) + 1, 1, timeout);
        }
        return timeout;
    }

    void read_messages() {
        while (auto message = channel_.take(is_channel_closed_)) {
            handle(*message);
        }
        if (is_channel_closed_ && !is_reported_ && !end_seen_) {
            end_seen_ = system::monotonic_now();
        }
    }

    void handle(const LaunchMessage& message) {
        const MonotonicTime when{std::chrono::nanoseconds(message.monotonic)};
        const WallTime wall{std::chrono::nanoseconds(message.wall)};
        switch (message.kind) {
        case LaunchMessage::Kind::up:
            launcher_ = message.pid;
            outcome_.launcher_up = when;
            channel_.release_launcher_ends();
            break;
        case LaunchMessage::Kind::started:
            outcome_.lifetime = Lifetime{when, when, wall, wall};
            client_.on_started(outcome_);
            break;
        case LaunchMessage::Kind::refused:
            outcome_.message = message.text;
            outcome_.lifetime.reset();
            mark_reported();
            break;
        case LaunchMessage::Kind::ended:
            end_lifetime(when);
            has_ended_unasked_ = !escalation_.why();
            outcome_.cpu_time = std::chrono::nanoseconds(message.cpu_time);
            take_status(message.wait_status);
            mark_reported();
            client_.on_ended();
            break;
        case LaunchMessage::Kind::left_behind:
            outcome_.leftovers = unpack_leftovers(message);
            break;
        }
    }

    /// By the monotonic clock, since the wall clock may have been set meanwhile.
    void end_lifetime(MonotonicTime when) {
        outcome_.lifetime->end = when;
        outcome_.lifetime->wall_end = outcome_.lifetime->wall_start + (when - outcome_.lifetime->start);
    }

    void mark_reported() {
        is_reported_ = true;
        reported_ = system::monotonic_now();
    }

    void take_status(int status) {
        has_ended_ = true;
        if (WIFEXITED(status)) {
            outcome_.exit_code = WEXITSTATUS(status);
        } else if (WIFSIGNALED(status)) {
            outcome_.signal = WTERMSIG(status);
        }
    }

    void check_wrapper() {
        if (const std::optional<system::ExitStatus> status = top_.poll()) {
            wrapper_status_ = status;
            wrapper_ended_ = system::monotonic_now();
        }
        if (!wrapper_status_) {
            give_up_hung_wrapper();
            return;
        }
        read_messages(); // reported just before the end
        if (launcher_ < 0 && may_launcher_come_up()) {
            return;
        }
        if (launcher_ < 0) {
            outcome_.wrapper_refused = !request_.wrapper.empty();
            is_channel_closed_ = true;
        } else if (!request_.wrapper.empty() && has_wrapper_failed()) {
            outcome_.wrapper_crash = describe_wrapper_end(*wrapper_status_, wrapper_ended_, outcome_, has_ended_);
        }
        wrapper_status_.reset();
    }

    /// The wrapper ends when its launcher ends. While the launcher lives, even status 0 is too early.
    [[nodiscard]] bool has_wrapper_failed() const {
        return wrapper_status_->signal || (!is_reported_ && !is_channel_closed_);
    }

    void give_up_hung_wrapper() {
        const bool is_waiting = top_.is_running() && launcher_ < 0 && !request_.wrapper.empty();
        outcome_.wrapper_refused =
            is_waiting && system::monotonic_now() - outcome_.wrapper_spawned > request_.wrapper_start_limit;
    }

    /// A wrapper that was killed may have forked already; a second start would then run the training twice.
    [[nodiscard]] bool may_launcher_come_up() const {
        return system::monotonic_now() - wrapper_ended_ < kWrapperGrace &&
               system::has_descendants(client_.companions());
    }

    void check_limits() {
        take_signals(signals_, interruption_);
        if (interruption_.is_requested()) {
            stop(Ending::interrupted);
        }
        if (interruption_.count > 1) {
            escalation_.hurry();
        }
        if (request_.timeout && elapsed() && *elapsed() >= *request_.timeout) {
            stop(Ending::timed_out);
        }
        if (elapsed() && stall_.is_stalled()) {
            stop(Ending::stalled);
        }
        if (elapsed() && client_.stop_reason()) {
            stop(Ending::abandoned);
        }
        if (const auto step = escalation_.take_due_step()) {
            channel_.send(*step);
            if (launcher_ > 0 && !is_reported_) {
                ::kill(launcher_, SIGCONT); // a stopped launcher passes nothing on
            }
        }
    }

    void stop(Ending why) {
        if (escalation_.begin(why)) {
            client_.on_stopping(why);
        }
    }

    /// Ends what is left: a tree whose launcher died, a perf that hangs.
    void clean_up() {
        const std::set<pid_t> spared = client_.companions();
        {
            const system::RootScope root;
            end_top();
            const bool has_lost_training = outcome_.lifetime && !has_ended_;
            system::end_descendants(spared, has_lost_training ? Seconds(0) : Seconds(2));
            if (has_lost_training) {
                adopt_end();
            }
            system::remove_empty_control_groups();
        }
        outcome_.wrapper_messages = system::read_bounded_file(wrapper_output_);
        if (outcome_.wrapper_refused && outcome_.wrapper_messages.empty()) {
            outcome_.wrapper_messages = "it ended or hung without a message";
        }
    }

    void end_top() {
        const pid_t process = top_.pid();
        if (!top_.is_running()) {
            return;
        }
        const bool has_ended = top_.kill_and_reap().has_value();
        if (!request_.wrapper.empty()) {
            outcome_.wrapper_crash = "did not end after the training and was killed";
            *outcome_.wrapper_crash += has_ended ? "" : fmt::format(" but does not end (process {})", process);
        }
    }

    /// The launcher ended without a report of the training's end; the training was just ended with the rest of its
    /// tree.
    void adopt_end() {
        end_lifetime(end_seen_.value_or(system::monotonic_now()));
        has_lost_launcher_ = true;
    }

    void describe() {
        if (!outcome_.lifetime) {
            outcome_.ending = escalation_.why() == Ending::interrupted ? Ending::interrupted : Ending::not_started;
            if (outcome_.message.empty()) {
                outcome_.message = outcome_.ending == Ending::interrupted ? "interrupted before the training started"
                                                                          : "the training's launcher did not start";
            }
            return;
        }
        if (escalation_.why() && !has_ended_unasked_) {
            outcome_.ending = *escalation_.why();
        } else {
            outcome_.ending = outcome_.exit_code ? Ending::exited : Ending::signalled;
        }
        outcome_.message = describe_outcome();
    }

    [[nodiscard]] std::string describe_outcome() const {
        if (outcome_.ending == Ending::abandoned) {
            return client_.stop_reason().value_or("");
        }
        if (outcome_.ending == Ending::signalled && has_lost_launcher_) {
            return "its launcher was killed; the training was ended";
        }
        return describe_ending(outcome_, request_, interruption_);
    }

    const AttemptRequest& request_;
    system::SignalFd& signals_;
    Interruption& interruption_;
    LoopClient& client_;
    LaunchChannel channel_;
    system::UniqueFd wrapper_output_;
    StallWatch stall_;
    Escalation escalation_;
    system::Child top_;                                ///< perf, or the launcher if there is no perf
    std::optional<system::ExitStatus> wrapper_status_; ///< of an end that was not judged yet
    MonotonicTime wrapper_ended_{};
    AttemptOutcome outcome_;
    pid_t launcher_ = -1;
    bool has_ended_ = false;         ///< the training's end was reported
    bool has_ended_unasked_ = false; ///< it was reported before the training was asked to stop
    bool is_reported_ = false;       ///< the launcher has sent its last message
    bool is_channel_closed_ = false; ///< no message can come any more
    bool has_lost_launcher_ = false;
    MonotonicTime reported_{};
    std::optional<MonotonicTime> end_seen_;
};

} // namespace

void take_signals(system::SignalFd& signals, Interruption& interruption) {
    while (const std::optional<int> signal = signals.take()) {
        interruption.signal = interruption.signal.value_or(*signal);
        ++interruption.count;
        interruption.is_last_run = false;
    }
    interruption.is_last_run = signals.take_request_after_run() || interruption.is_last_run;
    if (interruption.is_last_run && !interruption.is_in_run && !interruption.is_requested()) {
        interruption.signal = SIGINT;
        ++interruption.count;
    }
}

AttemptOutcome run_attempt(const AttemptRequest& request, system::SignalFd& signals, Interruption& interruption,
                           LoopClient& client) {
    return Attempt(request, signals, interruption, client).run();
}

} // namespace mutation::run
