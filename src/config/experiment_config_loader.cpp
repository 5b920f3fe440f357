#include "mutation/config/experiment_config_loader.hpp"

#include "entry_reader.hpp"
#include "head_reader.hpp"
#include "mutation/core/error.hpp"
#include "mutation/system/file.hpp"

#include <utility>

namespace mutation::config {

namespace {

constexpr JsonLimits kConfigLimits{4U << 20U, 64};

void check_total(JsonReader& reader, const ExperimentConfig& config) {
    std::int64_t total = 0;
    for (const ExperimentRequest& experiment : config.experiments) {
        total += std::int64_t{experiment.training.runs} * config.replicates;
        if (total > kMostRuns) {
            reader.error({nullptr, "$.experiments"},
                         "more than " + std::to_string(kMostRuns) + " runs are asked for in all",
                         R"(lower "runs_per_config" or "replicates")");
            return;
        }
    }
}

void read_config(JsonReader& reader, const Json& document, const Registry& registry, const std::filesystem::path& base,
                 ExperimentConfig& config) {
    const Place root{&document, "$"};
    if (!reader.is_object(root, R"(a config is an object: {"experiments": [...]})")) {
        return;
    }
    read_head(reader, root, base, config);
    EntryDefaults defaults;
    const auto mode = JsonReader::find(root, "mode");
    defaults.mode = mode ? canonical_mode(reader.choice(*mode, kHeadModes).value_or("")) : "mutation";
    defaults.runs = static_cast<int>(reader.integer_at(root, "runs_per_config", 1, kMostRuns).value_or(1));
    config.experiments = EntryReader(reader, registry, std::move(defaults)).read_entries(root);
    check_total(reader, config);
}

/// The flag that stands for a place of the document that the flags were put into.
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

/// Flags that are not there at all; the rest of them cannot be judged then.
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
        note_json_faults(parsed.faults, file.string(), loaded.problems);
        return loaded;
    }
    JsonReader reader(file.string(), loaded.problems);
    read_config(reader, parsed.value, registry, base, loaded.config);
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

LoadedExperimentConfig config_from_flags(const std::string& repository, const std::string& model,
                                         const std::vector<std::string>& mutate, int runs, const Registry& registry) {
    LoadedExperimentConfig loaded;
    if (note_missing_flags(repository, model, mutate, loaded.problems)) {
        return loaded;
    }
    const Json document{{"repo", repository}, {"model", model}, {"mutate", mutate}, {"runs_per_config", runs}};
    JsonReader reader("", loaded.problems);
    auto training = TrainingReader(reader, registry).read_training({&document, "$"}, {});
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
