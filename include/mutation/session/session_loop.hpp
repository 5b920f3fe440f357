#pragma once

#include "mutation/record/session_store.hpp"
#include "mutation/run/attempt.hpp"
#include "mutation/session/experiment_runner.hpp"
#include "mutation/session/observer.hpp"
#include "mutation/session/schedule.hpp"
#include "mutation/system/signals.hpp"

namespace mutation::session {

/// What the loop of a session connects.
struct SessionLoop {
    Schedule& schedule;
    ExperimentRunner& runner;
    Observer& observer;
    const record::SessionStore& store;
    system::SignalFd& signals;
    run::Interruption& interruption;
};

/// Runs what the schedule says, writes each record and feeds the observer, until nothing is left or a signal asks the
/// session to stop. No background runs when it returns. Error(storage) ends it early.
void run_experiments(const SessionLoop& loop);

} // namespace mutation::session
