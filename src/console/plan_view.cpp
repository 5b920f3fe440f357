#include "mutation/console/plan_view.hpp"

#include "mutation/console/progress.hpp"
#include "mutation/core/counted.hpp"
#include "mutation/core/json.hpp"
#include "mutation/plan/plan_json.hpp"
#include "mutation/run/command_line.hpp"

#include <fmt/format.h>
#include <ostream>

namespace mutation::console {

namespace {

Json values_to_json(const plan::PlannedTraining& training) {
    Json json = Json::object();
    for (const Assignment& assignment : training.hyperparameters) {
        json[assignment.name] = plan::value_to_json(assignment.value);
    }
    return json;
}

Json background_to_json(const std::optional<plan::PlannedBackground>& background, const config::Registry& registry) {
    if (!background) {
        return nullptr;
    }
    Json json;
    json["repository"] = background->training.repository;
    json["model"] = background->training.model;
    json["hyperparameters"] = values_to_json(background->training);
    json["reuse"] = background->reuse;
    json["command"] = run::training_command(*registry.find(background->training.repository), background->training);
    return json;
}

std::string all_values(const std::vector<Assignment>& values) {
    std::string text;
    for (const Assignment& assignment : values) {
        text +=
            fmt::format("{}{}={}{}", text.empty() ? "" : " ", assignment.name,
                        assignment.value ? to_argument(*assignment.value) : "none", assignment.is_mutated ? "*" : "");
    }
    return text;
}

void print_experiment(std::ostream& out, const plan::PlannedExperiment& experiment, const config::Registry& registry) {
    const config::Repository& repository = *registry.find(experiment.training.repository);
    out << fmt::format("\n{}{}\n  values   {}\n  command  {}\n", experiment.id,
                       experiment.is_control ? "  (control run)" : "", all_values(experiment.training.hyperparameters),
                       quote_for_shell(run::training_command(repository, experiment.training)));
    if (experiment.background) {
        const plan::PlannedTraining& training = experiment.background->training;
        out << fmt::format("  beside   {} {}{}\n           {}\n", training.repository, training.model,
                           experiment.background->reuse ? " (one for all that share it)" : "",
                           quote_for_shell(run::training_command(*registry.find(training.repository), training)));
    }
}

Json experiment_to_json(const plan::PlannedExperiment& experiment, const config::Registry& registry) {
    Json json;
    json["experiment_id"] = experiment.id;
    json["repository"] = experiment.training.repository;
    json["model"] = experiment.training.model;
    json["mode"] = plan::mode_name(experiment.mode);
    json["hyperparameters"] = values_to_json(experiment.training);
    Json mutated = Json::array();
    for (const Assignment& assignment : experiment.training.hyperparameters) {
        if (assignment.is_mutated) {
            mutated.push_back(assignment.name);
        }
    }
    json["mutated"] = std::move(mutated);
    json["command"] = run::training_command(*registry.find(experiment.training.repository), experiment.training);
    json["background"] = background_to_json(experiment.background, registry);
    json["replicate"] = experiment.replicate;
    json["is_control"] = experiment.is_control;
    return json;
}

std::string describe_estimate(const rollup::PlanEstimate& estimate, WallTime now) {
    if (!estimate.duration) {
        return fmt::format("expected: unknown{}\n", estimate.basis.empty() ? "" : " (" + estimate.basis + ")");
    }
    return fmt::format("expected: {}{}{} ({}); started now, it ends about {}\n",
                       estimate.is_partial() ? "at least " : "", format_duration(*estimate.duration),
                       estimate.energy ? fmt::format(", {:.0f} J for the trainings", estimate.energy->value()) : "",
                       estimate.basis, format_end(now, *estimate.duration));
}

/// Name and description, whichever there is.
std::string join_title(const plan::SessionSettings& settings) {
    return settings.name + (settings.name.empty() || settings.description.empty() ? "" : ": ") + settings.description;
}

std::string describe_retries(int most) {
    if (most < 1) {
        return "no retries";
    }
    return fmt::format("up to {} each", counted(static_cast<std::size_t>(most), "retry", "retries"));
}

Json history_to_json(const std::optional<plan::HistoryUse>& history) {
    return history
               ? Json{{"read", history->runs}, {"counted", history->counted()}, {"excluded_values", history->excluded}}
               : Json(nullptr);
}

Seconds cooldowns(const plan::Plan& plan) {
    return plan.experiments.empty() ? Seconds(0)
                                    : static_cast<double>(plan.experiments.size() - 1) * plan.settings.cooldown;
}

} // namespace

std::string describe_history(const plan::HistoryUse& history) {
    return fmt::format("past runs: {} of {} count, {} of values {} not drawn again", history.counted(), history.runs,
                       counted(history.excluded, "set"), history.excluded == 1 ? "is" : "are");
}

std::string quote_for_shell(const std::vector<std::string>& command) {
    std::string text;
    for (const std::string& word : command) {
        text += text.empty() ? "" : " ";
        const bool is_plain =
            !word.empty() && word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                    "0123456789_-+=./:,@%") == std::string::npos;
        if (is_plain) {
            text += word;
            continue;
        }
        text += '\'';
        for (const char letter : word) {
            text += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
        }
        text += '\'';
    }
    return text;
}

void print_plan(std::ostream& out, const plan::Plan& plan, const config::Registry& registry,
                const rollup::PlanEstimate& estimate, WallTime now) {
    const plan::SessionSettings& settings = plan.settings;
    if (const std::string title = join_title(settings); !title.empty()) {
        out << title << '\n';
    }
    out << fmt::format("{}, seed {}{}, {}{}\n", counted(plan.experiments.size(), "experiment"), settings.seed,
                       settings.seed_was_drawn ? " (drawn; give it with --seed to get this plan again)" : "",
                       describe_retries(settings.max_retries),
                       settings.governor.empty() ? "" : ", governor " + settings.governor);
    if (plan.history) {
        out << describe_history(*plan.history) << '\n';
    }
    out << fmt::format("cooling down: {} in all; values that are mutated are marked *\n",
                       format_duration(cooldowns(plan)));
    out << describe_estimate(estimate, now);
    for (const plan::PlannedExperiment& experiment : plan.experiments) {
        print_experiment(out, experiment, registry);
    }
}

void print_plan_json(std::ostream& out, const plan::Plan& plan, const config::Registry& registry,
                     const rollup::PlanEstimate& estimate) {
    Json head;
    head["experiment_count"] = plan.experiments.size();
    head["seed"] = plan.settings.seed;
    head["past_runs"] = history_to_json(plan.history);
    head["cooldown_seconds"] = cooldowns(plan).count();
    head["expected_seconds"] = estimate.duration ? Json(estimate.duration->count()) : Json(nullptr);
    head["expected_joules"] = estimate.energy ? Json(estimate.energy->value()) : Json(nullptr);
    head["expected_known_experiments"] = estimate.known;
    head["expected_basis"] = estimate.basis;
    out << "{\n";
    for (const auto& [key, value] : head.items()) {
        out << "  " << Json(key).dump() << ": " << value.dump() << ",\n";
    }
    out << "  \"experiments\": [";
    const char* separator = "\n    ";
    for (const plan::PlannedExperiment& experiment : plan.experiments) {
        out << separator << experiment_to_json(experiment, registry).dump();
        separator = ",\n    ";
    }
    out << (plan.experiments.empty() ? "" : "\n  ") << "]\n}\n";
}

} // namespace mutation::console
