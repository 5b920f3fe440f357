#pragma once

#include "mutation/core/units.hpp"
#include "mutation/core/value.hpp"
#include "mutation/energy/quality.hpp"
#include "mutation/record/experiment_record.hpp"

#include <compare>
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mutation::report {

/// Names one run: no two runs of a report have the same key.
struct RunKey {
    std::string session;
    std::string experiment_id;

    auto operator<=>(const RunKey&) const = default; // NOLINT(modernize-use-nullptr): a fault of the check
};

/// The way of a run through the report. Each stage is a subset of the one before.
enum class Stage { planned, run, succeeded, metrics, energy, unflagged, analysed };

/// How many runs reached a stage.
struct FlowStep {
    Stage stage = Stage::planned;
    std::size_t runs = 0;
};

/// A run that did not reach `stage`, and why.
struct Exclusion {
    RunKey run;
    Stage stage = Stage::planned;
    std::string reason;
};

/// What raised a flag: a recorded fact, a utilisation unlike that of like runs, or a residual of the robust fit.
enum class FlagSource { record, utilisation, residual };

/// A run whose figures are doubtful. It is shown, but left out of the main tables.
struct Flag {
    RunKey run;
    std::string reason;
    FlagSource by = FlagSource::record;
};

/// What a run was measured on, and the gain errors of the sensors as far as they are known.
struct Devices {
    std::string host;
    std::vector<std::string> gpu_uuids; ///< of the counted GPUs, sorted
    std::optional<Percent> cpu_accuracy;
    std::optional<Percent> gpu_accuracy;
};

/// One run, as the analyses and the page's table see it. Figures are those of the last attempt.
struct Run {
    RunKey key;
    std::filesystem::path folder;   ///< of the experiment
    std::vector<Assignment> values; ///< effective, including the seed
    std::vector<std::string> command;
    std::optional<record::Status> status; ///< none: not run
    std::size_t configuration = 0;        ///< runs of a group with equal values but for the seed share the number
    bool is_control = false;
    std::optional<record::Moment> start;
    std::optional<Seconds> duration;
    std::optional<Joules> cpu_energy; ///< package and RAM
    std::optional<Joules> gpu_energy;
    std::optional<Joules> energy;      ///< of the parts that its group has (`Group::energy_parts`); none: not measured
    std::optional<Joules> uncertainty; ///< the bounds of those parts together
    std::optional<energy::Verdict> verdict; ///< the worst of those parts
    std::optional<Watts> power;             ///< energy over duration
    std::optional<Percent> utilisation;     ///< mean of the counted GPUs
    std::optional<Celsius> start_temperature;
    Devices devices;
    std::map<std::string, double> metrics; ///< those that were read
    std::optional<Joules> failed_energy;   ///< of attempts that did not succeed
    std::optional<Exclusion> exclusion;    ///< none: analysed, or only flagged
    std::vector<Flag> flags;
};

} // namespace mutation::report
