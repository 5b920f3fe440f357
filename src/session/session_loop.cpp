#include "mutation/session/session_loop.hpp"

#include "mutation/core/error.hpp"

namespace mutation::session {

namespace {

void run_one(const plan::PlannedExperiment& experiment, const SessionLoop& loop) {
    if (const std::optional<std::string> obstacle = loop.runner.find_obstacle()) {
        throw Error(ErrorKind::storage, *obstacle);
    }
    loop.interruption.is_in_run = true;
    loop.observer.on_started(experiment);
    const record::ExperimentRecord record = loop.runner.run(experiment);
    loop.observer.on_ended(record); // first: if the disk is full, the user still sees the figures
    loop.store.write_record(record.id, record);
    loop.observer.on_recorded(record);
    loop.schedule.add(record);
    loop.interruption.is_in_run = false;
    run::take_signals(loop.signals, loop.interruption);
}

void run_all(const SessionLoop& loop) {
    while (!loop.interruption.is_requested()) {
        const std::optional<Step> step = loop.schedule.next();
        if (!step) {
            return;
        }
        loop.runner.cool_down(step->cooldown);
        if (!loop.interruption.is_requested()) {
            run_one(*step->experiment, loop);
        }
    }
}

} // namespace

void run_experiments(const SessionLoop& loop) {
    try {
        run_all(loop);
    } catch (const Error&) {
        loop.runner.end_background(BackgroundEnd::with_grace);
        throw;
    }
    loop.runner.end_background(loop.interruption.count > 1 ? BackgroundEnd::at_once : BackgroundEnd::with_grace);
}

} // namespace mutation::session
