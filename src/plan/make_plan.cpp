#include "configuration.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/plan/plan.hpp"
#include "run_order.hpp"

#include <algorithm>
#include <utility>

namespace mutation::plan {

namespace {

constexpr std::uint64_t kMostExperiments = 10'000'000;
// Streams of the session's seed: configurations count from 0.
constexpr std::uint64_t kOrderStream = 0xFFFFFFFFU;

SessionSettings make_settings(const config::ExperimentConfig& config, const Overrides& overrides,
                              std::uint64_t fresh_seed) {
    SessionSettings settings;
    settings.name = config.name;
    settings.description = config.description;
    settings.governor = overrides.governor.empty() ? config.governor : overrides.governor;
    const std::optional<std::uint64_t> seed = overrides.seed ? overrides.seed : config.seed;
    settings.seed = seed.value_or(fresh_seed);
    settings.seed_was_drawn = !seed;
    settings.max_retries = overrides.max_retries.value_or(config.max_retries.value_or(settings.max_retries));
    settings.cooldown = overrides.cooldown.value_or(config.cooldown.value_or(settings.cooldown));
    const bool is_turned_off = overrides.cooldown == Seconds(0);
    settings.cooldown_until = is_turned_off ? std::nullopt : config.cooldown_until;
    settings.cooldown_max = config.cooldown_max.value_or(settings.cooldown_max);
    settings.baseline = overrides.baseline.value_or(config.baseline.value_or(settings.baseline));
    settings.sample_interval = config.sample_interval.value_or(settings.sample_interval);
    settings.order = config.order;
    settings.control_every = config.control_every;
    settings.control_tolerance = config.control_tolerance;
    settings.on_finish = config.on_finish;
    settings.on_failure = config.on_failure;
    return settings;
}

std::string place_of(const config::ExperimentRequest& request) {
    return "experiments[" + std::to_string(request.index) + "]: ";
}

/// Before anything is drawn: numbers of which no machine could even hold the plan.
void check_count(const config::ExperimentConfig& config) {
    std::uint64_t runs = 0;
    for (const config::ExperimentRequest& request : config.experiments) {
        runs += static_cast<std::uint64_t>(std::max(0, request.training.runs));
    }
    const auto replicates = static_cast<std::uint64_t>(std::max(1, config.replicates));
    if (runs > kMostExperiments / replicates) {
        throw Error(ErrorKind::usage, "experiments: " + std::to_string(runs) + " runs, each " +
                                          std::to_string(replicates) + " times, are more than a session can hold (" +
                                          std::to_string(kMostExperiments) + " experiments); ask for fewer");
    }
}

/// Every entry draws from a stream of its own, derived from the seed and its place: what one entry asks changes
/// another's draws only if both would have got the same mutation.
std::vector<Configuration> draw_configurations(const config::ExperimentConfig& config, const config::Registry& registry,
                                               const Overrides& overrides, std::uint64_t seed, PastRuns& past) {
    std::vector<Configuration> configurations;
    std::vector<std::string> errors;
    UsedMutations used;
    for (std::size_t i = 0; i < config.experiments.size(); ++i) {
        try {
            configurations.push_back(resolve_configuration(config.experiments[i], config, registry, overrides));
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
    const auto replicates = static_cast<std::uint32_t>(std::max(1, config.replicates));
    std::vector<Slot> slots = order_runs(counts, replicates, config.order, make_engine(seed, kOrderStream));
    if (config.control_every < 1) {
        return slots;
    }
    return add_controls(slots, static_cast<std::uint32_t>(config.control_every), choose_control(configurations));
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

} // namespace

Plan make_plan(const config::ExperimentConfig& config, const config::Registry& registry, const Overrides& overrides,
               std::uint64_t fresh_seed, const std::vector<HistoricalRun>& history) {
    check_count(config);
    Plan plan;
    plan.settings = make_settings(config, overrides, fresh_seed);
    const std::uint64_t seed = plan.settings.seed;
    PastRuns past{history};
    const std::vector<Configuration> configurations = draw_configurations(config, registry, overrides, seed, past);
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
