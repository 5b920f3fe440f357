#include "mutation/sensors/cpu_sensor.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/energy/still_counter.hpp"
#include "mutation/energy/verdict.hpp"
#include "mutation/sensors/perf_counts.hpp"
#include "mutation/sensors/perf_stat.hpp"
#include "mutation/sensors/sample_files.hpp"
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
constexpr Seconds kCpuLook{1};
constexpr Seconds kCpuSilence{5};

/// The parts that there are.
std::optional<std::string> join_reasons(const std::vector<std::optional<std::string>>& parts) {
    std::vector<std::string> there;
    for (const std::optional<std::string>& part : parts) {
        if (part) {
            there.push_back(*part);
        }
    }
    return there.empty() ? std::nullopt : std::optional(join(there, "; "));
}

/// On one line, fit for JSON; nullopt if there is none.
std::optional<std::string> quote(const std::string& messages) {
    OtherOutput output;
    output.add(messages);
    return output.text().empty() ? std::nullopt : std::optional(output.text());
}

bool is_old(const timespec& modified) {
    const Seconds age = Seconds(system::wall_now().time_since_epoch()) - Seconds(modified.tv_sec) -
                        Seconds(static_cast<double>(modified.tv_nsec) * 1e-9);
    return age > kOldCount;
}

std::string describe_absent_package(const energy::CpuEnergy& energy, const energy::CpuCounts& counts,
                                    const PerfRun& run) {
    const std::optional<std::string> why = join_reasons({counts.package_reason, quote(run.messages)});
    return (energy.quality.coverage ? "energy-pkg: less than half of the training was counted"
                                    : "energy-pkg was not counted") +
           (why ? ": " + *why : "");
}

/// Counters that did not move although the package was counted; RAM's is in the total's reason.
std::optional<std::string> describe_still(const energy::CpuCounts& counts) {
    const auto named = [](const char* event, const std::optional<std::string>& reason) {
        return reason ? std::optional(fmt::format("{}: {}", event, *reason)) : std::nullopt;
    };
    return join_reasons({named("energy-pkg", counts.package_reason), named("energy-psys", counts.psys_reason)});
}

} // namespace

std::string method_name(CpuSensor::Method method) {
    switch (method) {
    case CpuSensor::Method::perf:
        return "perf_rapl";
    case CpuSensor::Method::powercap:
        return "powercap";
    case CpuSensor::Method::none:
        break;
    }
    return {};
}

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
            method_ = Method::perf;
            if (probe.is_ram_missing) {
                missing_ = "perf calls energy-ram <not supported>; see: perf stat -a -e power/energy-ram/ true";
            }
            set_doubt(probe.still);
            return;
        }
        reason_ = fmt::format("perf cannot count {}: {}; run with sudo, or sysctl kernel.perf_event_paranoid=0",
                              join(events_, ", "), probe.error.value_or("it printed nothing"));
    }
    events_.clear();
    if (powercap_.works()) {
        method_ = Method::powercap;
        events_ = powercap_.events();
        if (powercap_.is_ram_missing()) {
            missing_ = "the dram domain: " + powercap_.reason().value_or("");
        }
        const std::vector<std::filesystem::path> still = powercap_.find_still_zones(kStillProbe);
        set_doubt({still.begin(), still.end()});
    }
    reason_ = join_reasons({reason_, powercap_.reason()});
}

void CpuSensor::set_doubt(const std::vector<std::string>& still_counters) {
    if (!still_counters.empty()) {
        doubt_ = fmt::format(
            "{}: {} within {:.1f} s; if it also stands still during a training, its figure and the total will be null",
            join(still_counters, ", "), energy::kDidNotMove, kStillProbe.count());
    }
}

