#include "doctor.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "mutation/sensors/gpu_query.hpp"
#include "mutation/session/disk_space.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/file.hpp"
#include "mutation/system/process_tree.hpp"

#include <array>
#include <cstdlib>
#include <fmt/format.h>
#include <ostream>
#include <sys/timex.h>
#include <thread>
#include <unistd.h>
#include <utmpx.h>

namespace mutation::cli {

namespace {

using Status = Check::Status;

constexpr double kBusyShare = 0.1;
constexpr std::uintmax_t kPlentyDisk = std::uintmax_t{10} << 30U;

std::string read_text(const std::filesystem::path& file) {
    try {
        return std::string(trim(system::read_file(file, 1U << 20U)));
    } catch (const Error&) {
        return {};
    }
}

/// A value of /proc/meminfo, in bytes.
std::optional<double> memory_value(std::string_view text, std::string_view name) {
    for (const std::string_view line : split(text, '\n')) {
        if (line.starts_with(name) && line.size() > name.size() && line[name.size()] == ':') {
            std::string_view rest = trim(line.substr(name.size() + 1));
            const auto value = parse_double(rest.substr(0, rest.find(' ')));
            return value ? std::optional(*value * 1024) : std::nullopt;
        }
    }
    return std::nullopt;
}

std::string format_bytes(double bytes) {
    return fmt::format("{:.1f} GiB", bytes / (1U << 30U));
}

Check check_load() {
    std::array<double, 1> load{};
    const double cpus = std::max(1U, std::thread::hardware_concurrency());
    if (::getloadavg(load.data(), 1) != 1) {
        return {"load", Status::warning, "unknown", ""};
    }
    const bool is_idle = load[0] / cpus < kBusyShare;
    return {"load", is_idle ? Status::ok : Status::warning,
            fmt::format("{:.2f} over the last minute on {:.0f} CPUs", load[0], cpus),
            is_idle ? "" : "the CPU figure includes everything on the machine; see what runs: top"};
}

Check check_sessions() {
    int sessions = 0;
    ::setutxent();
    while (const utmpx* entry = ::getutxent()) {
        sessions += entry->ut_type == USER_PROCESS ? 1 : 0;
    }
    ::endutxent();
    return {"logged_in_sessions", sessions > 1 ? Status::warning : Status::ok, std::to_string(sessions),
            sessions > 1 ? "others may use the machine meanwhile; see: who" : ""};
}

Check check_swap(const std::string& memory) {
    const double used = memory_value(memory, "SwapTotal").value_or(0) - memory_value(memory, "SwapFree").value_or(0);
    const bool is_used = used > (64 << 20);
    return {"swap_in_use", is_used ? Status::warning : Status::ok, format_bytes(used),
            is_used ? "swapping takes time and energy; free memory, then: sudo swapoff -a && sudo swapon -a" : ""};
}

Check check_memory(const std::string& memory) {
    const double free = memory_value(memory, "MemAvailable").value_or(0);
    const bool is_short = free < (std::uintmax_t{2} << 30U);
    return {"free_memory", is_short ? Status::warning : Status::ok, format_bytes(free),
            is_short ? "end what is not needed" : ""};
}

Check check_disk(const std::filesystem::path& results) {
    const std::uintmax_t free = session::free_disk(results);
    const Status status =
        free < session::kLeastFreeDisk ? Status::failure : (free < kPlentyDisk ? Status::warning : Status::ok);
    return {"free_disk", status,
            fmt::format("{} where {} lies", format_bytes(static_cast<double>(free)), results.string()),
            status == Status::ok ? "" : "free some space, or give --results-dir on another disk"};
}

Check check_results(const std::filesystem::path& results) {
    std::filesystem::path existing = std::filesystem::absolute(results);
    std::error_code status;
    while (!std::filesystem::exists(existing, status) && existing.has_relative_path()) {
        existing = existing.parent_path();
    }
    const bool is_fine = std::filesystem::is_directory(existing, status) && ::access(existing.c_str(), W_OK) == 0;
    return {"results", is_fine ? Status::ok : Status::failure,
            is_fine ? results.string() : existing.string() + " cannot be written",
            is_fine ? "" : "give --results-dir a folder of yours"};
}

Check check_time() {
    timex state{};
    const bool is_synchronised = ::adjtimex(&state) != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
    return {"time_synchronisation", is_synchronised ? Status::ok : Status::warning,
            is_synchronised ? "synchronised"
                            : "the clock is not synchronised; figures do not depend on it, time stamps do",
            is_synchronised ? "" : "sudo timedatectl set-ntp true"};
}

Check check_turbo(const std::filesystem::path& sysfs) {
    const std::string no_turbo = read_text(sysfs / "devices/system/cpu/intel_pstate/no_turbo");
    const std::string boost = read_text(sysfs / "devices/system/cpu/cpufreq/boost");
    if (no_turbo.empty() && boost.empty()) {
        return {"turbo", Status::ok, "not shown by this machine", ""};
    }
    const bool is_on = no_turbo == "0" || boost == "1";
    return {"turbo", Status::ok,
            is_on ? "on: clocks depend on temperature; turn it off to compare runs closely" : "off",
            is_on ? (no_turbo.empty() ? "echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost"
                                      : "echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo")
                  : ""};
}

void check_gpu_processes(const Patient& patient, std::vector<Check>& checks) {
    if (!patient.sources.nvidia_smi) {
        return;
    }
    const sensors::ProcessOwners owners(::getpid(), {}, system::has_machine_pids());
    const std::vector<sensors::GpuProcess> listed =
        sensors::query_gpu_processes(*patient.sources.nvidia_smi, {sensors::Patience().limit, patient.sources.stop_fd});
    const std::vector<sensors::GpuProcess> processes = owners.find_foreign(listed);
    const std::string none =
        listed.empty() ? "none"
                       : fmt::format("none of other jobs; {} listed are the driver's own, or do not exist here (they "
                                     "are outside of this container, or have ended)",
                                     listed.size());
    std::string names;
    for (const sensors::GpuProcess& process : processes) {
        names += fmt::format("{}{} {}", names.empty() ? "" : ", ", process.pid, process.display_name());
    }
    checks.push_back({"gpu_processes", processes.empty() ? Status::ok : Status::warning,
                      processes.empty() ? none : names,
                      processes.empty() ? "" : "they load the GPU that is to be measured; end them or wait"});
}

} // namespace

std::vector<Check> check_machine_state(const Patient& patient) {
    const std::string memory = read_text("/proc/meminfo");
    std::vector<Check> checks{check_load(),
                              check_sessions(),
                              check_swap(memory),
                              check_memory(memory),
                              check_disk(patient.results),
                              check_results(patient.results),
                              check_time(),
                              check_turbo(patient.sysfs)};
    check_gpu_processes(patient, checks);
    return checks;
}

} // namespace mutation::cli
