#include "mutation/session/session_loop.hpp"

#include "mutation/core/text.hpp"
#include "mutation/system/clock.hpp"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mutation::session {

namespace {

constexpr Seconds kRedraw{1};
constexpr int kTickMilliseconds = 1000;

} // namespace

std::string last_line_of(const std::filesystem::path& log) {
    constexpr off_t kTail = 2048;
    // Whatever the training may have put in its log's place, nobody waits for it here.
    const system::UniqueFd fd(::open(log.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat facts {};
    if (!fd.is_open() || ::fstat(fd.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
        return {};
    }
    std::array<char, kTail> tail{};
    const ssize_t count = ::pread(fd.get(), tail.data(), tail.size(), std::max<off_t>(0, facts.st_size - kTail));
    std::string text(tail.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
    std::replace(text.begin(), text.end(), '\r', '\n'); // a progress bar's newest state follows its last \r
    const std::vector<std::string_view> lines = split(text, '\n');
    const auto last =
        std::find_if(lines.rbegin(), lines.rend(), [](std::string_view line) { return !trim(line).empty(); });
    return last == lines.rend() ? std::string() : std::string(trim(*last));
}

void SessionLoop::set_activity(rollup::Activity activity, std::filesystem::path log) {
    activity_ = activity;
    began_ = system::monotonic_now();
    log_ = std::move(log);
    shown_ = {};
}

void SessionLoop::add_poll_fds(std::vector<pollfd>& fds) {
    sensors_.add_poll_fds(fds);
    if (const run::Background* background = backgrounds_.current()) {
        background->add_poll_fds(fds);
    }
}

void SessionLoop::on_poll(std::optional<Seconds> elapsed) {
    const run::Background* beside = backgrounds_.current();
    sensors_.on_poll(beside == nullptr ? std::set<pid_t>{} : beside->companions());
    report_alerts();
    if (chore_) {
        chore_();
    }
    if (run::Background* background = backgrounds_.current()) {
        background->on_poll();
    }
    const MonotonicTime now = system::monotonic_now();
    if (!progress_.is_live() || now - shown_ < kRedraw) {
        return;
    }
    shown_ = now;
    if (activity_ != rollup::Activity::training) {
        elapsed = now - began_; // it may be waited for in several steps
    }
    progress_.show({activity_, elapsed, sensors_.current_cpu_power(), sensors_.current_gpu_power(),
                    log_.empty() ? std::string() : last_line_of(log_)});
}

void SessionLoop::report_alerts() {
    for (const std::string& alert : sensors_.take_alerts()) {
        log_events_.warning(name_.empty() ? alert : name_ + ": " + alert);
    }
}

void SessionLoop::on_stopping(run::Ending why) {
    switch (why) {
    case run::Ending::interrupted:
        log_events_.warning(
            "interrupted: the training is asked to end, has 15 s for that, and is recorded as interrupted; a second "
            "Ctrl-C kills it at once");
        break;
    case run::Ending::timed_out:
        log_events_.warning("the training is over its time limit and is asked to end");
        break;
    case run::Ending::stalled:
        log_events_.warning("the training's log does not grow; it is asked to end");
        break;
    case run::Ending::abandoned:
        log_events_.warning("nothing runs beside the training any more; it is asked to end");
        break;
    default:
        break;
    }
}

std::optional<std::string> SessionLoop::objection() const {
    const run::Background* background = backgrounds_.current();
    return background == nullptr ? std::nullopt : background->given_up();
}

std::set<pid_t> SessionLoop::companions() const {
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
