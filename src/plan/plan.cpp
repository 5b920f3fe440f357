#include "mutation/plan/plan.hpp"

#include "configuration.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "run_order.hpp"

#include <algorithm>
#include <utility>

namespace mutation::plan {

namespace {

constexpr std::uint64_t kMostExperiments = 10'000'000;
// Streams of the session's seed: configurations count from 0.
constexpr std::uint64_t kOrderStream = 0xFFFFFFFFU;

std::string place_of(const config::ExperimentRequest& request) {
    return "experiments[" + std::to_string(request.index) + "]: ";
}

/// Refuses numbers of runs for which the plan would not fit into memory.
void check_count(const config::ExperimentConfig& config) {
    std::uint64_t runs = 0;
    for (const config::ExperimentRequest& request : config.experiments) {
        runs += static_cast<std::uint64_t>(std::max(0, request.training.runs));
    }
    const auto replicates = static_cast<std::uint64_t>(std::max(1, config.settings.replicates));
    if (runs > kMostExperiments / replicates) {
        throw Error(ErrorKind::usage, "experiments: " + std::to_string(runs) + " runs, each " +
                                          std::to_string(replicates) + " times, are more than a session can have (" +
                                          std::to_string(kMostExperiments) + " experiments); ask for fewer");
    }
}

/// Every entry draws from its own stream, derived from the seed and its place: an entry changes the draws of another
/// only if both would have got the same mutation.
std::vector<Configuration> draw_configurations(const config::ExperimentConfig& config, const config::Registry& registry,
                                               std::uint64_t seed, PastRuns& past) {
    std::vector<Configuration> configurations;
    std::vector<std::string> errors;
    UsedMutations used;
    for (std::size_t i = 0; i < config.experiments.size(); ++i) {
        try {
            configurations.push_back(resolve_configuration(config.experiments[i], config, registry));
            exclude_past_runs(configurations.back(), used, past, registry);
            draw_configuration(configurations.back(), used, make_engine(seed, i));
        } catch (const Error& error) {
            errors.push_back(place_of(config.experiments[i]) + error.message());
        }
    }
    if (!errors.empty()) {
        throw Error(ErrorKind::usage, join(errors, "\n"));
    }
    return configurations;
}

HistoryUse sum_up(const PastRuns& past) {
    HistoryUse use;
    use.runs = past.runs.size();
    use.excluded = past.excluded;
    for (std::size_t i = 0; i < past.runs.size(); ++i) {
        const std::size_t source = past.runs[i].source;
        use.counted_by_source.resize(std::max(use.counted_by_source.size(), source + 1));
        use.counted_by_source[source] += past.is_counted[i] ? 1 : 0;
    }
    return use;
}

std::uint32_t choose_control(const std::vector<Configuration>& configurations) {
    const auto lone = std::find_if(configurations.begin(), configurations.end(),
                                   [](const Configuration& configuration) { return !configuration.background; });
    return lone == configurations.end() ? 0 : static_cast<std::uint32_t>(lone - configurations.begin());
}

std::vector<Slot> order_slots(const std::vector<Configuration>& configurations, const config::ExperimentConfig& config,
                              std::uint64_t seed) {
    std::vector<RunCount> counts;
    for (const Configuration& configuration : configurations) {
        counts.push_back({static_cast<std::uint32_t>(configuration.runs), !configuration.has_mutations});
    }
    const auto replicates = static_cast<std::uint32_t>(std::max(1, config.settings.replicates));
    std::vector<Slot> slots = order_runs(counts, replicates, config.settings.order, make_engine(seed, kOrderStream));
    if (config.settings.control_every < 1) {
        return slots;
    }
    return add_controls(slots, static_cast<std::uint32_t>(config.settings.control_every),
                        choose_control(configurations));
}

config::Mode mode_of(const Configuration& configuration, bool is_control) {
    const bool is_lone_control = is_control && !configuration.background;
    return is_lone_control ? config::Mode::default_values : configuration.mode;
}

PlannedExperiment make_experiment(const Slot& slot, const Configuration& configuration, std::uint32_t number) {
    PlannedExperiment experiment;
    experiment.number = number;
    experiment.mode = mode_of(configuration, slot.is_control);
    experiment.id = experiment_id(configuration.repository->name, configuration.model->name, experiment.mode, number);
    experiment.training = slot.is_control ? default_training(*configuration.repository, *configuration.model)
                                          : training_of_run(configuration, slot.run);
    experiment.background = configuration.background;
    experiment.configuration = configuration.request->index;
    experiment.replicate = static_cast<int>(slot.replicate);
    experiment.is_control = slot.is_control;
    experiment.timeout = configuration.timeout;
    experiment.stall = configuration.stall;
    return experiment;
}

bool fits_folder_name(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           letter == '.' || letter == '-' || letter == '+' || letter == '_';
}

} // namespace

std::string experiment_id(const std::string& repository, const std::string& model, config::Mode mode,
                          std::uint32_t number) {
    constexpr std::size_t kLongestName = 200; // a folder's name has at most 255 bytes
    constexpr std::size_t kLeastDigits = 3;
    std::string id = repository + "_" + model;
    std::replace_if(
        id.begin(), id.end(), [](char letter) { return !fits_folder_name(letter); }, '_');
    if (id.front() == '.' || id.front() == '-') { // neither hidden nor taken for an option
        id.front() = '_';
    }
    id.resize(std::min(id.size(), kLongestName));
    const std::string digits = std::to_string(number);
    id += "_" + std::string(kLeastDigits - std::min(kLeastDigits, digits.size()), '0') + digits;
    return mode == config::Mode::parallel ? id + "_parallel" : id;
}

Plan make_plan(const config::ExperimentConfig& config, const config::Registry& registry, std::uint64_t fresh_seed,
               const std::vector<HistoricalRun>& history) {
    check_count(config);
    Plan plan;
    plan.settings = config.settings;
    if (plan.settings.seed_was_drawn) {
        plan.settings.seed = fresh_seed;
    }
    const std::uint64_t seed = plan.settings.seed;
    PastRuns past{history};
    const std::vector<Configuration> configurations = draw_configurations(config, registry, seed, past);
    if (config.use_deduplication || !history.empty()) {
        plan.history = sum_up(past);
    }
    const std::vector<Slot> slots = order_slots(configurations, config, seed);
    plan.experiments.reserve(slots.size());
    for (const Slot& slot : slots) {
        const auto number = static_cast<std::uint32_t>(plan.experiments.size() + 1);
        plan.experiments.push_back(make_experiment(slot, configurations[slot.configuration], number));
    }
    return plan;
}

} // namespace mutation::plan
