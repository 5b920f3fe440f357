#include "contamination.hpp"

#include "mutation/measure/nvidia_smi.hpp"
#include "mutation/system/process_tree.hpp"

#include <fmt/format.h>
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

void ContaminationWatch::ask_for_processes(const std::filesystem::path& nvidia_smi,
                                           const std::set<std::string>& uuids) {
    if (uuids.empty()) {
        return;
    }
    const std::vector<pid_t> below = system::descendants_of(::getpid());
    const std::set<pid_t> ours(below.begin(), below.end());
    for (GpuProcess& process : query_gpu_processes(nvidia_smi)) {
        const bool is_on_ours = process.uuid.empty() || uuids.contains(process.uuid);
        if (is_on_ours && !ours.contains(process.pid)) {
            others_.emplace(process.pid, std::move(process.name));
        }
    }
}

void ContaminationWatch::look_at_processes(const Nvml& nvml, const std::set<std::string>& uuids) {
    for (const std::string& uuid : uuids) {
        for (const pid_t process : nvml.compute_processes(uuid)) {
            if (!others_.contains(process) && system::is_below(process, ::getpid()) == false) {
                others_.emplace(process, system::name_of(process));
            }
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
        throttle_mask |= device.is_counted ? device.throttle_mask : 0;
    }
    for (const auto& [pid, name] : others_) {
        contamination.gpu_processes.push_back(fmt::format("{} {}", pid, name));
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
