#include "contamination.hpp"

#include "mutation/measure/verdict.hpp"
#include "mutation/system/process_tree.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <unistd.h>

namespace mutation::measure {

namespace {

/// Others' share of all CPUs from which on the CPU's figure is no longer the training's.
constexpr Percent kMostOtherCpu{10};

void disturb(EnergyQuality& quality, const std::string& why) {
    if (quality.verdict == Verdict::absent) {
        return;
    }
    quality.verdict = Verdict::poor;
    quality.reason = quality.reason ? *quality.reason + "; " + why : why;
}

} // namespace

void ContaminationWatch::look_at_gpus(const std::filesystem::path& nvidia_smi) {
    const std::vector<pid_t> below = system::descendants_of(::getpid());
    const std::set<pid_t> ours(below.begin(), below.end());
    for (GpuProcess& process : query_gpu_processes(nvidia_smi)) {
        if (!ours.contains(process.pid)) {
            others_.insert_or_assign(process.pid, std::move(process));
        }
    }
}

void ContaminationWatch::start() {
    before_ = read_machine_time();
    after_.reset();
}

void ContaminationWatch::stop() {
    after_ = read_machine_time();
}

Contamination ContaminationWatch::judge(Seconds training_cpu_time, Measurement& measurement, bool has_background) {
    Contamination contamination;
    if (before_ && after_) {
        contamination.other_cpu = other_cpu_share(*before_, *after_, training_cpu_time);
    }
    if (contamination.other_cpu && *contamination.other_cpu > kMostOtherCpu && !has_background) {
        disturb(measurement.cpu.quality, fmt::format("others took {:.0f} % of the machine's CPU time meanwhile",
                                                     contamination.other_cpu->value()));
    }
    std::uint64_t throttle_mask = 0;
    for (const GpuDeviceEnergy& device : measurement.gpu.devices) {
        if (!device.is_counted) {
            continue;
        }
        throttle_mask |= device.throttle_mask;
        for (const auto& [pid, process] : others_) {
            if (process.uuid == device.uuid || process.uuid.empty()) {
                contamination.gpu_processes.push_back(fmt::format("{} {}", pid, process.name));
            }
        }
    }
    contamination.throttle_reasons = throttle_reasons(throttle_mask);
    if (!contamination.gpu_processes.empty()) {
        disturb(measurement.gpu.quality,
                fmt::format("others computed on the GPU meanwhile: {}", contamination.gpu_processes.front()));
    }
    others_.clear();
    return contamination;
}

} // namespace mutation::measure
