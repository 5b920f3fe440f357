#include "session_verbs.hpp"

#include "mutation/app/machine.hpp"
#include "mutation/app/preflight.hpp"
#include "mutation/app/session.hpp"
#include "mutation/config/experiment_config_loader.hpp"
#include "mutation/config/settings_locator.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/plan/plan_json.hpp"
#include "mutation/record/session_store.hpp"
#include "mutation/report/plan_view.hpp"
#include "mutation/rollup/session_forecast.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/file.hpp"
#include "settings.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iostream>
#include <iterator>
#include <random>

namespace mutation::app {

namespace {

config::LoadedExperimentConfig load_config(const Options& options, const Settings& settings, Json& text) {
    if (options.experiment_config.empty()) {
        return config::config_from_flags(options.repository, options.model, options.mutate, options.runs.value_or(1),
                                         settings.loaded.registry);
    }
    const std::filesystem::path file = config::locate_experiment_config(options.experiment_config, settings.directory);
    config::LoadedExperimentConfig loaded =
        config::load_experiment_config(file, settings.loaded.registry, settings.base);
    if (loaded.problems.ok()) {
        text = parse_json(system::read_file(file)).value;
    }
    return loaded;
}

std::vector<plan::HistoricalRun> load_history(const config::ExperimentConfig& config) {
    std::vector<plan::HistoricalRun> history;
    if (config.use_deduplication) {
        for (const std::string& file : config.historical_csvs) {
            std::vector<plan::HistoricalRun> runs = plan::parse_history(system::read_file(file));
            history.insert(history.end(), std::make_move_iterator(runs.begin()), std::make_move_iterator(runs.end()));
        }
    }
    return history;
}

std::uint64_t draw_seed() {
    std::random_device device;
    return device(); // 32 bits: short enough to be typed again
}

/// A plan's errors name places in the config, one a line; what was asked for by flags has no place.
std::string place_plan_errors(const std::string& message, const std::string& file) {
    constexpr std::string_view kOnlyPlace = "experiments[0]: ";
    std::string text;
    for (std::string_view line : split(message, '\n')) {
        if (file.empty() && line.starts_with(kOnlyPlace)) {
            line.remove_prefix(kOnlyPlace.size());
        }
        text += fmt::format("{}{}{}", text.empty() ? "" : "\n", file.empty() ? "" : file + ": $.", line);
    }
    return text;
}

plan::Plan make_plan(const Options& options, const config::ExperimentConfig& config, const config::Registry& registry) {
    try {
        return plan::make_plan(config, registry, options.overrides, draw_seed(), load_history(config));
    } catch (const Error& error) {
        throw Error(error.kind(), place_plan_errors(error.message(), options.experiment_config));
    }
}

int dry_run(const plan::Plan& plan, const config::Registry& registry, const Options& options) {
    for (const std::string& missing : missing_for_plan(plan, registry)) {
        print_text(stderr, fmt::format("warning: {}\n", missing));
    }
    const rollup::PlanEstimate estimate =
        rollup::estimate_plan(plan, rollup::load_past_runs(std::filesystem::absolute(options.results), plan));
    if (options.json) {
        report::print_plan_json(std::cout, plan, registry, estimate);
    } else {
        report::print_plan(std::cout, plan, registry, estimate, system::real_clock().wall());
    }
    return 0;
}

std::string quote_command(const std::vector<std::string>& arguments) {
    return "mutation " + join(arguments, " ");
}

SessionRequest blank_request(const Options& options, const std::vector<std::string>& arguments,
                             const std::optional<system::User>& user) {
    SessionRequest request;
    request.command_line = quote_command(arguments);
    request.results = std::filesystem::absolute(options.results);
    request.is_registry_file = !options.registry_file.empty();
    request.registry_source = request.is_registry_file ? std::filesystem::absolute(options.registry_file).string()
                                                       : config::locate_settings(options.settings).string();
    request.user = user;
    request.as_root = options.as_root;
    if (options.quiet) {
        request.verbosity = report::Verbosity::quiet;
    } else if (options.verbose) {
        request.verbosity = report::Verbosity::verbose;
    }
    return request;
}

/// Which of the fields that are read below is no such thing; "" where all are.
std::string check_session_fields(const Json& session) {
    const auto is_none_or = [&session](const char* field, bool (Json::*is_type)() const noexcept) {
        const auto found = session.find(field);
        return found == session.end() || (*found.*is_type)();
    };
    for (const char* field : {"session", "tool_version", "registry_source"}) {
        if (!is_none_or(field, &Json::is_string)) {
            return fmt::format("$.{} is no text", field);
        }
    }
    if (!is_none_or("is_registry_file", &Json::is_boolean)) {
        return "$.is_registry_file is not true or false";
    }
    return is_none_or("registry_digests", &Json::is_object) ? "" : "$.registry_digests is no object";
}

/// Holds what a session was planned with against what there is now.
void check_unchanged(const Json& session, const SessionRequest& request, bool is_forced) {
    std::vector<std::string> changes;
    const std::string version = session.value("tool_version", "");
    if (version != tool_version()) {
        changes.push_back(fmt::format("the session was begun by mutation {}, this is {}", version, tool_version()));
    }
    const Json now = registry_digests(request.registry, request.plan);
    const Json then = session.value("registry_digests", Json::object());
    for (const auto& [name, value] : now.items()) {
        if (then.value(name, Json()) != value) {
            changes.push_back(fmt::format("the registry file of {} has changed since the session was begun", name));
        }
    }
    if (changes.empty()) {
        return;
    }
    if (!is_forced) {
        changes.emplace_back("runs of before and after may not compare; put it back, or go on with --force");
        throw Error(ErrorKind::usage, join(changes, "\n"));
    }
    for (const std::string& change : changes) {
        print_text(stderr, fmt::format("warning: {}\n", change));
    }
}

bool is_known(const plan::PlannedTraining& training, const config::Registry& registry) {
    const config::Repository* repository = registry.find(training.repository);
    const config::Model* model = repository == nullptr ? nullptr : repository->find_model(training.model);
    return model != nullptr &&
           std::all_of(training.hyperparameters.begin(), training.hyperparameters.end(),
                       [&](const Assignment& value) { return model->find_hyperparameter(value.name) != nullptr; });
}

/// Every training of the plan must still be in the registry, with the same hyperparameters.
void check_known(const plan::Plan& plan, const config::Registry& registry) {
    for (const plan::PlannedExperiment& experiment : plan.experiments) {
        const plan::PlannedTraining* background =
            experiment.background ? &experiment.background->training : &experiment.training;
        for (const plan::PlannedTraining* training : {&experiment.training, background}) {
            if (!is_known(*training, registry)) {
                throw Error(ErrorKind::usage,
                            fmt::format("{}: the registry does not know {} {} as it was planned; put its file back",
                                        experiment.id, training->repository, training->model));
            }
        }
    }
}

} // namespace

int run_trainings(const Options& options, const std::vector<std::string>& arguments,
                  const std::optional<system::User>& user, system::SignalFd& signals) {
    Settings settings = load_settings(options);
    config::throw_if_errors(settings.loaded.problems);
    Json text = nullptr;
    config::LoadedExperimentConfig loaded = load_config(options, settings, text);
    config::throw_if_errors(loaded.problems);
    warn(settings.loaded.problems.warnings);
    warn(loaded.problems.warnings);
    plan::Plan plan = make_plan(options, loaded.config, settings.loaded.registry);
    if (options.dry_run) {
        return dry_run(plan, settings.loaded.registry, options);
    }
    SessionRequest request = blank_request(options, arguments, user);
    request.plan = std::move(plan);
    request.registry = std::move(settings.loaded.registry);
    request.config = std::move(text);
    return run_session(request, signals);
}

int resume(Options options, const std::vector<std::string>& arguments, const std::optional<system::User>& user,
           system::SignalFd& signals) {
    const record::SessionStore store = record::SessionStore::open(options.session);
    const Json session = store.read_session();
    if (const std::string complaint = check_session_fields(session); !complaint.empty()) {
        throw Error(ErrorKind::usage, fmt::format("{}: {}", (store.directory() / "session.json").string(), complaint));
    }
    if (options.registry_file.empty() && options.settings.empty()) {
        (session.value("is_registry_file", false) ? options.registry_file : options.settings) =
            session.value("registry_source", "");
    }
    Settings settings = load_settings(options);
    config::throw_if_errors(settings.loaded.problems);
    SessionRequest request = blank_request(options, arguments, user);
    request.plan = plan::plan_from_json(session.value("plan", Json()));
    request.registry = std::move(settings.loaded.registry);
    request.resumed = store.directory();
    request.resumed_name = session.value("session", store.name()); // none: of a program that did not write it yet
    request.results = store.directory().parent_path();
    request.retry_failed = options.retry_failed;
    check_known(request.plan, request.registry);
    check_unchanged(session, request, options.force);
    return run_session(request, signals);
}

} // namespace mutation::app
