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
};

/// What runs beside a measured training.
struct PlannedBackground {
    PlannedTraining training;
    bool reuse = false;
    Seconds startup_wait{30};
    Seconds restart_delay{2};
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
};

/// What holds for the session as a whole, defaults filled in.
struct SessionSettings {
    std::string name;
    std::string description;
    std::string governor; ///< "" : left as it is
    std::uint64_t seed = 0;
    bool seed_was_drawn = false; ///< no seed was given: print it
    int max_retries = 2;
    Seconds cooldown{60};
    std::optional<Celsius> cooldown_until;
    Seconds cooldown_max{600};
    Seconds baseline{10};
    Seconds sample_interval{0.1};
    config::Order order = config::Order::as_written;
    int control_every = 0;
    Percent control_tolerance{2};
    std::vector<std::string> on_finish;
    std::vector<std::string> on_failure;
};

/// Everything that a session will do, decided before it starts.
struct Plan {
    SessionSettings settings;
    std::vector<PlannedExperiment> experiments;
    std::optional<HistoryUse> history; ///< none: past runs were not asked about; not kept in session.json
};

/// What the command line says over the config's head; none: not said.
struct Overrides {
    std::string governor;
    std::optional<std::uint64_t> seed;
    std::optional<int> max_retries;
    std::optional<Seconds> cooldown;
    std::optional<Seconds> timeout;
    std::optional<Seconds> baseline;
};

/// The name of an experiment's directory: `<repo>_<model>_<NNN>[_parallel]`, whatever does not fit into a folder's name
/// replaced by `_`.
[[nodiscard]] std::string experiment_id(const std::string& repository, const std::string& model, config::Mode mode,
                                        std::uint32_t number);

/// Draws every value and puts the experiments in order. Pure: the same config, registry, overrides, seed and history
/// give the same plan on every machine and compiler. `fresh_seed` is used where nobody gave one. Mutations that
/// `history` holds for the same repository, model and mode are not drawn again (what `use_deduplication` asks for).
/// Error(usage) where a space holds fewer distinct mutations than the runs asked of it (the message states how many
/// exist), all such entries at once.
///
/// Control runs (`control_every` > 0) are all of one training, so that they can be compared: repository and model of
/// the first config entry that has no background (else of the first, with its background), every hyperparameter at its
/// default. One comes first, one after every `control_every` experiments, one last.
[[nodiscard]] Plan make_plan(const config::ExperimentConfig& config, const config::Registry& registry,
                             const Overrides& overrides, std::uint64_t fresh_seed,
                             const std::vector<HistoricalRun>& history = {});

} // namespace mutation::plan
