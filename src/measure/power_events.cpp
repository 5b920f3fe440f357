#include "mutation/measure/power_events.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/measure/perf_stat.hpp"
#include "mutation/system/process.hpp"
#include "mutation/system/user.hpp"

#include <array>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

namespace mutation::measure {

namespace {

constexpr Seconds kProbeLimit{20};
constexpr int kLogFd = 3;

std::string first_lines(const std::string& text) {
    constexpr std::size_t kMost = 300;
    std::string flat(trim(text));
    for (char& letter : flat) {
        letter = letter == '\n' || letter == '\r' ? ' ' : letter;
    }
    return flat.size() > kMost ? flat.substr(0, kMost) + "..." : flat;
}

std::string read_version(const std::filesystem::path& perf) {
    system::SpawnRequest request;
    request.argv = {perf.string(), "--version"};
    request.environment = system::plain_environment();
    const system::CapturedRun run = system::run_captured(std::move(request), kProbeLimit);
    const std::string_view text = trim(run.out);
    constexpr std::string_view kHead = "perf version ";
    return run.status.is_success() ? std::string(text.starts_with(kHead) ? text.substr(kHead.size()) : text) : "";
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

PerfProbe probe_perf(const std::filesystem::path& perf, const std::vector<std::string>& events) {
    PerfProbe probe;
    try {
        probe.version = read_version(perf);
        const system::UniqueFd log(::memfd_create("perf-probe", MFD_CLOEXEC));
        system::SpawnRequest request;
        request.argv = perf_command(perf, events, kLogFd);
        request.argv.emplace_back("/bin/true");
        request.environment = system::plain_environment();
        request.fds = {{log.get(), kLogFd}};
        const system::RootScope root;
        const system::CapturedRun run = system::run_captured(std::move(request), kProbeLimit);
        std::array<char, 4096> buffer{};
        const ssize_t size = ::pread(log.get(), buffer.data(), buffer.size(), 0);
        const std::string output(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
        const PerfStat stat = parse_perf_stat(output);
        const PerfEvent* package = stat.find(events.front());
        probe.works = run.status.is_success() && package != nullptr && package->is_supported;
        const PerfEvent* ram = stat.find("energy-ram");
        probe.lacks_ram = ram != nullptr && !ram->is_supported;
        probe.words =
            run.timed_out ? "perf did not end within 20 s" : first_lines(run.err + "\n" + run.out + "\n" + output);
    } catch (const Error& error) {
        probe.words = error.message();
    }
    return probe;
}

} // namespace mutation::measure
