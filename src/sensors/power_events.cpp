#include "mutation/sensors/power_events.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/sensors/perf_stat.hpp"
#include "mutation/system/process.hpp"
#include "mutation/system/user.hpp"

#include <array>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

namespace mutation::sensors {

namespace {

constexpr Seconds kProbeLimit{20};
constexpr int kLogFd = 3;

system::CapturedRun ask_version(const std::filesystem::path& perf, int stop_fd) {
    system::SpawnRequest request;
    request.argv = {perf.string(), "--version"};
    request.environment = system::plain_environment();
    return system::run_captured(std::move(request), kProbeLimit, {stop_fd});
}

std::optional<std::string> parse_version(const system::CapturedRun& run) {
    std::string_view text = trim(run.out);
    constexpr std::string_view kHead = "perf version ";
    text.remove_prefix(text.starts_with(kHead) ? kHead.size() : 0);
    return run.status.is_success() && !text.empty() ? std::optional(std::string(text)) : std::nullopt;
}

struct PerfTrial {
    system::CapturedRun run;
    std::string output; ///< what perf wrote to its log
};

/// Runs perf around a command, as root if sudo gave it.
PerfTrial try_perf(const std::filesystem::path& perf, const std::vector<std::string>& events,
                   const std::vector<std::string>& command, int stop_fd) {
    const system::UniqueFd log(::memfd_create("perf-probe", MFD_CLOEXEC));
    system::SpawnRequest request;
    request.argv = perf_command(perf, events, kLogFd);
    request.argv.insert(request.argv.end(), command.begin(), command.end());
    request.environment = system::plain_environment();
    request.fds = {{log.get(), kLogFd}};
    const system::RootScope root;
    PerfTrial trial;
    trial.run = system::run_captured(std::move(request), kProbeLimit, {stop_fd});
    std::array<char, 4096> buffer{};
    const ssize_t size = ::pread(log.get(), buffer.data(), buffer.size(), 0);
    trial.output.assign(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    return trial;
}

/// The events that are supported and counted nothing.
std::vector<std::string> still_events(const PerfStat& stat, const std::vector<std::string>& events) {
    std::vector<std::string> still;
    for (const std::string& name : events) {
        const PerfEvent* event = stat.find(name);
        if (event != nullptr && event->is_supported && event->total().value_or(Joules(0)).value() <= 0) {
            still.push_back(name);
        }
    }
    return still;
}

/// Why perf was ended early; nullopt if it was not.
std::optional<std::string> describe_hang(const system::CapturedRun& run) {
    if (run.was_stopped) {
        return fmt::format("interrupted before perf ended{}", run.hang_note());
    }
    return run.timed_out
               ? std::optional(fmt::format("perf did not end within {:.0f} s{}", kProbeLimit.count(), run.hang_note()))
               : std::nullopt;
}

} // namespace

std::vector<std::string> find_power_events(const std::filesystem::path& sysfs) {
    std::vector<std::string> events;
    for (const char* name : {"energy-pkg", "energy-ram", "energy-psys"}) {
        std::error_code status;
        if (std::filesystem::exists(sysfs / "bus/event_source/devices/power/events" / name, status)) {
            events.emplace_back(name);
        }
    }
    return events;
}

std::vector<std::string> perf_command(const std::filesystem::path& perf, const std::vector<std::string>& events,
                                      int log_fd) {
    std::vector<std::string> names;
    for (const std::string& event : events) {
        names.push_back("power/" + event + "/");
    }
    return {perf.string(),          "stat", "-a", "-I", "1000", "-x", ";", "-e", join(names, ","), "--log-fd",
            std::to_string(log_fd), "--"};
}

PerfProbe probe_perf(const std::filesystem::path& perf, const std::vector<std::string>& events, int stop_fd) {
    PerfProbe probe;
    try {
        const system::CapturedRun version = ask_version(perf, stop_fd);
        probe.version = parse_version(version);
        probe.error = describe_hang(version);
        if (probe.error) {
            return probe; // it would hang again
        }
        const PerfTrial trial = try_perf(perf, events, {"/bin/true"}, stop_fd);
        const PerfStat stat = parse_perf_stat(trial.output);
        const PerfEvent* package = stat.find(events.front());
        probe.works = trial.run.status.is_success() && package != nullptr && package->is_supported;
        const PerfEvent* ram = stat.find("energy-ram");
        probe.is_ram_missing = ram != nullptr && !ram->is_supported;
        if (!probe.works) {
            OtherOutput output;
            output.add(trial.run.err + "\n" + trial.run.out + "\n" + trial.output);
            probe.error = describe_hang(trial.run).value_or(output.text());
        }
        probe.still = still_events(stat, events);
        if (probe.works && !probe.still.empty()) { // so short a run may end before a counter moves
            const std::vector<std::string> sleep{"sleep", fmt::format("{}", kStillProbe.count())};
            probe.still = still_events(parse_perf_stat(try_perf(perf, events, sleep, stop_fd).output), probe.still);
        }
    } catch (const Error& error) {
        probe.error = error.message();
    }
    return probe;
}

} // namespace mutation::sensors
