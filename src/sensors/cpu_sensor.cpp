#include "mutation/sensors/cpu_sensor.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/energy/still_counter.hpp"
#include "mutation/energy/verdict.hpp"
#include "mutation/sensors/cpu_power_csv.hpp"
#include "mutation/sensors/perf_counts.hpp"
#include "mutation/sensors/perf_stat.hpp"
#include "mutation/sensors/rapl_energy.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/file.hpp"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mutation::sensors {

namespace {

constexpr int kPerfLogFd = 3;
constexpr off_t kTailBytes = 512;
constexpr Seconds kOldCount{3}; // perf writes one a second

std::string join_reasons(const std::string& first, const std::string& second) {
    return first.empty() || second.empty() ? first + second : first + "; " + second;
}

/// On one line, fit for JSON.
std::string quote(const std::string& messages) {
    OtherOutput output;
    output.add(messages);
    return output.text();
}

bool is_old(const timespec& modified) {
    const Seconds age = Seconds(system::wall_now().time_since_epoch()) - Seconds(modified.tv_sec) -
                        Seconds(static_cast<double>(modified.tv_nsec) * 1e-9);
    return age > kOldCount;
}

std::string describe_absent_package(const energy::CpuEnergy& energy, const energy::CpuCounts& counts,
                                    const PerfRun& run) {
    const std::string words = join_reasons(counts.package_reason.value_or(""), quote(run.messages));
    return (energy.quality.coverage ? "energy-pkg: less than half of the training was counted"
                                    : "energy-pkg was not counted") +
           (words.empty() ? "" : ": " + words);
}

/// Counters that stood still beside a package that was counted; RAM's is in the total's reason.
std::string describe_still(const energy::CpuCounts& counts) {
    std::string reason = counts.package_reason ? "energy-pkg: " + *counts.package_reason : "";
    return join_reasons(reason, counts.psys_reason ? "energy-psys: " + *counts.psys_reason : "");
}

} // namespace

CpuSensor::CpuSensor(std::optional<std::filesystem::path> perf, const std::filesystem::path& sysfs, int stop_fd)
    : perf_(std::move(perf)), powercap_(sysfs) {
    events_ = find_power_events(sysfs);
    if (events_.empty() || events_.front() != "energy-pkg") {
        reason_ = "perf has no RAPL energy event (power/energy-pkg/)";
    } else if (!perf_) {
        reason_ = "perf is not on PATH; install linux-perf (Debian) or linux-tools-generic (Ubuntu)";
    } else {
        const PerfProbe probe = probe_perf(*perf_, events_, stop_fd);
        perf_version_ = probe.version;
        if (probe.works) {
            method_ = "perf_rapl";
            missing_ = probe.is_ram_missing
                           ? "perf calls energy-ram <not supported>; see: perf stat -a -e power/energy-ram/ true"
                           : "";
            doubt(probe.still);
            return;
        }
        reason_ = fmt::format("perf cannot count {}: {}; run with sudo, or sysctl kernel.perf_event_paranoid=0",
                              join(events_, ", "), probe.words);
    }
    events_.clear();
    if (powercap_.works()) {
        method_ = "powercap";
        events_ = powercap_.events();
        missing_ = powercap_.is_ram_missing() ? "the dram domain: " + powercap_.reason() : "";
        const std::vector<std::filesystem::path> still = powercap_.find_still_zones(kStillProbe);
        doubt({still.begin(), still.end()});
    }
    reason_ = join_reasons(reason_, powercap_.reason());
}

void CpuSensor::doubt(const std::vector<std::string>& still_counters) {
    if (!still_counters.empty()) {
        doubt_ = fmt::format(
            "{}: {} within {:.1f} s; if it also stands still during a training, its figure and the total will be null",
            join(still_counters, ", "), energy::kDidNotMove, kStillProbe.count());
    }
}

std::vector<std::string> CpuSensor::start(const std::filesystem::path& energy) {
    energy_folder_ = energy;
    if (method_.empty()) {
        return {};
    }
    const std::filesystem::path file = energy / "cpu_energy_raw.txt";
    [[maybe_unused]] const system::UniqueFd writer = system::open_new_file(file);
    raw_log_ = system::UniqueFd(::open(file.c_str(), O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC));
    if (method_ == "powercap") {
        counting_since_ = system::monotonic_now();
        powercap_.start(*counting_since_);
        return {};
    }
    return perf_command(*perf_, events_, kPerfLogFd);
}

std::vector<system::PassedFd> CpuSensor::wrapper_fds() const {
    return raw_log_.is_open() && method_ == "perf_rapl" ? std::vector<system::PassedFd>{{raw_log_.get(), kPerfLogFd}}
                                                        : std::vector<system::PassedFd>{};
}

void CpuSensor::on_poll(MonotonicTime now) {
    read_powercap(now, false);
}

