#include "mutation/plan/plan.hpp"
#include "order.hpp"
#include "training_draw.hpp"

#include <algorithm>

namespace mutation::plan {

namespace {

SessionSettings merge_settings(const config::ExperimentConfig& config, const Overrides& overrides,
                               std::uint64_t fresh_seed) {
    SessionSettings settings;
    settings.name = config.name;
    settings.description = config.description;
    settings.governor = overrides.governor.empty() ? config.governor : overrides.governor;
    settings.seed_was_drawn = !overrides.seed && !config.seed;
    settings.seed = overrides.seed ? *overrides.seed : config.seed.value_or(fresh_seed);
    settings.max_retries =
        overrides.max_retries ? *overrides.max_retries : config.max_retries.value_or(settings.max_retries);
    settings.cooldown = overrides.cooldown ? *overrides.cooldown : config.cooldown.value_or(settings.cooldown);
    if (overrides.cooldown != Seconds(0)) { // 0 on the command line turns cooling down off whole
        settings.cooldown_until = config.cooldown_until;
    }
    settings.cooldown_max = config.cooldown_max.value_or(settings.cooldown_max);
    settings.baseline = overrides.baseline ? *overrides.baseline : config.baseline.value_or(settings.baseline);
    settings.sample_interval = config.sample_interval.value_or(settings.sample_interval);
    settings.order = config.order;
    settings.control_every = config.control_every;
    settings.control_tolerance = config.control_tolerance;
    settings.on_finish = config.on_finish;
    settings.on_failure = config.on_failure;
    return settings;
}

PlannedBackground plan_background(const config::BackgroundRequest& request, const config::Registry& registry) {
    const config::Model& model = *registry.find(request.repository)->find_model(request.model);
    return {{request.repository, model.name, effective_values(model, request.hyperparameters)},
            request.reuse,
            request.startup_wait,
            request.restart_delay};
}

class Planner {
public:
    Planner(const config::ExperimentConfig& config, const config::Registry& registry, const Overrides& overrides,
            const std::vector<HistoricalRun>& history, const SessionSettings& settings)
        : config_(config), registry_(registry), overrides_(overrides), settings_(settings),
          drawer_(history, settings.seed) {}

    std::vector<PlannedExperiment> run() {
        std::vector<std::vector<PlannedExperiment>> configurations;
        for (const config::ExperimentRequest& request : config_.experiments) {
            configurations.push_back(plan_configuration(request));
        }
        std::vector<PlannedExperiment> experiments =
            put_in_order(std::move(configurations), config_.replicates, settings_.order, settings_.seed);
        if (settings_.control_every > 0 && !config_.experiments.empty()) {
            experiments = insert_controls(std::move(experiments), plan_control(), settings_.control_every);
        }
        number(experiments);
        return experiments;
    }

private:
    [[nodiscard]] const config::Model& model_of(const config::TrainingRequest& training) const {
        return *registry_.find(training.repository)->find_model(training.model);
    }

    PlannedExperiment blank(const config::ExperimentRequest& request) const {
        const config::Model& model = model_of(request.training);
        PlannedExperiment experiment;
        experiment.mode = request.background ? config::Mode::parallel : request.training.mode;
        experiment.training = {request.training.repository, model.name,
                               effective_values(model, request.training.hyperparameters)};
        experiment.configuration = request.index;
        // What is nearer to the run wins: flag, experiment, config, registry.
        for (const auto& timeout : {overrides_.timeout, request.timeout, config_.timeout, model.timeout}) {
            experiment.timeout = experiment.timeout ? experiment.timeout : timeout;
        }
        for (const auto& stall : {request.stall, config_.stall, model.stall}) {
            experiment.stall = experiment.stall ? experiment.stall : stall;
        }
        if (request.background) {
            experiment.background = plan_background(*request.background, registry_);
        }
        return experiment;
    }

    std::vector<PlannedExperiment> plan_configuration(const config::ExperimentRequest& request) {
        const PlannedExperiment pattern = blank(request);
        std::vector<PlannedExperiment> experiments;
        experiments.reserve(static_cast<std::size_t>(request.training.runs));
        if (request.training.mode == config::Mode::default_values) {
            for (int replicate = 1; replicate <= request.training.runs; ++replicate) {
                experiments.push_back(pattern);
                experiments.back().replicate = replicate;
            }
            return experiments;
        }
        for (auto& values : drawer_.draw(request, model_of(request.training), pattern.training.hyperparameters)) {
            experiments.push_back(pattern);
            experiments.back().training.hyperparameters = std::move(values);
        }
        return experiments;
    }

    /// The first configuration's training at its default values.
    PlannedExperiment plan_control() const {
        PlannedExperiment control = blank(config_.experiments.front());
        control.mode = config::Mode::default_values;
        control.background.reset();
        control.training.hyperparameters = effective_values(model_of(config_.experiments.front().training), {});
        control.is_control = true;
        return control;
    }

    static void number(std::vector<PlannedExperiment>& experiments) {
        std::uint32_t next = 1;
        for (PlannedExperiment& experiment : experiments) {
            experiment.number = next++;
            experiment.id = experiment_id(experiment);
        }
    }

    const config::ExperimentConfig& config_;
    const config::Registry& registry_;
    const Overrides& overrides_;
    const SessionSettings& settings_;
    TrainingDrawer drawer_;
};

} // namespace

Plan make_plan(const config::ExperimentConfig& config, const config::Registry& registry, const Overrides& overrides,
               std::uint64_t fresh_seed, const std::vector<HistoricalRun>& history) {
    Plan plan;
    plan.settings = merge_settings(config, overrides, fresh_seed);
    plan.experiments = Planner(config, registry, overrides, history, plan.settings).run();
    return plan;
}

} // namespace mutation::plan
