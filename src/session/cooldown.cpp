#include "mutation/session/cooldown.hpp"

#include "mutation/system/clock.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace mutation::session {

namespace {

void rest_for(Seconds duration, SessionContext& session) {
    rest(duration, session.loop, session.signals, session.interruption);
}

/// Looks at the GPUs every few seconds, for as long as the plan allows.
void wait_until_cool(Celsius limit, SessionContext& session) {
    constexpr Seconds kLook{5};
    const Seconds most = session.plan.settings.cooldown_max;
    const MonotonicTime start = system::monotonic_now();
    while (!session.interruption.is_requested()) {
        const std::optional<Celsius> hottest = session.sensors.hottest_gpu();
        run::take_signals(session.signals, session.interruption); // one of them may have ended the question
        if (!hottest || *hottest <= limit) {
            return;
        }
        const Seconds left = most - (system::monotonic_now() - start);
        if (left.count() <= 0) {
            session.log.warning(fmt::format("a GPU is still at {:.0f} C after {:.0f} s of cooling down; going on",
                                            hottest->value(), most.count()));
            return;
        }
        session.log.detail(
            fmt::format("a GPU is at {:.0f} C; waiting until it is at {:.0f} C", hottest->value(), limit.value()));
        rest_for(std::min(kLook, left), session);
    }
}

} // namespace

std::string cool_down(SessionContext& session) {
    const plan::SessionSettings& settings = session.plan.settings;
    if (settings.cooldown.count() <= 0 && !settings.cooldown_until) {
        return "none";
    }
    std::string kind = session.backgrounds.is_shared() ? "loaded" : "idle";
    session.log.detail(fmt::format("cooling down for {} s", settings.cooldown.count()));
    session.loop.set_activity(rollup::Activity::cooling_down, {});
    rest_for(settings.cooldown, session);
    if (settings.cooldown_until) {
        wait_until_cool(*settings.cooldown_until, session);
    }
    return kind;
}

} // namespace mutation::session
