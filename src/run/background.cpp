#include "mutation/run/background.hpp"

#include "leftovers.hpp"
#include "mutation/core/error.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/file.hpp"
#include "mutation/system/signals.hpp"
#include "mutation/system/user.hpp"
#include "stop_escalation.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <fmt/format.h>
#include <sys/timerfd.h>
#include <sys/wait.h>

namespace mutation::run {

namespace {

/// A launcher ends within four seconds after KILL.
constexpr Seconds kEndGrace{5};

std::string log_name(std::size_t number) {
    return fmt::format("run_{:03}.log", number);
}

/// Counts the logs of an earlier background of the session, which stay.
std::size_t count_logs(const std::filesystem::path& directory) {
    std::size_t count = 0;
    std::error_code status;
    while (std::filesystem::exists(directory / log_name(count + 1), status)) {
        ++count;
    }
    return count;
}

std::string describe_status(int wait_status) {
    return WIFSIGNALED(wait_status) ? "killed by " + system::describe_signal(WTERMSIG(wait_status))
                                    : fmt::format("exit status {}", WEXITSTATUS(wait_status));
}

} // namespace

/// Notices that the log of one life has stopped growing, and gives the steps that end the training.
class StallGuard {
public:
    StallGuard(const std::filesystem::path& log, Seconds limit) : watch_(log, limit) {}

