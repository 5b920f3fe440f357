#include "mutation/sensors/smi_stream.hpp"

#include "mutation/core/counted.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/sensors/nvidia_smi.hpp"
#include "mutation/system/abandoned.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/memory_file.hpp"
#include "mutation/system/signals.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace mutation::sensors {

namespace {

constexpr Seconds kDrainInterval{0.9};
constexpr int kPipeSize = 1 << 20;            // minutes of lines, in case the loop is delayed
constexpr int kMostFailures = 10;             // in a row
constexpr std::chrono::seconds kHungLook{10}; // at one that was killed and does not end
constexpr int kMostSilentStarts = 3;          // after that nothing waits for it
constexpr Seconds kLongLife{30};              // if it delivered for so long, its end is no failure in a row
constexpr Seconds kLeastSilence{3};
constexpr double kMostTimesAsked = 20; // lines, of those that the interval makes ...
constexpr double kLinesInStock = 1000; // ... beyond these
constexpr Seconds kStartLimit{30};     // without persistence mode the driver may take long to wake
constexpr int kTickMilliseconds = 100;
constexpr std::size_t kLongestLine = 4096;
constexpr std::size_t kMostMessages = 300;

} // namespace

void SmiStream::restart() {
    stop();
    restarts_ = failures_ = silent_failures_ = 0;
    last_error_.clear();
    is_error_quoted_ = false;
    launch();
}

void SmiStream::forget_errors() {
    restarts_ = failures_ = 0;
    last_error_.clear();
    is_error_quoted_ = false;
    other_.clear();
    forgotten_messages_ = system::read_bounded_file(messages_).size();
}

void SmiStream::launch() {
    restart_at_.reset();
    if (is_hung()) { // another one would hang too
        last_error_ = fmt::format("nvidia-smi (process {}) was killed but does not end", hung_);
        restart_at_ = system::monotonic_now() + kHungLook;
        return;
    }
    partial_line_.clear();
    other_.clear();
    has_spoken_ = false;
    lines_ = 0;
    launched_ = heard_ = system::monotonic_now();
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        schedule_restart(fmt::format("no pipe: {}", std::strerror(errno)));
        return;
    }
    pipe_ = system::UniqueFd(ends[0]);
    const system::UniqueFd writer(ends[1]);
    ::fcntl(pipe_.get(), F_SETFL, O_NONBLOCK);
    ::fcntl(pipe_.get(), F_SETPIPE_SZ, kPipeSize);
    messages_ = system::make_bounded_file("nvidia-smi", kMostMessages);
    forgotten_messages_ = 0;
    system::SpawnRequest request;
    request.argv = {query_.nvidia_smi.string(), "--query-gpu=" + join(query_.fields, ","),
                    "--format=csv,noheader,nounits", "-lms",
                    std::to_string(std::max(1L, std::lround(query_.interval.count() * 1000)))};
    request.environment = system::plain_environment();
    request.stdout_fd = writer.get();
    request.stderr_fd = messages_.get();
    try {
        child_ = system::spawn(request);
    } catch (const Error& error) {
        schedule_restart(error.message());
    }
}

void SmiStream::stop() {
    restart_at_.reset();
    end_child(); // there is nothing that it must save
    pipe_.reset();
}

void SmiStream::end_child() {
    const pid_t process = child_.pid();
    if (child_.is_running() && !child_.kill_and_reap()) {
        hung_ = process;
        last_error_ += fmt::format("{}nvidia-smi (process {}) was killed but does not end",
                                   last_error_.empty() ? "" : "; ", process);
    }
}

bool SmiStream::is_hung() const {
    return hung_ > 0 && system::abandoned_processes().contains(hung_);
}

void SmiStream::schedule_restart(const std::string& why) {
    read_messages();
    if (!parse_gpu_stamp(partial_line_)) { // else a sample that was cut off
        other_.add(partial_line_);
    }
    // A reason that quotes nvidia-smi says more than a later one that does not.
    if (!other_.text().empty() || !is_error_quoted_) {
        is_error_quoted_ = !other_.text().empty();
        last_error_ = why + (is_error_quoted_ ? ": " + other_.text() : "");
    }
    end_child();
    pipe_.reset();
    if (has_spoken_ && heard_ - launched_ > kLongLife) {
        failures_ = 0;
    }
    silent_failures_ += has_spoken_ ? 0 : 1;
    if (failures_ < kMostFailures) {
        // At once if it had worked: samples are missing.
        const Seconds delay(failures_ == 0 ? 0 : std::min(10.0, 0.1 * std::pow(2.0, failures_)));
        restart_at_ = system::monotonic_now() + std::chrono::duration_cast<std::chrono::nanoseconds>(delay);
        ++restarts_;
    }
    ++failures_;
}

