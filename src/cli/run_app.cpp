#include "mutation/cli/run_app.hpp"

#include "mutation/cli/doctor.hpp"
#include "mutation/cli/options.hpp"
#include "mutation/config/registry_loader.hpp"
#include "mutation/config/settings_locator.hpp"
#include "mutation/console/registry_view.hpp"
#include "mutation/core/counted.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/record/session_layout.hpp"
#include "mutation/rollup/summarize.hpp"
#include "mutation/run/attempt.hpp"
#include "mutation/run/governor.hpp"
#include "mutation/session/machine.hpp"
#include "mutation/session/sensor_programs.hpp"
#include "mutation/system/guardian.hpp"
#include "registry_selection.hpp"
#include "report_verb.hpp"
#include "session_verbs.hpp"
#include "settings.hpp"
#include "validate.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <iostream>
#include <new>
#include <system_error>

namespace mutation::cli {

namespace {

constexpr int kUsageStatus = 2;
constexpr int kMachineStatus = 3;
constexpr int kInternalStatus = 70; // EX_SOFTWARE: a defect of this program
constexpr int kSignalStatus = 128;  // plus the signal's number

int list(const Options& options) {
    const Settings settings = load_good_settings(options);
    const config::Registry registry = select_from_registry(settings.loaded.registry, options);
    if (options.json) {
        std::cout << console::registry_to_json(registry).dump(2) << '\n';
    } else {
        console::print_registry(std::cout, registry);
    }
    return 0;
}

int summarize(const Options& options) {
    const Settings settings = load_good_settings(options);
    const rollup::SummarizeResult result = rollup::summarize_session(options.session, settings.loaded.registry);
    for (const std::string& remark : result.remarks) {
        print_text(stderr, fmt::format("warning: {}\n", remark));
    }
    std::cout << fmt::format("{}, {} of them changed\nsummary: {}\n", counted(result.records, "record"), result.rebuilt,
                             record::SessionLayout(options.session).summary().string());
    if (!result.refused.empty()) {
        throw Error(ErrorKind::storage,
                    fmt::format("{}\nthese records are missing in the summary; repair the files, or "
                                "move them away",
                                join(result.refused, "\n")));
    }
    return 0;
}

bool is_interrupted(system::SignalFd& signals, run::Interruption& interruption) {
    run::take_signals(signals, interruption);
    return interruption.is_requested();
}

int doctor(const Options& options, const std::optional<system::User>& user, system::SignalFd& signals) {
    Patient patient;
    patient.user = user;
    patient.sysfs = session::sysfs_root();
    patient.results = std::filesystem::absolute(options.results);
    std::vector<Check> checks;
    std::optional<Settings> settings;
    try {
        settings = load_settings(options);
        config::throw_if_errors(settings->loaded.problems);
        patient.registry = &settings->loaded.registry;
    } catch (const Error& error) {
        patient.settings_error = error.message();
    }
    patient.sources = {std::nullopt, std::nullopt, patient.sysfs, Seconds(0.1), signals.fd()};
    try {
        patient.sources.perf = session::find_perf();
    } catch (const Error& error) {
        checks.push_back({"perf_named", Check::Status::failure, error.message(), "unset MUTATION_PERF"});
    }
    try {
        patient.sources.nvidia_smi = session::find_nvidia_smi();
    } catch (const Error& error) {
        checks.push_back({"nvidia_smi_named", Check::Status::failure, error.message(), "unset MUTATION_NVIDIA_SMI"});
    }
    run::Interruption interruption;
    for (const auto& look : {check_settings, check_sensors, check_machine_state}) {
        if (is_interrupted(signals, interruption)) {
            break;
        }
        const std::vector<Check> found = look(patient);
        checks.insert(checks.end(), found.begin(), found.end());
    }
    if (options.self_test && !is_interrupted(signals, interruption)) {
        sensors::Sensors sensors(patient.sources);
        const std::vector<Check> found = run_self_test(sensors, signals.fd());
        checks.insert(checks.end(), found.begin(), found.end());
    }
    if (is_interrupted(signals, interruption)) {
        print_text(stderr, "interrupted\n");
        return kSignalStatus + *interruption.signal;
    }
    if (options.json) {
        std::cout << checks_to_json(checks).dump(2) << '\n';
    } else {
        print_checks(std::cout, checks);
    }
    const bool can_run = std::none_of(checks.begin(), checks.end(),
                                      [](const Check& check) { return check.status == Check::Status::failure; });
    return can_run ? 0 : kMachineStatus;
}

int exit_status(ErrorKind kind) {
    switch (kind) {
    case ErrorKind::usage:
        return kUsageStatus;
    case ErrorKind::machine:
    case ErrorKind::storage:
        return kMachineStatus;
    case ErrorKind::internal:
        break;
    }
    return kInternalStatus;
}

/// What the system refused, with the most frequent cause.
std::string describe_refusal(const std::system_error& error) {
    std::error_code status;
    [[maybe_unused]] const std::filesystem::path here = std::filesystem::current_path(status);
    return status ? fmt::format("the working directory cannot be used ({}); change to one that exists, then try again",
                                status.message())
                  : std::string(error.what());
}

/// Governors that a killed session left changed are restored first. If this tool is killed, its guardian restores them.
system::UniqueFd split_off_guardian() {
    const std::filesystem::path sysfs = session::sysfs_root();
    if (const std::size_t count = run::restore_abandoned_governors(sysfs); count > 0) {
        fmt::print(stderr, "restored the governor of {}, which a killed session had left changed\n",
                   counted(count, "CPU"));
    }
    const std::vector<run::CpuGovernor> found = run::read_governors(sysfs);
    return system::split_off_guardian([&] { run::restore_governors_after_kill(sysfs, found); });
}

int run_verb(const Options& options, const std::vector<std::string>& arguments) {
    const std::optional<system::User> user = system::training_user(options.as_root);
    switch (options.verb) {
    case Verb::show_help:
        std::cout << help_text(options.help_topic);
        return 0;
    case Verb::show_version:
        std::cout << "mutation " << session::tool_version() << '\n';
        return 0;
    default:
        break;
    }
    const bool is_session = (options.verb == Verb::run && !options.dry_run) || options.verb == Verb::resume;
    system::SignalFd signals(is_session ? split_off_guardian() : system::UniqueFd());
    if (options.verb == Verb::stop) {
        return stop(options); // keeps root's rights: root may stop every session
    }
    if (user) {
        system::act_as(*user);
    }
    switch (options.verb) {
    case Verb::list:
        return list(options);
    case Verb::doctor:
        return doctor(options, user, signals);
    case Verb::validate:
        return validate(options);
    case Verb::summarize:
        system::unblock_signals(); // it writes whole files, so that it may be interrupted at any time
        return summarize(options);
    case Verb::report:
        system::unblock_signals(); // as for summarize
        return report(options);
    case Verb::resume:
        return resume(options, arguments, user, signals);
    default:
        return run_trainings(options, arguments, user, signals);
    }
}

} // namespace

int run_app(const std::string& program, const std::vector<std::string>& arguments) {
    if (arguments.empty()) {
        print_text(stderr, help_text());
        return kUsageStatus;
    }
    try {
        Options options = parse_options(arguments);
        options.program = program;
        const int status = run_verb(options, arguments);
        std::cout.flush();
        return status;
    } catch (const Error& error) {
        for (const std::string_view line : split(error.message(), '\n')) {
            print_text(stderr, fmt::format("error: {}\n", line));
        }
        return exit_status(error.kind());
    } catch (const std::system_error& error) {
        print_text(stderr, fmt::format("error: {}\n", describe_refusal(error)));
        return kMachineStatus;
    } catch (const std::bad_alloc&) {
        print_text(stderr, "error: there is not enough memory\n");
        return kMachineStatus;
    } catch (const std::exception& error) {
        print_text(stderr, fmt::format("error: {} (a defect of this program; please report it)\n", error.what()));
        return kInternalStatus;
    }
}

} // namespace mutation::cli
