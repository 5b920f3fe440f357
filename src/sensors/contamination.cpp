#include "contamination.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace mutation::sensors {

namespace {

/// If others use more than this share of all CPUs, the CPU's figure is not that of the training.
constexpr Percent kMostOtherCpu{10};

void disturb(energy::EnergyQuality& quality, const std::string& why) {
    if (quality.verdict == energy::Verdict::absent) {
        return;
    }
    quality.verdict = energy::Verdict::poor;
    energy::add_reason(quality, why);
}

} // namespace

void ContaminationWatch::start() {
    before_ = read_machine_time();
    after_.reset();
}

void ContaminationWatch::stop() {
    after_ = read_machine_time();
}

energy::Contamination ContaminationWatch::judge(Seconds training_cpu_time, energy::Measurement& measurement,
                                                bool has_background) {
    energy::Contamination contamination;
    if (before_ && after_) {
        contamination.other_cpu = other_cpu_share(*before_, *after_, training_cpu_time);
    }
    if (contamination.other_cpu && *contamination.other_cpu > kMostOtherCpu && !has_background) {
        disturb(measurement.cpu.quality, fmt::format("other processes used {:.0f} % of the machine's CPU time",
                                                     contamination.other_cpu->value()));
    }
    for (const energy::GpuDeviceEnergy& device : measurement.gpu.devices) {
        for (const std::string& reason : device.is_counted ? device.throttle_reasons : std::vector<std::string>()) {
            std::vector<std::string>& reasons = contamination.throttle_reasons;
            if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end()) {
                reasons.push_back(reason);
            }
        }
    }
    for (const auto& [pid, name] : others_) {
        contamination.gpu_processes.push_back(fmt::format("{} {}", pid, name));
    }
    if (!contamination.gpu_processes.empty()) {
        disturb(measurement.gpu.quality,
                fmt::format("another process used the GPU: {}", contamination.gpu_processes.front()));
    }
    others_.clear();
    return contamination;
}

} // namespace mutation::sensors
