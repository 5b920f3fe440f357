#include "session_verbs.hpp"

#include "mutation/config/experiment_config_loader.hpp"
#include "mutation/config/settings_locator.hpp"
#include "mutation/console/plan_view.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/record/session_document.hpp"
#include "mutation/record/session_store.hpp"
#include "mutation/rollup/session_forecast.hpp"
#include "mutation/session/machine.hpp"
#include "mutation/session/preflight.hpp"
#include "mutation/session/sensor_programs.hpp"
#include "mutation/session/session.hpp"
#include "mutation/system/clock.hpp"
#include "past_tables.hpp"
#include "settings.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <iostream>
#include <iterator>
#include <random>

namespace mutation::cli {

namespace {

config::LoadedExperimentConfig load_config(const Options& options, const Settings& settings) {
    if (options.experiment_config.empty()) {
        return config::config_from_flags(options.repository, options.model, options.mutate, options.runs.value_or(1),
                                         settings.loaded.registry);
    }
    const std::filesystem::path file = config::locate_experiment_config(options.experiment_config, settings.directory);
    return config::load_experiment_config(file, settings.loaded.registry, settings.base);
}

std::uint64_t draw_seed() {
    std::random_device device;
    return device(); // 32 bits: short enough to be typed again
}

/// The errors of a plan name places in the config, one a line; a run from flags has no places.
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
        return plan::make_plan(config, registry, draw_seed(), read_past_runs(config));
    } catch (const Error& error) {
        throw Error(error.kind(), place_plan_errors(error.message(), options.experiment_config));
    }
}

int dry_run(const plan::Plan& plan, const config::Registry& registry, const Options& options) {
    warn(session::missing_for_plan(plan, registry), options);
    warn(session::missing_named_programs(), options);
    const rollup::PlanEstimate estimate =
        rollup::estimate_plan(plan, rollup::load_past_runs(std::filesystem::absolute(options.results), plan));
    if (options.json) {
        console::print_plan_json(std::cout, plan, registry, estimate);
    } else {
        console::print_plan(std::cout, plan, registry, estimate, system::wall_now());
    }
    return 0;
}

std::vector<std::string> to_lines(const std::vector<config::Problem>& problems) {
    std::vector<std::string> lines;
    std::transform(problems.begin(), problems.end(), std::back_inserter(lines), config::format_problem);
    return lines;
}

std::vector<std::string> registry_options(const Options& options) {
    if (!options.registry_file.empty()) {
        return {"--config", std::filesystem::absolute(options.registry_file).string()};
    }
    if (!options.settings.empty()) {
        return {"--settings", std::filesystem::absolute(options.settings).string()};
    }
    return {};
}

std::string quote_command(std::vector<std::string> words, const std::vector<std::string>& arguments) {
    words.insert(words.end(), arguments.begin(), arguments.end());
    return console::quote_for_shell(words);
}

session::SessionRequest blank_request(const Options& options, const std::vector<std::string>& arguments,
                                      const std::optional<system::User>& user) {
    session::SessionRequest request;
    request.called_as = called_as(options.program);
    request.registry_options = registry_options(options);
    request.command_line = quote_command(request.called_as, arguments);
    request.results = std::filesystem::absolute(options.results);
    request.is_registry_file = !options.registry_file.empty();
    request.registry_source = request.is_registry_file ? std::filesystem::absolute(options.registry_file).string()
                                                       : config::locate_settings(options.settings).string();
    request.user = user;
    request.as_root = options.as_root;
    if (options.quiet) {
        request.verbosity = console::Verbosity::quiet;
    } else if (options.verbose) {
        request.verbosity = console::Verbosity::verbose;
    }
    return request;
}

