#include "mutation/run/interruptible_run.hpp"

#include "stop_escalation.hpp"

#include <csignal>

namespace mutation::run {

namespace {

int to_signal(StopRequest step) {
    switch (step) {
    case StopRequest::interrupt:
        return SIGINT;
    case StopRequest::terminate:
        return SIGTERM;
    case StopRequest::kill:
        break;
    }
    return SIGKILL;
}

} // namespace

system::CapturedRun run_interruptible(system::SpawnRequest request, Seconds limit, system::SignalFd& signals,
                                      Interruption& interruption) {
    const int before = interruption.count; // earlier requests are not for this program
    Escalation escalation;
    const auto take_step = [&]() -> std::optional<int> {
        take_signals(signals, interruption);
        if (interruption.count > before) {
            escalation.begin(Ending::interrupted);
        }
        if (interruption.count > before + 1) {
            escalation.hurry();
        }
        const std::optional<StopRequest> step = escalation.take_due_step();
        return step ? std::optional(to_signal(*step)) : std::nullopt;
    };
    return system::run_captured(std::move(request), limit, {signals.fd(), take_step});
}

} // namespace mutation::run
