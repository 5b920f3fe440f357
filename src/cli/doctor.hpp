#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/sensors/sensors.hpp"
#include "mutation/system/user.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mutation::cli {

/// The result of one check.
struct Check {
    enum class Status {
        ok,
        warning, ///< figures will be missing, or less certain
        failure, ///< no run can start
    };
    std::string name;
    Status status = Status::ok;
    std::string value;
    std::string remedy; ///< the exact command, if there is one
};

/// What the doctor checks.
struct Patient {
    std::filesystem::path sysfs;
    std::filesystem::path results;
    sensors::SensorSources sources;
    const config::Registry* registry = nullptr; ///< null: settings could not be loaded
    std::string settings_error;
    std::optional<system::User> user; ///< the user for trainings, if not the current one
};

/// Sensors: found, permitted, their update interval as observed, resolution, averaging; RAPL domains,
/// perf_event_paranoid, governor, persistence mode.
[[nodiscard]] std::vector<Check> check_sensors(const Patient& patient);

/// The state of the machine: load, others' GPU processes, logged-in sessions, swap, free memory and disk, time
/// synchronisation, turbo.
[[nodiscard]] std::vector<Check> check_machine_state(const Patient& patient);

/// Settings and repositories: whether each can be trained here.
[[nodiscard]] std::vector<Check> check_settings(const Patient& patient);

/// Idles for 3 s, loads every CPU and GPU for 10 s, and checks that the sensors react.
[[nodiscard]] std::vector<Check> run_self_test(sensors::Sensors& sensors, int stop_fd);

} // namespace mutation::cli