std::vector<std::string> CpuSensor::start(const std::filesystem::path& energy) {
    energy_folder_ = energy;
    if (method_ == Method::none) {
        return {};
    }
    const std::filesystem::path file = energy / "cpu_energy_raw.txt";
    [[maybe_unused]] const system::UniqueFd writer = system::open_new_file(file);
    raw_log_ = system::UniqueFd(::open(file.c_str(), O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC));
    if (method_ == Method::powercap) {
        counting_since_ = system::monotonic_now();
        powercap_.start(*counting_since_);
        return {};
    }
    return perf_command(*perf_, events_, kPerfLogFd);
}

std::vector<system::PassedFd> CpuSensor::wrapper_fds() const {
    return raw_log_.is_open() && method_ == Method::perf ? std::vector<system::PassedFd>{{raw_log_.get(), kPerfLogFd}}
                                                         : std::vector<system::PassedFd>{};
}

void CpuSensor::on_poll(MonotonicTime now) {
    if (method_ == Method::powercap) {
        log_interval(powercap_.read_if_due(now));
    }
}

void CpuSensor::read_now() {
    if (method_ == Method::powercap) {
        log_interval(powercap_.read(system::monotonic_now()));
    }
}

void CpuSensor::log_interval(const energy::CpuInterval* interval) {
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
    if (method_ == Method::powercap) {
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
        const Seconds length = event->counts.back().end - event->counts[event->counts.size() - 2].end;
        power = power.value_or(Watts(0)) + *event->counts.back().energy / length;
    }
    return power;
}

void CpuSensor::watch(MonotonicTime now) {
    is_watched_ = method_ != Method::none && !missing_;
    looked_ = seen_ = now;
}

std::optional<std::string> CpuSensor::take_outage(MonotonicTime now) {
    if (!is_watched_ || now - looked_ < kCpuLook) {
        return std::nullopt;
    }
    looked_ = now;
    if (current_power()) {
        seen_ = now;
    }
    is_watched_ = now - seen_ <= kCpuSilence;
    return is_watched_ ? std::nullopt
                       : std::optional(fmt::format("{} reports no CPU energy, or its counters do not move",
                                                   method_ == Method::powercap ? "powercap" : "perf"));
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
    if (method_ == Method::powercap) {
        read_now();
        counts = powercap_.take_counts(window);
    } else if (method_ == Method::perf && !run.was_refused) {
        counts = read_perf(run);
        counts.has_ram = std::find(events_.begin(), events_.end(), "energy-ram") != events_.end();
    }
    raw_log_.reset();
    counts.method = method_name(method_);
    energy::CpuEnergy energy = energy::rapl_energy(counts, window);
    explain(energy, counts, run);
    if (!counts.intervals.empty()) {
        energy.quality.reason = join_reasons({energy.quality.reason, write_power(counts)});
    }
    return energy;
}

void CpuSensor::explain(energy::CpuEnergy& energy, const energy::CpuCounts& counts, const PerfRun& run) const {
    std::optional<std::string>& reason = energy.quality.reason;
    if (method_ == Method::none) {
        reason = reason_;
    } else if (run.was_refused) {
        reason = "perf did not start the training: " + quote(run.messages).value_or("it printed nothing");
    } else {
        std::optional<std::string> crash;
        if (run.crash) {
            crash = fmt::format("perf {}; its counts until then are kept", *run.crash);
        }
        if (energy.package) {
            reason = join_reasons({crash, quote(run.messages), reason, describe_still(counts),
                                   energy::describe_weakness(energy.total, energy.quality)});
        } else {
            reason = join_reasons({crash, reason, describe_absent_package(energy, counts, run)});
        }
    }
}

std::optional<std::string> CpuSensor::write_power(const energy::CpuCounts& counts) const {
    try {
        system::write_file_atomically(energy_folder_ / "cpu_power.csv", cpu_power_csv(counts, system::wall_lead()));
        return std::nullopt;
    } catch (const Error& error) { // the figure does not need its curve
        return error.message();
    }
}

} // namespace mutation::sensors
