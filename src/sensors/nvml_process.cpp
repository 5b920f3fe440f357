#include "mutation/sensors/nvml_process.hpp"

#include "mutation/core/error.hpp"
#include "mutation/sensors/nvml_mode.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/pipe.hpp"
#include "mutation/system/signals.hpp"
#include "nvml_messages.hpp"

#include <array>
#include <fmt/format.h>
#include <unistd.h>

namespace mutation::sensors {

namespace {

/// Without persistence mode the driver needs seconds to wake.
constexpr Seconds kNvmlStartLimit{10};
constexpr Seconds kNvmlAnswerLimit{6};
constexpr Seconds kNvmlEndLimit{1};
constexpr int kNvmlTickMilliseconds = 100;
constexpr std::size_t kLongestAnswer = 1U << 20U;

} // namespace

NvmlProcess::NvmlProcess(const std::vector<std::string>& uuids, const std::filesystem::path& nvidia_smi) {
    try {
        start(uuids, nvidia_smi);
    } catch (const Error& error) {
        fail(fmt::format("it cannot be started: {}", error.message()));
    }
}

void NvmlProcess::start(const std::vector<std::string>& uuids, const std::filesystem::path& nvidia_smi) {
    system::Pipe requests = system::make_pipe();
    system::Pipe answers = system::make_pipe();
    system::SpawnRequest request;
    request.argv = {"/proc/self/exe", std::string(kNvmlMode), nvidia_smi.string()};
    request.argv.insert(request.argv.end(), uuids.begin(), uuids.end());
    request.fds = {{requests.read.get(), kNvmlRequestFd}, {answers.write.get(), kNvmlAnswerFd}};
    child_ = system::spawn(request);
    requests_ = std::move(requests.write);
    answers_ = std::move(answers.read);
    system::set_nonblocking(requests_);
    system::set_nonblocking(answers_);
    waiting_since_ = system::monotonic_now();
}

template <class Condition>
void NvmlProcess::serve_until(int stop_fd, const Condition& is_met) {
    while (!failure_ && !is_met()) {
        std::array<pollfd, 2> waited{{{stop_fd, POLLIN, 0}, {answers_.get(), POLLIN, 0}}};
        ::poll(waited.data(), waited.size(), kNvmlTickMilliseconds);
        if (waited[0].revents != 0) {
            return;
        }
        on_poll();
    }
}

void NvmlProcess::wait_until_ready(int stop_fd) {
    serve_until(stop_fd, [this] { return is_ready_; });
}

void NvmlProcess::wait_for(int request) {
    serve_until(-1, [this, request] { return answered_ >= request; });
}

std::optional<int> NvmlProcess::request_counters() {
    return is_loaded_ ? send(kNvmlCounters) : std::nullopt;
}

std::optional<int> NvmlProcess::request_processes() {
    return send(kNvmlProcesses);
}

std::optional<int> NvmlProcess::send(std::string_view what) {
    if (failure_ || !is_ready_) {
        return std::nullopt;
    }
    if (!is_waiting()) {
        waiting_since_ = system::monotonic_now();
    }
    const std::string line = fmt::format("{} {}\n", ++requested_, what);
    // No line is longer than what a pipe takes whole, or not at all.
    if (::write(requests_.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
        fail("it accepts no more requests");
        return std::nullopt;
    }
    return requested_;
}

std::vector<NvmlAnswer> NvmlProcess::take_answers() {
    return std::exchange(arrived_, {});
}

void NvmlProcess::add_poll_fds(std::vector<pollfd>& fds) const {
    if (answers_.is_open()) {
        fds.push_back({answers_.get(), POLLIN, 0});
    }
}

void NvmlProcess::on_poll() {
    if (failure_) {
        return;
    }
    read_answers();
    const Seconds limit = is_ready_ ? kNvmlAnswerLimit : kNvmlStartLimit;
    const bool is_late = system::monotonic_now() - waiting_since_ > limit;
    if (!failure_ && (!is_ready_ || is_waiting()) && is_late) {
        fail(fmt::format("it did not {} within {:.0f} s", is_ready_ ? "answer" : "start", limit.count()));
    }
}

void NvmlProcess::read_answers() {
    std::array<char, 16384> block{};
    ssize_t size = 0;
    while (!failure_ && (size = ::read(answers_.get(), block.data(), block.size())) > 0) {
        partial_line_.append(block.data(), static_cast<std::size_t>(size));
        for (std::size_t end = 0; !failure_ && (end = partial_line_.find('\n')) != std::string::npos;) {
            take_line(std::string_view(partial_line_).substr(0, end));
            partial_line_.erase(0, end + 1);
        }
        if (partial_line_.size() > kLongestAnswer) {
            fail("its answer has no end");
        }
    }
    if (!failure_ && size == 0) {
        fail(describe_end());
    }
}

void NvmlProcess::take_line(std::string_view line) {
    try {
        take_answer(parse_json(line).value);
    } catch (const Json::exception&) {
        fail("its answer cannot be read");
    }
}

void NvmlProcess::take_answer(const Json& json) {
    if (json.at("request") == 0) {
        is_ready_ = true;
        is_loaded_ = json.at("is_loaded").get<bool>();
        return;
    }
    arrived_.push_back(unpack_answer(json));
    answered_ = arrived_.back().request;
    waiting_since_ = system::monotonic_now();
}

std::string NvmlProcess::describe_end() {
    const std::optional<system::ExitStatus> status = child_.wait_for(kNvmlEndLimit);
    if (status && status->signal) {
        return "it was killed by " + system::describe_signal(*status->signal);
    }
    return status ? fmt::format("it ended with status {}", status->code.value_or(-1))
                  : std::string("it closed its pipe");
}

void NvmlProcess::fail(const std::string& why) {
    failure_ = fmt::format("the NVML process was given up: {}; from then on there is no energy counter, and GPU "
                           "processes are listed only before and after a training",
                           why);
    is_loaded_ = false;
    answered_ = requested_;
    requests_.reset();
    answers_.reset();
    child_ = system::Child(); // kills it
}

} // namespace mutation::sensors
