#pragma once

#include "mutation/core/units.hpp"
#include "mutation/core/value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mutation::config {

enum class Mode { mutation, default_values, parallel };
enum class Order { as_written, interleaved, random };

/// What is trained, with canonical names: aliases are resolved by the loader.
struct TrainingRequest {
    std::string repository;
    std::string model;
    Mode mode = Mode::mutation;              ///< never `parallel`
    std::vector<std::string> mutate;         ///< canonical hyperparameters; `all` is expanded; empty in default mode
    std::vector<Assignment> hyperparameters; ///< explicit values (none: null), type-checked
    int runs = 1;
};

/// The training that loads the GPU beside the measured one.
struct BackgroundRequest {
    std::string repository;
    std::string model;
    std::vector<Assignment> hyperparameters; ///< explicit values; the rest are defaults
    bool reuse = false;
    Seconds startup_wait{30};
    Seconds restart_delay{2};
};

/// One entry of `experiments`.
struct ExperimentRequest {
    std::size_t index = 0; ///< its place in the file, from 0
    TrainingRequest training;
    std::optional<BackgroundRequest> background; ///< set in parallel mode
    std::string comment;
    std::optional<Seconds> timeout;
    std::optional<Seconds> stall;
};

/// A table of past runs that `historical_csvs` names. Its text is kept, since a pipe can be read only once.
struct PastTable {
    std::size_t element = 0; ///< of `historical_csvs`, from 0; a pattern can name several tables
    std::string path;
    std::string text;
};

/// A whole experiment config, validated against the registry. What a file leaves out is none here; the
/// defaults are the plan's.
struct ExperimentConfig {
    std::string name;
    std::string description;
    std::string governor;
    std::optional<std::uint64_t> seed;
    std::optional<int> max_retries;
    std::optional<Seconds> cooldown;
    std::optional<Celsius> cooldown_until;
    std::optional<Seconds> cooldown_max;
    std::optional<Seconds> timeout;
    std::optional<Seconds> stall;
    std::optional<Seconds> baseline;
    std::optional<Seconds> sample_interval;
    Order order = Order::as_written;
    int replicates = 1;
    int control_every = 0; ///< 0: no control runs
    Percent control_tolerance{2};
    std::vector<std::string> on_finish;
    std::vector<std::string> on_failure;
    bool use_deduplication = false;
    std::vector<PastTable> past_tables; ///< of `historical_csvs`
    std::vector<ExperimentRequest> experiments;
};

} // namespace mutation::config
