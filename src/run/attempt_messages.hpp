#pragma once

#include "mutation/run/attempt.hpp"
#include "mutation/system/process.hpp"
#include "mutation/system/signals.hpp"

#include <csignal>
#include <fmt/format.h>
#include <string>

namespace mutation::run {

/// The user's name for the signal that ended the session.
inline std::string describe_interruption(int signal) {
    switch (signal) {
    case SIGINT:
        return "Ctrl-C or `mutation stop` (SIGINT)";
    case SIGHUP:
        return "the end of its terminal (SIGHUP)";
    default:
        return system::describe_signal(signal);
    }
}

/// How and when a wrapper ended that should have lived as long as the training.
inline std::string describe_wrapper_end(const system::ExitStatus& status, MonotonicTime when,
                                        const AttemptOutcome& outcome, bool has_training_ended) {
    const std::string how = status.signal ? "was killed by " + system::describe_signal(*status.signal)
                                          : fmt::format("ended with status {}", status.code.value_or(-1));
    if (!outcome.lifetime) {
        return how + " before the training started";
    }
    return has_training_ended ? how + " after the training's end"
                              : fmt::format("{} {:.1f} s after the training's start", how,
                                            Seconds(when - outcome.lifetime->start).count());
}

/// Why a training ended; "" for an exit with status 0.
inline std::string describe_ending(const AttemptOutcome& outcome, const AttemptRequest& request,
                                   const Interruption& interruption) {
    switch (outcome.ending) {
    case Ending::timed_out:
        return fmt::format("timed out: it ran longer than {} s", request.timeout->count());
    case Ending::stalled:
        return fmt::format("stalled: its log did not grow for {} s", request.stall->count());
    case Ending::interrupted:
        return fmt::format("interrupted by {}", describe_interruption(interruption.signal.value_or(SIGINT)));
    case Ending::signalled:
        return fmt::format("killed by {}", system::describe_signal(outcome.signal.value_or(0)));
    default:
        return outcome.exit_code == 0 ? "" : fmt::format("exit status {}", outcome.exit_code.value_or(-1));
    }
}

} // namespace mutation::run
