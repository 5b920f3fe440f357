#pragma once

#include "mutation/core/units.hpp"
#include "mutation/energy/quality.hpp"
#include "mutation/plan/plan.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/report/report.hpp"
#include "mutation/report/run.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mutation::report {

/// The energy of one kind of hardware over a run.
struct PartFigure {
    std::optional<Joules> energy;
    std::optional<Joules> uncertainty;
    std::optional<energy::Verdict> verdict; ///< none: v3.0, which made no verdicts
    std::string reason;                     ///< why energy is absent or poor; "" if unknown
};

/// A run as it was read, before it belongs to a group.
struct ReadRun {
    Run run;
    std::string repository;
    std::string model;
    std::optional<BackgroundKey> background;
    std::optional<MachineKey> machine; ///< none: not known, because the run has no record
    PartFigure cpu;
    PartFigure gpu;
    std::vector<std::string> throttle_reasons;
    std::string error_message;
};

/// From a planned experiment that has no record.
[[nodiscard]] ReadRun read_planned(const plan::PlannedExperiment& experiment);

/// From a record, without the folder and the session in the key.
[[nodiscard]] ReadRun read_recorded(const record::ExperimentRecord& record);

} // namespace mutation::report
