#include "mutation/sensors/gpu_processes.hpp"

#include "mutation/core/excerpt.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "mutation/system/process_tree.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <optional>

namespace mutation::sensors {

namespace {

bool is_uuid(std::string_view cell) {
    return cell.starts_with("GPU-") || cell.starts_with("MIG-");
}

/// `[Not Found]`, `[Insufficient Permissions]`, `[N/A]`, `-`: no name.
std::string readable_name(std::string_view cell) {
    constexpr std::size_t kLongestName = 300;
    const bool is_absent = cell == "-" || (cell.starts_with('[') && cell.ends_with(']'));
    return is_absent ? std::string() : make_excerpt(cell, kLongestName);
}

/// `PID, NAME, UUID`. The name may contain commas.
std::optional<GpuProcess> parse_row(std::string_view row) {
    const std::size_t first = row.find(',');
    const std::optional<std::int64_t> pid = parse_integer(trim(row.substr(0, first)));
    if (!pid || *pid <= 0 || *pid > std::numeric_limits<pid_t>::max()) {
        return std::nullopt;
    }
    GpuProcess process{static_cast<pid_t>(*pid), "", ""};
    std::string_view rest = first == std::string_view::npos ? std::string_view{} : row.substr(first + 1);
    const std::size_t last = rest.rfind(',') + 1; // npos + 1 is 0
    const std::string_view uuid = trim(rest.substr(last));
    if (is_uuid(uuid) || uuid == "[N/A]") {
        process.uuid = is_uuid(uuid) ? uuid : "";
        rest = rest.substr(0, last > 0 ? last - 1 : 0);
    }
    process.name = readable_name(trim(rest));
    return process;
}

/// The last part of the program's path: of `/usr/lib/xorg/Xorg -core` it is `Xorg`.
std::string_view program_of(std::string_view name) {
    const std::string_view path = name.substr(0, name.find(' '));
    return path.substr(path.rfind('/') + 1);
}

/// The driver's own programs, and those that draw the screen.
bool is_service(std::string_view program) {
    constexpr std::array<std::string_view, 15> kServices{
        "nv-hostengine",   "nv-fabricmanage", "Xorg",     "Xorg.bin",     "X",
        "Xwayland",        "gnome-shell",     "kwin_x11", "kwin_wayland", "plasmashell",
        "gnome-remote-de", "weston",          "sway",     "mutter",       "Hyprland"};
    return program.starts_with("nvidia-") || std::find(kServices.begin(), kServices.end(), program) != kServices.end();
}

} // namespace

std::string GpuProcess::display_name() const {
    return name.empty() ? system::name_of(pid) : name;
}

std::vector<GpuProcess> parse_gpu_processes(std::string_view csv) {
    std::vector<GpuProcess> processes;
    for (const std::string_view row : split(csv, '\n')) {
        if (std::optional<GpuProcess> process = parse_row(trim(row))) {
            processes.push_back(std::move(*process));
        }
    }
    return processes;
}

ProcessOwners::ProcessOwners(pid_t root, std::set<pid_t> companions, bool has_machine_pids)
    : root_(root), companions_(std::move(companions)), has_machine_pids_(has_machine_pids) {}

std::vector<ProcessOwner> ProcessOwners::find(const std::vector<GpuProcess>& of_one_gpu) const {
    std::vector<ProcessOwner> owners;
    bool has_absent = false;
    for (const GpuProcess& process : of_one_gpu) {
        owners.push_back(find_one(process));
        has_absent = has_absent || !system::does_exist(process.pid);
    }
    if (has_absent && !has_machine_pids_) {
        std::fill(owners.begin(), owners.end(), ProcessOwner::unknown);
    }
    return owners;
}

std::vector<GpuProcess> ProcessOwners::find_foreign(const std::vector<GpuProcess>& listed) const {
    std::map<std::string, std::vector<GpuProcess>> by_gpu;
    for (const GpuProcess& process : listed) {
        by_gpu[process.uuid].push_back(process);
    }
    std::vector<GpuProcess> foreign;
    for (const auto& [uuid, processes] : by_gpu) {
        const std::vector<ProcessOwner> owners = find(processes);
        for (std::size_t i = 0; i < owners.size(); ++i) {
            if (owners[i] == ProcessOwner::foreign) {
                foreign.push_back(processes[i]);
            }
        }
    }
    return foreign;
}

ProcessOwner ProcessOwners::find_one(const GpuProcess& process) const {
    if (!system::does_exist(process.pid)) {
        return ProcessOwner::unknown;
    }
    const std::optional<bool> is_ours = system::is_below(process.pid, root_);
    if (is_ours == true) {
        const bool is_companions = std::any_of(companions_.begin(), companions_.end(), [&](pid_t companion) {
            return system::is_below(process.pid, companion) == true;
        });
        return is_companions ? ProcessOwner::companion : ProcessOwner::training;
    }
    if (is_service(program_of(process.display_name()))) {
        return ProcessOwner::driver;
    }
    if (is_ours == false) {
        return ProcessOwner::foreign;
    }
    // Its parents cannot be read: another user's if we may not signal it either (/proc mounted with hidepid), else it
    // has just ended.
    return system::may_signal(process.pid) ? ProcessOwner::unknown : ProcessOwner::foreign;
}

} // namespace mutation::sensors
