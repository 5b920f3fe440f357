#pragma once

#include "mutation/core/units.hpp"
#include "mutation/run/attempt.hpp"
#include "mutation/run/launch_channel.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/unique_fd.hpp"

#include <array>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <sys/stat.h>

namespace mutation::run {

/// From INT to TERM, and from TERM to KILL. A training may write a checkpoint meanwhile.
constexpr Seconds kInterruptGrace{10};
constexpr Seconds kTerminateGrace{5};
/// A launcher that has not ended its tree this long after KILL is ended with it.
constexpr Seconds kKillGrace{3};

/// The steps from asking politely to KILL.
class Escalation {
public:
    /// Whether this was the first reason.
    bool begin(Ending why) {
        const bool is_first = !why_.has_value();
        if (is_first) {
            why_ = why;
            begun_ = system::monotonic_now();
        }
        return is_first;
    }
    /// The user's second request: no more grace.
    void hurry() { is_hurried_ = true; }

    [[nodiscard]] std::optional<Ending> why() const { return why_; }

    /// The next step that is due, once each.
    std::optional<StopRequest> take_due_step() {
        if (!why_ || step_ > 2) {
            return std::nullopt;
        }
        constexpr std::array<StopRequest, 3> kSteps{StopRequest::interrupt, StopRequest::terminate, StopRequest::kill};
        const std::array<Seconds, 3> due{Seconds(0), kInterruptGrace, kInterruptGrace + kTerminateGrace};
        if (is_hurried_) {
            step_ = 2;
        } else if (system::monotonic_now() - begun_ < due[step_]) {
            return std::nullopt;
        }
        if (step_ == 2) {
            killed_ = system::monotonic_now();
        }
        return kSteps[step_++];
    }

    /// KILL was sent, and had no effect.
    [[nodiscard]] bool is_exhausted() const { return killed_ && system::monotonic_now() - *killed_ > kKillGrace; }

private:
    std::optional<Ending> why_;
    MonotonicTime begun_{};
    std::optional<MonotonicTime> killed_;
    std::size_t step_ = 0;
    bool is_hurried_ = false;
};

/// Watches whether a log grows. It watches the file that was there at the start, even if the training renames it.
class StallWatch {
public:
    StallWatch(const std::filesystem::path& log, std::optional<Seconds> limit)
        : log_(::open(log.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)), limit_(limit),
          grown_(system::monotonic_now()) {}

    bool is_stalled() {
        struct stat facts {};
        if (!limit_ || !log_.is_open()) {
            return false;
        }
        if (::fstat(log_.get(), &facts) == 0 && facts.st_size != size_) {
            size_ = facts.st_size;
            grown_ = system::monotonic_now();
        }
        return system::monotonic_now() - grown_ >= *limit_;
    }

private:
    system::UniqueFd log_;
    std::optional<Seconds> limit_;
    MonotonicTime grown_;
    off_t size_ = 0;
};

} // namespace mutation::run
