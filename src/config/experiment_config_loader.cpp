#include "mutation/config/experiment_config_loader.hpp"

#include "entry_reader.hpp"
#include "mutation/config/key_tables.hpp"
#include "mutation/core/error.hpp"
#include "mutation/system/file.hpp"
#include "past_table_reader.hpp"

#include <utility>

namespace mutation::config {

namespace {

constexpr JsonLimits kConfigLimits{4U << 20U, 64};

void check_total(const JsonCursor& root, const ExperimentConfig& config) {
    std::int64_t total = 0;
    for (const ExperimentRequest& experiment : config.experiments) {
        total += std::int64_t{experiment.training.runs} * config.settings.replicates;
        if (total > kMostRuns) {
            root.find("experiments")
                ->error_at_place("more than " + std::to_string(kMostRuns) + " runs in total",
                                 R"(lower "runs_per_config" or "replicates")");
            return;
        }
    }
}

void read_head(const JsonCursor& root, const std::filesystem::path& base, ExperimentConfig& config) {
    check_keys(root, experiment_keys().head, experiment_keys().all());
    read_settings(session_settings(), root, Origin::config, config.settings);
    const auto limit = root.find("cooldown_max_seconds");
    if (limit && !root.find("cooldown_until_celsius")) {
        limit->warn("has no effect without \"cooldown_until_celsius\"", "name a temperature, or remove it");
    }
    read_past_tables(root, base, config);
}

void read_config(const JsonCursor& root, const Registry& registry, const std::filesystem::path& base,
                 LoadedExperimentConfig& loaded) {
    if (!root.is_object(R"(a config is an object: {"experiments": [...]})")) {
        return;
    }
    read_head(root, base, loaded.config);
    EntryDefaults defaults;
    const auto mode = root.find("mode");
    defaults.mode = mode ? canonical_mode(mode->choice(kHeadModes).value_or("")) : "mutation";
    defaults.runs = static_cast<int>(root.whole_at("runs_per_config", 1, kMostRuns).value_or(1));
    loaded.config.experiments = EntryReader(registry, std::move(defaults), loaded.problems).read_entries(root);
    check_total(root, loaded.config);
}

/// The flag that a place of the document was made from.
std::string flag_of(const std::string& path) {
    if (path.starts_with("$.repo")) {
        return "--repo";
    }
    if (path.starts_with("$.model")) {
        return "--model";
    }
    return path.starts_with("$.runs_per_config") ? "--runs" : "--mutate";
}

void name_flags(std::vector<Problem>& problems) {
    for (Problem& problem : problems) {
        if (problem.file.empty()) { // else it is of a registry file
            problem.file = flag_of(problem.path);
            problem.path.clear();
        }
    }
}

/// Reports flags that are missing; without them the others cannot be checked.
bool note_missing_flags(const std::string& repository, const std::string& model, const std::vector<std::string>& mutate,
                        Problems& problems) {
    const auto note = [&problems](std::string flag, std::string remedy) {
        problems.errors.push_back({std::move(flag), "", "", "is missing", std::move(remedy)});
    };
    if (repository.empty()) {
        note("--repo", "name a repository; --list shows them all");
    }
    if (model.empty()) {
        note("--model", "name a model; --list shows them all");
    }
    if (mutate.empty()) {
        note("--mutate", "name hyperparameters, separated by commas, or write --mutate all");
    }
    return !problems.ok();
}

} // namespace

LoadedExperimentConfig parse_experiment_config(std::string_view text, const std::filesystem::path& file,
                                               const Registry& registry, const std::filesystem::path& base) {
    LoadedExperimentConfig loaded;
    ParsedJson parsed = parse_json(text, kConfigLimits);
    if (!parsed.ok()) {
        loaded.problems.add_faults(parsed.faults, file);
        return loaded;
    }
    const JsonSource source(parsed.value, "$", loaded.problems.collector(file));
    read_config(source.root(), registry, base, loaded);
    loaded.document = std::move(parsed.value);
    return loaded;
}

LoadedExperimentConfig load_experiment_config(const std::filesystem::path& file, const Registry& registry,
                                              const std::filesystem::path& base) {
    try {
        return parse_experiment_config(system::read_input(file), file, registry, base);
    } catch (const Error& error) {
        LoadedExperimentConfig loaded;
        loaded.problems.errors.push_back({file.string(), "", "", error.message(), "name a file that can be read"});
        return loaded;
    }
}

void override_settings(const Json& overrides, ExperimentConfig& config) {
    Problems problems;
    const JsonSource source(overrides, "$", problems.collector("command line"));
    read_settings(session_settings(), source.root(), Origin::config, config.settings);
    throw_if_errors(problems);
    if (overrides.contains("timeout_seconds")) {
        for (ExperimentRequest& experiment : config.experiments) {
            experiment.timeout = config.settings.timeout;
        }
    }
    if (overrides.contains("cooldown_seconds") && config.settings.cooldown == Seconds(0)) {
        config.settings.cooldown_until.reset();
    }
}

LoadedExperimentConfig config_from_flags(const std::string& repository, const std::string& model,
                                         const std::vector<std::string>& mutate, int runs, const Registry& registry) {
    LoadedExperimentConfig loaded;
    if (note_missing_flags(repository, model, mutate, loaded.problems)) {
        return loaded;
    }
    const Json document{{"repo", repository}, {"model", model}, {"mutate", mutate}, {"runs_per_config", runs}};
    const JsonSource source(document, "$", loaded.problems.collector(""));
    auto training = TrainingReader(registry, loaded.problems).read_training(source.root(), {});
    name_flags(loaded.problems.errors);
    name_flags(loaded.problems.warnings);
    if (training) {
        ExperimentRequest request;
        request.training = std::move(*training);
        loaded.config.experiments.push_back(std::move(request));
    }
    return loaded;
}

} // namespace mutation::config