    std::optional<StopRequest> take_due_step() {
        if (!escalation_.why() && watch_.is_stalled()) {
            escalation_.begin(Ending::stalled);
        }
        return escalation_.take_due_step();
    }
    [[nodiscard]] bool has_stalled() const { return escalation_.why().has_value(); }

private:
    StallWatch watch_;
    Escalation escalation_;
};

Background::Background(BackgroundSpec spec) : spec_(std::move(spec)), earlier_logs_(count_logs(spec_.log_directory)) {}

Background::~Background() {
    stop();
}

void Background::start() {
    is_stopping_ = false;
    begin_life();
}

void Background::begin_life() {
    restart_at_.reset();
    restart_timer_.reset();
    spec_.launch.log = spec_.log_directory / log_name(earlier_logs_ + lives_.size() + 1);
    [[maybe_unused]] const system::UniqueFd log = system::open_new_file(spec_.launch.log);
    // Before it is started: the training may have removed its log a moment later.
    stall_guard_ = spec_.stall ? std::make_unique<StallGuard>(spec_.launch.log, *spec_.stall) : nullptr;
    try {
        launch();
    } catch (const Error&) {
        channel_.reset(); // its other end is closed
        throw;
    }
    lives_.push_back({system::monotonic_now(), std::nullopt, false, spec_.launch.log});
}

void Background::launch() {
    channel_.emplace(spec_.launch);
    is_channel_closed_ = false;
    launcher_ = channel_->start({});
}

void Background::add_poll_fds(std::vector<pollfd>& fds) const {
    if (launcher_.is_running()) {
        fds.push_back({is_channel_closed_ ? -1 : channel_->fd(), POLLIN, 0}); // a closed pipe is always readable
        fds.push_back({launcher_.pidfd(), POLLIN, 0});
    } else if (restart_timer_.is_open()) {
        fds.push_back({restart_timer_.get(), POLLIN, 0});
    }
}

void Background::on_poll() {
    if (channel_) {
        read_messages();
    }
    end_if_stalled();
    const bool is_due = restart_at_ && system::monotonic_now() >= *restart_at_ && !launcher_.is_running();
    if (is_due && !is_stopping_ && !given_up_) {
        restart();
    }
}

/// Does not throw: a measured training is running and must be ended in order.
void Background::restart() {
    try {
        begin_life();
    } catch (const Error& error) {
        give_up("the background training cannot be started again: " + error.message());
    }
}

void Background::end_if_stalled() {
    if (!stall_guard_ || !channel_ || !launcher_.is_running() || lives_.back().end) {
        return;
    }
    if (const std::optional<StopRequest> step = stall_guard_->take_due_step()) {
        channel_->send(*step);
        launcher_.send(SIGCONT); // a stopped launcher passes nothing on
    }
}

void Background::read_messages() {
    const bool is_gone = launcher_.poll().has_value();
    while (const auto message = channel_->take(is_channel_closed_)) {
        handle(*message);
    }
    if (is_gone) {
        if (!lives_.back().end && !is_stopping_) {
            give_up("the launcher of the background training was killed");
        }
        end_life(system::monotonic_now(), "its launcher was killed");
        channel_.reset();
    }
}

void Background::handle(const LaunchMessage& message) {
    const MonotonicTime when{std::chrono::nanoseconds(message.monotonic)};
    switch (message.kind) {
    case LaunchMessage::Kind::up:
        channel_->release_launcher_ends();
        break;
    case LaunchMessage::Kind::started:
        lives_.back().start = when;
        break;
    case LaunchMessage::Kind::refused:
        end_life(when, message.text);
        give_up(fmt::format("the background training cannot be started: {}", message.text));
        break;
    case LaunchMessage::Kind::ended: {
        const bool has_stalled = stall_guard_ && stall_guard_->has_stalled();
        std::optional<std::string> failure;
        if (has_stalled) {
            failure = fmt::format("its log did not grow for {} s", spec_.stall->count());
        } else if (message.wait_status != 0) {
            failure = describe_status(message.wait_status);
        }
        end_life(when, failure);
        break;
    }
    case LaunchMessage::Kind::left_behind:
        leftovers_ = unpack_leftovers(message);
        break;
    }
}

void Background::end_life(MonotonicTime when, const std::optional<std::string>& failure) {
    if (lives_.back().end) {
        return;
    }
    lives_.back().end = when;
    lives_.back().has_failed = failure && !is_stopping_;
    failures_in_row_ = lives_.back().has_failed ? failures_in_row_ + 1 : 0;
    if (failures_in_row_ >= kMostFailuresInRow) {
        give_up(fmt::format("the background training failed {} times in a row ({}); see {}", failures_in_row_, *failure,
                            lives_.back().log.string()));
    }
    schedule_restart(when);
}

void Background::give_up(const std::string& why) {
    given_up_ = given_up_.value_or(why);
    restart_at_.reset();
    restart_timer_.reset();
}

/// A timer, because the loop that polls us may sleep for a second otherwise.
void Background::schedule_restart(MonotonicTime end) {
    if (is_stopping_ || given_up_) {
        return;
    }
    restart_at_ = end + std::chrono::duration_cast<std::chrono::nanoseconds>(spec_.restart_delay);
    const auto due = restart_at_->time_since_epoch();
    const auto whole = std::chrono::floor<std::chrono::seconds>(due);
    itimerspec when{};
    when.it_value.tv_sec = whole.count();
    when.it_value.tv_nsec = std::chrono::nanoseconds(due - whole).count();
    restart_timer_ = system::UniqueFd(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    ::timerfd_settime(restart_timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

void Background::stop(StopRequest first) {
    is_stopping_ = true;
    restart_at_.reset();
    restart_timer_.reset();
    constexpr std::array kRequests{StopRequest::interrupt, StopRequest::terminate, StopRequest::kill};
    for (const auto* next = std::find(kRequests.begin(), kRequests.end(), first);
         next != kRequests.end() && launcher_.is_running(); ++next) {
        const StopRequest request = *next;
        channel_->send(request);
        launcher_.send(SIGCONT);
        launcher_.wait_for(request == StopRequest::kill ? kEndGrace : spec_.stop_grace);
    }
    if (channel_) {
        read_messages();
        end_life(system::monotonic_now(), std::nullopt);
    }
    const system::RootScope root; // a launcher that hung before it became the user still runs as root
    launcher_ = system::Child();  // a launcher that hangs is killed; its tree becomes ours and is ended later
    channel_.reset();
}

std::set<pid_t> Background::companions() const {
    return launcher_.is_running() ? std::set<pid_t>{launcher_.pid()} : std::set<pid_t>{};
}

BackgroundPresence Background::presence(MonotonicTime from, MonotonicTime to) const {
    BackgroundPresence presence;
    std::optional<MonotonicTime> last_end;
    for (const BackgroundLife& life : lives_) {
        if (life.start > to || (life.end && *life.end < from)) {
            continue;
        }
        presence.logs.push_back(life.log);
        presence.starts += life.start >= from ? 1 : 0;
        presence.failures += life.has_failed && *life.end <= to ? 1 : 0;
        if (last_end) {
            presence.restart_gaps.emplace_back(life.start - *last_end);
        }
        last_end = life.end;
    }
    return presence;
}

Percent Background::alive(MonotonicTime from, MonotonicTime to) const {
    Seconds alive{0};
    for (const BackgroundLife& life : lives_) {
        const MonotonicTime start = std::max(life.start, from);
        const MonotonicTime end = std::min(life.end.value_or(to), to);
        alive += end > start ? Seconds(end - start) : Seconds(0);
    }
    return to > from ? Percent(100 * (alive / Seconds(to - from))) : Percent(0);
}

} // namespace mutation::run