void CpuSensor::read_now() {
    read_powercap(system::monotonic_now(), true);
}

void CpuSensor::read_powercap(MonotonicTime now, bool force) {
    const energy::CpuInterval* interval = method_ == "powercap" ? powercap_.read(now, force) : nullptr;
    if (interval == nullptr || !raw_log_.is_open()) {
        return;
    }
    std::string lines;
    for (const auto& [event, energy] :
         {std::pair{"energy-pkg", interval->package}, {"energy-ram", interval->ram}, {"energy-psys", interval->psys}}) {
        if (energy) {
            lines += fmt::format("{:.9f};{:.6f};Joules;power/{}/;0;100.00\n",
                                 Seconds(interval->end - *counting_since_).count(), energy->value(), event);
        }
    }
    static_cast<void>(::write(raw_log_.get(), lines.data(), lines.size())); // lost lines cost a killed session's figure
}

std::optional<Watts> CpuSensor::current_power() const {
    if (method_ == "powercap") {
        return powercap_.current_power();
    }
    if (!raw_log_.is_open()) {
        return std::nullopt;
    }
    std::array<char, kTailBytes> tail{};
    struct stat facts {};
    if (::fstat(raw_log_.get(), &facts) != 0 || is_old(facts.st_mtim)) {
        return std::nullopt;
    }
    const ssize_t count =
        ::pread(raw_log_.get(), tail.data(), tail.size(), std::max<off_t>(0, facts.st_size - kTailBytes));
    std::string_view text(tail.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
    text.remove_prefix(
        std::min(text.size(), text.find('\n') == std::string_view::npos ? text.size() : text.find('\n') + 1));
    const PerfStat stat = parse_perf_stat(text);
    std::optional<Watts> power;
    for (const char* name : {"energy-pkg", "energy-ram"}) {
        const PerfEvent* event = stat.find(name);
        if (std::find(events_.begin(), events_.end(), name) == events_.end()) {
            continue;
        }
        if (event == nullptr || event->counts.size() < 2 || !event->counts.back().energy ||
            event->counts.back().energy->value() <= 0) {
            return std::nullopt;
        }
        const Seconds length = *event->counts.back().end - *event->counts[event->counts.size() - 2].end;
        power = power.value_or(Watts(0)) + *event->counts.back().energy / length;
    }
    return power;
}

energy::CpuCounts CpuSensor::read_perf(const PerfRun& run) const {
    try {
        return counts_from_perf(parse_perf_stat(system::read_file(energy_folder_ / "cpu_energy_raw.txt")),
                                {run.spawned, run.launcher_up});
    } catch (const Error&) {
        return {};
    }
}

energy::CpuEnergy CpuSensor::finish(const PerfRun& run, const energy::Window& window) {
    energy::CpuCounts counts;
    if (method_ == "powercap") {
        read_powercap(system::monotonic_now(), true);
        counts = powercap_.take_counts(window);
    } else if (method_ == "perf_rapl" && !run.was_refused) {
        counts = read_perf(run);
        counts.has_ram = std::find(events_.begin(), events_.end(), "energy-ram") != events_.end();
    }
    raw_log_.reset();
    counts.method = method_;
    energy::CpuEnergy energy = rapl_energy(counts, window);
    explain(energy, counts, run);
    const std::string error = counts.intervals.empty() ? "" : write_power(counts);
    if (!error.empty()) {
        energy.quality.reason = join_reasons(energy.quality.reason.value_or(""), error);
    }
    return energy;
}

void CpuSensor::explain(energy::CpuEnergy& energy, const energy::CpuCounts& counts, const PerfRun& run) const {
    std::string reason;
    if (method_.empty()) {
        reason = reason_;
    } else if (run.was_refused) {
        reason = "perf did not start the training: " + quote(run.messages);
    } else {
        reason = run.crash ? fmt::format("perf {}; its counts until then are kept", *run.crash) : "";
        reason = join_reasons(reason, energy.package ? quote(run.messages) : "");
        reason = join_reasons(reason, energy.quality.reason.value_or(""));
        reason = join_reasons(reason, energy.package ? describe_still(counts) : "");
        reason = join_reasons(reason, energy.package ? energy::describe_weakness(energy.total, energy.quality)
                                                     : describe_absent_package(energy, counts, run));
    }
    if (!reason.empty()) {
        energy.quality.reason = reason;
    }
}

std::string CpuSensor::write_power(const energy::CpuCounts& counts) const {
    const Seconds offset =
        Seconds(system::wall_now().time_since_epoch()) - Seconds(system::monotonic_now().time_since_epoch());
    try {
        system::write_file_atomically(energy_folder_ / "cpu_power.csv", cpu_power_csv(counts, offset));
        return {};
    } catch (const Error& error) { // the figure stands without its curve
        return error.message();
    }
}

} // namespace mutation::sensors
