#include "mutation/energy/net_energy.hpp"

#include "mutation/core/text.hpp"

#include <fmt/format.h>
#include <string>

namespace mutation::energy {

namespace {

/// Idle power of all counted GPUs; nullopt if one of them has none, which is then added to `missing`.
std::optional<Watts> idle_of_counted(const IdleLevels& idle, const GpuEnergy& gpu, std::vector<std::string>& missing) {
    std::optional<Watts> sum(Watts(0));
    bool is_any_counted = false;
    for (std::size_t i = 0; i < gpu.devices.size(); ++i) {
        if (!gpu.devices[i].is_counted) {
            continue;
        }
        is_any_counted = true;
        const std::optional<Watts> level = i < idle.gpus.size() ? idle.gpus[i] : std::nullopt;
        if (!level) {
            missing.push_back(
                fmt::format("GPU {} reported no power while the idle machine was measured", gpu.devices[i].index));
        }
        sum = sum && level ? std::optional(*sum + *level) : std::nullopt;
    }
    return is_any_counted ? sum : std::nullopt;
}

void add_missing_figures(const Measurement& measurement, std::vector<std::string>& missing) {
    if (!measurement.cpu.total) {
        missing.emplace_back("there is no CPU energy");
    }
    if (!measurement.gpu.energy) {
        missing.emplace_back("there is no GPU energy");
    }
}

} // namespace

NetEnergy net_energy(const std::optional<IdleLevels>& idle, const Measurement& measurement, Seconds length) {
    NetEnergy net;
    std::vector<std::string> missing;
    if (!idle) {
        if (measurement.cpu.total || measurement.gpu.energy) { // without a figure no baseline would help
            missing.emplace_back("the idle machine was not measured: set baseline_seconds above 0");
        }
        add_missing_figures(measurement, missing);
        net.reason = join(missing, "; ");
        return net;
    }
    add_missing_figures(measurement, missing);
    net.cpu_idle = idle->cpu;
    if (!idle->cpu) {
        missing.emplace_back("no CPU energy was counted while the idle machine was measured");
    } else if (measurement.cpu.total) {
        net.cpu = *measurement.cpu.total - *idle->cpu * length;
    }
    net.gpu_idle = idle_of_counted(*idle, measurement.gpu, missing);
    if (measurement.gpu.energy && net.gpu_idle) {
        net.gpu = *measurement.gpu.energy - *net.gpu_idle * length;
    }
    if (!missing.empty()) {
        net.reason = join(missing, "; ");
    }
    return net;
}

} // namespace mutation::energy
