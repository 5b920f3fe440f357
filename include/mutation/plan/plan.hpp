#pragma once

#include "mutation/config/experiment_config.hpp"
#include "mutation/config/registry.hpp"
#include "mutation/core/units.hpp"
#include "mutation/core/value.hpp"
#include "mutation/plan/history.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mutation::plan {

/// A training with every effective value, in the order of the registry.
struct PlannedTraining {
    std::string repository;
    std::string model;
    std::vector<Assignment> hyperparameters;

    bool operator==(const PlannedTraining&) const = default;
};

/// What runs beside a measured training.
struct PlannedBackground : config::BackgroundSettings {
    PlannedTraining training;

    bool operator==(const PlannedBackground&) const = default;
};

/// One planned training, numbered in its session.
struct PlannedExperiment {
    std::uint32_t number = 0; ///< from 1, in the order of the session
    std::string id;           ///< `<repo>_<model>_<NNN>[_parallel]`, the name of its directory
    config::Mode mode = config::Mode::mutation;
    PlannedTraining training;
    std::optional<PlannedBackground> background;
    std::size_t configuration = 0;  ///< index of the config entry that it comes from
    int replicate = 1;              ///< which run of the same values, from 1
    bool is_control = false;        ///< default values, run again and again to see whether the machine drifts
    std::optional<Seconds> timeout; ///< of each attempt; none: no limit
    std::optional<Seconds> stall;

    bool operator==(const PlannedExperiment&) const = default;
};

using config::SessionSettings;

/// Everything that a session will do, decided before it starts.
struct Plan {
    SessionSettings settings;
    std::vector<PlannedExperiment> experiments;
    std::optional<HistoryUse> history; ///< none: past runs were not asked about; not kept in session.json
};

/// The name of an experiment's directory: `<repo>_<model>_<NNN>[_parallel]`, whatever does not fit into a folder's name
/// replaced by `_`.
[[nodiscard]] std::string experiment_id(const std::string& repository, const std::string& model, config::Mode mode,
                                        std::uint32_t number);

/// Draws every value and puts the experiments in order. Pure: the same config, registry, seed and history give the same
/// plan on every machine and compiler. `fresh_seed` is used if the config has no seed. Mutations that `history` has for
/// the same repository, model and mode are not drawn again (`use_deduplication` asks for this). Error(usage) if a space
/// has fewer distinct mutations than the runs asked for (the message states how many exist), all such entries at once.
///
/// Control runs (`control_every` > 0) are all of one training, so that they can be compared: repository and model of
/// the first config entry that has no background (else of the first, with its background), every hyperparameter at its
/// default. One comes first, one after every `control_every` experiments, one last.
[[nodiscard]] Plan make_plan(const config::ExperimentConfig& config, const config::Registry& registry,
                             std::uint64_t fresh_seed, const std::vector<HistoricalRun>& history = {});

} // namespace mutation::plan
