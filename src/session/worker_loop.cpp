#include "mutation/session/worker_loop.hpp"

#include "mutation/system/clock.hpp"

#include <algorithm>

namespace mutation::session {

namespace {

constexpr Seconds kMomentInterval{1};
constexpr int kTickMilliseconds = 1000;

} // namespace

void WorkerLoop::begin_phase(WorkerPhase phase, const std::filesystem::path& log, MonotonicTime since) {
    phase_ = phase;
    since_ = since;
    log_ = log;
    shown_ = {};
}

void WorkerLoop::on_started(const run::AttemptOutcome& so_far) {
    sensors_.training_started(
        {so_far.lifetime->start, so_far.lifetime->wall_start, so_far.wrapper_spawned, so_far.launcher_up});
}

void WorkerLoop::add_poll_fds(std::vector<pollfd>& fds) {
    sensors_.add_poll_fds(fds);
    if (const run::Background* background = backgrounds_.current()) {
        background->add_poll_fds(fds);
    }
}

void WorkerLoop::on_poll(std::optional<Seconds> elapsed) {
    run::Background* const background = backgrounds_.current();
    sensors_.on_poll(background == nullptr ? std::set<pid_t>{} : background->companions());
    report_alerts();
    listener_.on_poll();
    if (background != nullptr) {
        background->on_poll();
    }
    const MonotonicTime now = system::monotonic_now();
    if (now - shown_ < kMomentInterval) {
        return;
    }
    shown_ = now;
    if (phase_ != WorkerPhase::training) {
        elapsed = now - since_; // such a phase is waited for in several steps
    }
    listener_.on_moment({phase_, elapsed, sensors_.current_cpu_power(), sensors_.current_gpu_power(), log_});
}

void WorkerLoop::report_alerts() {
    for (const std::string& alert : sensors_.take_alerts()) {
        listener_.warning(name_.empty() ? alert : name_ + ": " + alert);
    }
}

void WorkerLoop::on_stopping(run::Ending why) {
    switch (why) {
    case run::Ending::interrupted:
        listener_.warning("interrupted: the training has 15 s to end and is recorded as interrupted; a second Ctrl-C "
                          "kills it at once");
        break;
    case run::Ending::timed_out:
        listener_.warning("the training has exceeded its time limit and is asked to end");
        break;
    case run::Ending::stalled:
        listener_.warning("the training's log does not grow; it is asked to end");
        break;
    case run::Ending::abandoned:
        listener_.warning("the background training was lost; the measured training is asked to end");
        break;
    default:
        break;
    }
}

std::optional<std::string> WorkerLoop::stop_reason() const {
    return backgrounds_.lost();
}

std::set<pid_t> WorkerLoop::companions() const {
    std::set<pid_t> pids = sensors_.processes();
    if (const run::Background* background = backgrounds_.current()) {
        pids.merge(background->companions());
    }
    return pids;
}

void rest(Seconds duration, run::LoopClient& client, system::SignalFd& signals, run::Interruption& interruption) {
    const MonotonicTime start = system::monotonic_now();
    while (true) {
        run::take_signals(signals, interruption);
        const Seconds passed = system::monotonic_now() - start;
        if (interruption.is_requested() || passed >= duration) {
            return;
        }
        std::vector<pollfd> fds{{signals.fd(), POLLIN, 0}};
        client.add_poll_fds(fds);
        const auto left = static_cast<int>((duration - passed).count() * 1000) + 1;
        ::poll(fds.data(), fds.size(), std::min(left, kTickMilliseconds));
        client.on_poll(passed);
    }
}

} // namespace mutation::session