void SmiStream::read_messages() {
    const std::string messages = system::read_bounded_file(messages_);
    other_.add(std::string_view(messages).substr(std::min(forgotten_messages_, messages.size())));
}

void SmiStream::add_poll_fds(std::vector<pollfd>& fds) const {
    if (child_.is_running()) {
        fds.push_back({child_.pidfd(), POLLIN, 0});
        if (is_attentive()) {
            fds.push_back({pipe_.get(), POLLIN, 0});
        }
    }
}

void SmiStream::on_poll() {
    if (child_.is_running()) {
        look_after_child();
    }
    if (restart_at_ && system::monotonic_now() >= *restart_at_) {
        launch();
    }
}

void SmiStream::look_after_child() {
    const MonotonicTime time = system::monotonic_now();
    const std::optional<system::ExitStatus> ended = child_.poll();
    if (ended || is_attentive() || time - drained_ >= kDrainInterval) {
        drain();
    }
    const Seconds silence = has_spoken_ ? std::max(kLeastSilence, 10 * query_.interval) : kStartLimit;
    if (ended) {
        schedule_restart(ended->signal ? "nvidia-smi was killed by " + system::describe_signal(*ended->signal)
                                       : fmt::format("nvidia-smi ended with status {}", ended->code.value_or(-1)));
    } else if (is_flooding()) {
        schedule_restart(fmt::format("nvidia-smi printed over {:.0f} times as much as requested", kMostTimesAsked));
    } else if (time - heard_ > silence) {
        schedule_restart(fmt::format("nvidia-smi printed nothing for {:.0f} s", silence.count()));
    }
}

bool SmiStream::serve_until(Seconds limit, int stop_fd, const std::function<bool()>& is_met) {
    const MonotonicTime deadline =
        system::monotonic_now() + std::chrono::duration_cast<std::chrono::nanoseconds>(limit);
    is_waiting_ = true;
    bool is_done = false;
    while (!(is_done = is_met()) && system::monotonic_now() < deadline &&
           (child_.is_running() || (restart_at_ && !is_hung())) && !is_hopeless()) {
        std::vector<pollfd> fds{{stop_fd, POLLIN, 0}};
        add_poll_fds(fds);
        ::poll(fds.data(), fds.size(), kTickMilliseconds);
        if (fds[0].revents != 0) {
            break;
        }
        on_poll();
    }
    is_waiting_ = false;
    return is_done;
}

bool SmiStream::is_hopeless() const {
    return silent_failures_ >= kMostSilentStarts;
}

bool SmiStream::is_attentive() const {
    return is_waiting_ || !has_spoken_;
}

bool SmiStream::is_flooding() const {
    const double asked = Seconds(drained_ - launched_) / query_.interval * static_cast<double>(query_.gpus);
    return static_cast<double>(lines_) > kLinesInStock + kMostTimesAsked * asked;
}

void SmiStream::drain() {
    drained_ = system::monotonic_now();
    std::array<char, 65536> block{};
    ssize_t size = 0;
    // At most one pipe full at a time: otherwise a pipe that is filled as fast as it is read would never end.
    for (ssize_t bytes = 0; pipe_.is_open() && !is_flooding() && bytes < kPipeSize &&
                            (size = ::read(pipe_.get(), block.data(), block.size())) > 0;
         bytes += size) {
        take_block({block.data(), static_cast<std::size_t>(size)}, {system::monotonic_now(), system::wall_lead()});
    }
}

void SmiStream::take_block(std::string_view text, const SmiReading& reading) {
    for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1)) {
        ++lines_;
        if (partial_line_.empty()) {
            take_line(text.substr(0, end), reading);
        } else {
            partial_line_.append(text.substr(0, end));
            take_line(partial_line_, reading);
            partial_line_.clear();
        }
    }
    partial_line_.append(text.substr(0, kLongestLine));
    if (partial_line_.size() > kLongestLine) {
        partial_line_.clear(); // not a line that we requested
    }
}

void SmiStream::take_line(std::string_view line, const SmiReading& reading) {
    switch (reader_.take_line(line, reading)) {
    case SmiReader::Line::sample:
        heard_ = reading.arrival;
        has_spoken_ = true;
        silent_failures_ = 0;
        break;
    case SmiReader::Line::other:
        other_.add(line);
        break;
    case SmiReader::Line::ignored:
        break;
    }
}

std::optional<std::string> SmiStream::remark() const {
    std::vector<std::string> parts;
    if (!last_error_.empty()) {
        parts.push_back(last_error_ +
                        (restarts_ > 0 ? " (" + counted(static_cast<std::size_t>(restarts_), "restart") + ")" : ""));
    }
    if (!other_.text().empty() && last_error_.find(other_.text()) == std::string::npos) {
        parts.push_back("nvidia-smi also printed: " + other_.text());
    }
    return parts.empty() ? std::nullopt : std::optional(join(parts, "; "));
}

} // namespace mutation::sensors
