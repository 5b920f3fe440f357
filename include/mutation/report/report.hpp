#pragma once

#include "mutation/core/units.hpp"
#include "mutation/record/model_facts.hpp"
#include "mutation/report/analyses.hpp"
#include "mutation/report/run.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mutation::report {

/// Factors that only the user can know.
struct Factors {
    std::optional<double> carbon_intensity; ///< g CO2e per kWh
    std::optional<double> price;            ///< per kWh
    std::string currency;
    std::optional<double> pue; ///< power usage effectiveness of the data centre, at least 1
};

/// What has to be equal for runs to be pooled.
struct MachineKey {
    std::string cpu;
    std::vector<std::string> gpus; ///< name of each, sorted
    std::string driver;
    std::string governor;

    auto operator<=>(const MachineKey&) const = default; // NOLINT(modernize-use-nullptr): a fault of the check
};

/// The training that ran beside all runs of a group.
struct BackgroundKey {
    std::string repository;
    std::string model;
    std::vector<std::string> values; ///< `name=value`
    bool reuse = false;

    auto operator<=>(const BackgroundKey&) const = default; // NOLINT(modernize-use-nullptr): a fault of the check
};

struct GroupKey {
    std::string repository;
    std::string model;
    std::optional<BackgroundKey> background;
    MachineKey machine;

    auto operator<=>(const GroupKey&) const = default; // NOLINT(modernize-use-nullptr): a fault of the check
};

enum class EnergyPart { cpu, gpu };

/// Runs of one repository, model, background and machine. Nothing is pooled across groups.
struct Group {
    GroupKey key;
    std::vector<Run> runs; ///< all of the plan, control runs too, in the order of their start; not started ones last
    std::size_t configurations = 0;
    std::vector<EnergyPart> energy_parts;                     ///< empty: no energy was measured
    std::optional<std::string> no_energy;                     ///< why, if energy_parts is empty
    std::vector<record::HyperparameterFacts> hyperparameters; ///< as far as session.json or the registry has them
    std::map<std::string, std::optional<bool>> metrics;       ///< name -> higher is better; all that a run has
    std::vector<Input> inputs;
    Analyses analyses;                                 ///< without flagged runs
    std::optional<Analyses> with_flagged;              ///< none: no run is flagged, or the user wants none
    std::optional<BackgroundEffect> background_effect; ///< of the group with a background

    /// `energy`, or `duration` if no energy was measured.
    [[nodiscard]] std::string cost_name() const { return energy_parts.empty() ? "duration" : "energy"; }
};

struct SessionSource {
    std::string name;
    std::filesystem::path directory;
    std::string tool_version;
    bool is_of_v3 = false;
    std::string command_line;
    std::optional<bool> is_order_random;
    std::vector<std::string> damaged;          ///< records that could not be read, with the reason
    std::map<std::string, std::string> sha256; ///< file, relative to the session -> digest
};

struct Waste {
    std::optional<Joules> failed;
    std::optional<Joules> dominated;
    std::optional<Joules> flagged;
    Seconds resting{0}; ///< cooldowns and baselines
};

struct Carbon {
    Joules energy;               ///< all that was measured, failed attempts too
    std::optional<double> grams; ///< CO2e
    std::optional<double> cost;
    Factors factors;
};

/// Something that the reader has to know, and what to do about it.
struct Warning {
    std::string text;
    std::string remedy; ///< "" if there is none
    std::string anchor; ///< section of the page: `flow`, `trust`, `drives`, `through`, `matter`, `quality`, `worth`,
                        ///< `noise`, `background`, `waste`, `runs`, `methods`
};

/// One statistical test that was made, the unremarkable too.
struct TestMade {
    std::string group;
    std::string name;
    std::string subject;
    std::optional<double> p;
    std::string result;
};

/// The answer. Everything that page, digest, tables and figures show is in here.
struct Report {
    std::string tool_version;
    std::string created; ///< ISO 8601
    std::vector<SessionSource> sessions;
    std::vector<FlowStep> flow;
    std::vector<Exclusion> excluded;
    std::vector<Group> groups; ///< by the number of runs, the largest first
    std::size_t control_runs = 0;
    Waste waste;
    std::optional<Carbon> carbon;
    std::vector<Warning> warnings;
    std::vector<TestMade> tests;
    std::string methods; ///< a paragraph to copy
};

} // namespace mutation::report
