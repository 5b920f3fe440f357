#include "mutation/run/background.hpp"

#include "mutation/core/error.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/file.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <sys/wait.h>

namespace mutation::run {

namespace {

/// The launcher kills a tree within this.
constexpr Seconds kLauncherGrace{2};

} // namespace

void Background::start() {
    is_stopping_ = false;
    begin_life();
}

void Background::begin_life() {
    restart_at_.reset();
    spec_.launch.log = spec_.log_directory / fmt::format("run_{:03}.log", lives_.size() + 1);
    [[maybe_unused]] const system::UniqueFd log = system::open_new_file(spec_.launch.log);
    channel_.emplace(spec_.launch);
    is_channel_closed_ = false;
    system::SpawnRequest request;
    request.argv = channel_->command();
    request.fds = channel_->passed_fds();
    launcher_ = system::spawn(request);
    lives_.push_back({system::monotonic_now(), std::nullopt, false, spec_.launch.log});
}

void Background::add_poll_fds(std::vector<pollfd>& fds) const {
    if (launcher_.is_running()) {
        fds.push_back({is_channel_closed_ ? -1 : channel_->fd(), POLLIN, 0}); // a closed pipe is readable for ever
        fds.push_back({launcher_.pidfd(), POLLIN, 0});
    }
}

void Background::on_poll() {
    if (channel_) {
        read_messages();
    }
    const bool is_due = restart_at_ && system::monotonic_now() >= *restart_at_ && !launcher_.is_running();
    if (is_due && !is_stopping_ && !given_up_) {
        begin_life();
    }
}

void Background::read_messages() {
    const bool is_gone = launcher_.poll().has_value();
    while (const auto message = channel_->take(is_channel_closed_)) {
        const MonotonicTime when{std::chrono::nanoseconds(message->monotonic)};
        switch (message->kind) {
        case LaunchMessage::Kind::up:
            channel_->release_launcher_ends();
            break;
        case LaunchMessage::Kind::started:
            lives_.back().start = when;
            break;
        case LaunchMessage::Kind::refused:
            end_life(when, true, message->text);
            break;
        case LaunchMessage::Kind::ended:
            end_life(when, message->wait_status != 0,
                     WIFSIGNALED(message->wait_status)
                         ? fmt::format("killed by signal {}", WTERMSIG(message->wait_status))
                         : fmt::format("exit status {}", WEXITSTATUS(message->wait_status)));
            break;
        }
    }
    if (is_gone) {
        end_life(system::monotonic_now(), true, "its launcher was killed");
        channel_.reset();
    }
}

void Background::end_life(MonotonicTime when, bool has_failed, const std::string& how) {
    if (lives_.back().end) {
        return;
    }
    lives_.back().end = when;
    lives_.back().has_failed = has_failed && !is_stopping_;
    restart_at_ = when + std::chrono::duration_cast<std::chrono::nanoseconds>(spec_.restart_delay);
    failures_in_row_ = lives_.back().has_failed ? failures_in_row_ + 1 : 0;
    if (failures_in_row_ >= kMostFailuresInRow) {
        given_up_ = fmt::format("the background training failed {} times in a row ({}); see {}", failures_in_row_, how,
                                lives_.back().log.string());
    }
}

void Background::stop() {
    is_stopping_ = true;
    restart_at_.reset();
    for (const StopRequest request : {StopRequest::interrupt, StopRequest::terminate, StopRequest::kill}) {
        if (!launcher_.is_running()) {
            break;
        }
        channel_->send(request);
        launcher_.wait_for(request == StopRequest::kill ? kLauncherGrace : spec_.stop_grace);
    }
    if (channel_) {
        read_messages();
        if (!lives_.back().end) {
            end_life(system::monotonic_now(), false, "");
        }
    }
    launcher_ = system::Child(); // a launcher that hangs is killed; its tree becomes ours and is ended by the sweep
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
