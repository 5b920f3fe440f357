#pragma once

#include "mutation/config/session_settings.hpp"
#include "mutation/core/units.hpp"
#include "mutation/core/value.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::config {

enum class Mode { mutation, default_values, parallel };
/// The words for `Mode`, in its order.
inline constexpr std::array<std::string_view, 3> kModes{"mutation", "default", "parallel"};

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
    BackgroundSettings settings = {};
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

/// A whole experiment config, validated against the registry. What a file leaves out has its default.
struct ExperimentConfig {
    ExperimentConfig() { settings.seed_was_drawn = true; }

    SessionSettings settings;
    bool use_deduplication = false;
    std::vector<PastTable> past_tables; ///< of `historical_csvs`
    std::vector<ExperimentRequest> experiments;
};

} // namespace mutation::config
