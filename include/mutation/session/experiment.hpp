#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/plan/plan.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/record/session_store.hpp"
#include "mutation/session/session_loop.hpp"
#include "mutation/system/user.hpp"

#include <optional>

namespace mutation::session {

/// What all experiments of a session share.
struct SessionContext {
    const plan::Plan& plan;
    const config::Registry& registry;
    record::SessionStore& store;
    sensors::Sensors& sensors;
    BackgroundKeeper& backgrounds;
    SessionLoop& loop;
    console::Progress& progress;
    console::EventLog& log;
    system::SignalFd& signals;
    run::Interruption& interruption;
    std::optional<system::User> user; ///< whom trainings run as, where not as ourselves
    bool as_root = false;             ///< `--as-root` was given
    Json environment;                 ///< of the machine, for every record
    std::string cooldown = "none";    ///< how the machine cooled down before the experiment: idle, loaded, none
};

/// Runs one experiment with its retries, each measured, and returns its record. What an interrupted run of it left is
/// kept as attempts before. Storage errors are thrown.
[[nodiscard]] record::ExperimentRecord run_experiment(const plan::PlannedExperiment& experiment,
                                                      SessionContext& session);

} // namespace mutation::session