/// What has changed since the session was planned: warnings if `is_forced`, else Error(usage).
std::vector<std::string> check_unchanged(const record::SessionDocument& begun, const session::SessionRequest& request,
                                         bool is_forced) {
    std::vector<std::string> changes;
    if (begun.tool_version != session::tool_version()) {
        changes.push_back(fmt::format("the session was started by mutation {}, this is {}", begun.tool_version,
                                      session::tool_version()));
    }
    for (const auto& [name, digest] : record::registry_digests(request.registry, request.plan)) {
        const auto then = begun.registry_digests.find(name);
        if ((then == begun.registry_digests.end() ? std::nullopt : then->second) != digest) {
            changes.push_back(fmt::format("the registry file of {} has changed since the session was started", name));
        }
    }
    if (!changes.empty() && !is_forced) {
        changes.emplace_back(
            "the runs before and after may not be comparable; undo the change, or continue with --force");
        throw Error(ErrorKind::usage, join(changes, "\n"));
    }
    return changes;
}

/// This program in a process of its own. Without `-o`, the report is in the session's folder.
void add_report(session::SessionRequest& request, const Options& options) {
    if (request.plan.settings.report && !options.no_report) {
        request.report_command = {"/proc/self/exe", "report"};
        request.report_command.insert(request.report_command.end(), request.registry_options.begin(),
                                      request.registry_options.end());
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
                config::throw_if_broken(registry, training->repository);
                throw Error(ErrorKind::usage,
                            fmt::format("{}: the registry does not have {} {} as it was planned; restore its file",
                                        experiment.id, training->repository, training->model));
            }
        }
    }
}

} // namespace

std::vector<std::string> called_as(const std::string& program) {
    const bool is_by_sudo = system::has_root() && std::getenv("SUDO_UID") != nullptr;
    return is_by_sudo ? std::vector<std::string>{"sudo", program} : std::vector<std::string>{program};
}

int run_trainings(const Options& options, const std::vector<std::string>& arguments,
                  const std::optional<system::User>& user, system::SignalFd& signals) {
    Settings settings = load_settings(options);
    config::LoadedExperimentConfig loaded;
    if (settings.loaded.problems.ok()) {
        loaded = load_config(options, settings);
    }
    config::Problems problems = settings.loaded.problems;
    problems.append(std::move(loaded.problems));
    if (options.dry_run || !problems.ok()) { // otherwise the session prints them and logs them
        warn(problems.warnings, options);
    }
    config::throw_if_errors(problems);
    config::override_settings(options.overrides, loaded.config);
    plan::Plan plan = make_plan(options, loaded.config, settings.loaded.registry);
    const std::vector<config::Problem> unused =
        unused_past_tables(options.experiment_config, loaded.config, plan.history.value_or(plan::HistoryUse()));
    if (options.dry_run) {
        warn(unused, options);
        return dry_run(plan, settings.loaded.registry, options);
    }
    session::SessionRequest request = blank_request(options, arguments, user);
    problems.warnings.insert(problems.warnings.end(), unused.begin(), unused.end());
    request.warnings = to_lines(problems.warnings);
    request.plan = std::move(plan);
    request.registry = std::move(settings.loaded.registry);
    request.config = std::move(loaded.document);
    add_report(request, options);
    return session::run_session(request, signals);
}

int resume(Options options, const std::vector<std::string>& arguments, const std::optional<system::User>& user,
           system::SignalFd& signals) {
    const record::SessionStore store = record::SessionStore::open(options.session);
    record::SessionDocument begun = record::read_session_document(store.directory());
    if (options.registry_file.empty() && options.settings.empty()) {
        (begun.is_registry_file ? options.registry_file : options.settings) = begun.registry_source;
    }
    Settings settings = load_settings(options);
    config::throw_if_errors(settings.loaded.problems);
    session::SessionRequest request = blank_request(options, arguments, user);
    request.warnings = to_lines(settings.loaded.problems.warnings);
    request.plan = std::move(begun.plan);
    request.registry = std::move(settings.loaded.registry);
    request.resumed = store.directory();
    request.resumed_name = begun.session;
    request.results = store.directory().parent_path();
    request.retry_failed = options.retry_failed;
    add_report(request, options);
    check_known(request.plan, request.registry);
    request.check_resumed = [&] { return check_unchanged(begun, request, options.force); };
    return session::run_session(request, signals);
}

} // namespace mutation::cli
