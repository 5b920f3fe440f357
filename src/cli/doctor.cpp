#include "doctor.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/run/attempt.hpp"
#include "mutation/session/machine.hpp"
#include "mutation/session/sensor_programs.hpp"
#include "settings.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <iostream>

namespace mutation::cli {

namespace {

constexpr int kNotReadyStatus = 3;
constexpr int kSignalStatus = 128; // plus the signal's number

std::string_view status_name(Check::Status status) {
    switch (status) {
    case Check::Status::ok:
        return "ok";
    case Check::Status::warning:
        return "warning";
    case Check::Status::failure:
        break;
    }
    return "failure";
}

void print_checks(std::ostream& out, const std::vector<Check>& checks) {
    std::size_t width = 0;
    for (const Check& check : checks) {
        width = std::max(width, check.name.size());
    }
    for (const Check& check : checks) {
        out << fmt::format("{:<{}}  {:<7}  {}\n", check.name, width, status_name(check.status), check.value);
        if (!check.remedy.empty()) {
            out << fmt::format("{:<{}}           -> {}\n", "", width, check.remedy);
        }
    }
}

Json checks_to_json(const std::vector<Check>& checks) {
    Json list = Json::array();
    for (const Check& check : checks) {
        list.push_back(Json{{"name", check.name},
                            {"status", status_name(check.status)},
                            {"value", check.value},
                            {"remedy", check.remedy.empty() ? Json(nullptr) : Json(check.remedy)}});
    }
    return Json{{"checks", std::move(list)}};
}

bool is_interrupted(system::SignalFd& signals, run::Interruption& interruption) {
    run::take_signals(signals, interruption);
    return interruption.is_requested();
}

} // namespace

int doctor(const Call& call) {
    const Options& options = call.options;
    system::SignalFd& signals = call.signals;
    Patient patient;
    patient.user = call.user;
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
    if (options.own.contains("self-test") && !is_interrupted(signals, interruption)) {
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
    return can_run ? 0 : kNotReadyStatus;
}

} // namespace mutation::cli
