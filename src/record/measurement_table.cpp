#include "measurement_table.hpp"

#include <fmt/format.h>

namespace mutation::record {

namespace {

/// The numbers of the columns of a sensor's quality.
struct QualityColumns {
    std::size_t uncertainty;
    std::size_t coverage;
    std::size_t verdict;
};

/// What both sensors have. `sensor`: `cpu` or `gpu`.
template <class Energy>
void add_quality(ObjectTable<Energy>& table, std::string_view sensor, const QualityColumns& numbers) {
    const auto name = [sensor](std::string_view figure) { return fmt::format("energy_{}_{}", sensor, figure); };
    // clang-format off
    table.field("method", "what measured it; null without a sensor", [](auto& e) -> auto& { return e.quality.method; });
    table.field("reason", "why something is absent or poor, with the remedy; also what happened to the sensor (restarts, messages of its program)", [](auto& e) -> auto& { return e.quality.reason; });
    table.field("samples", "number of readings", [](auto& e) -> auto& { return e.quality.samples; });
    table.field("coverage_percent", "share of the training that the sensor saw", [](auto& e) -> auto& { return e.quality.coverage; }).column(name("coverage_percent"), numbers.coverage);
    table.field("longest_gap_seconds", "longest time without a reading", [](auto& e) -> auto& { return e.quality.longest_gap; });
    table.field("uncertainty_joules", "bound on what sampling can have missed, without the sensor's own gain error ([TRUST.md](TRUST.md))", [](auto& e) -> auto& { return e.quality.uncertainty; }).column(name("uncertainty_joules"), numbers.uncertainty).required();
    table.field("verdict", "how far the figure can be trusted: `good`, `usable`, `poor`, `absent`", [](auto& e) -> auto& { return e.quality.verdict; }).column(name("verdict"), numbers.verdict).required();
    table.field("sensor_accuracy_percent", "the sensor's own gain error, if it is known", [](auto& e) -> auto& { return e.quality.sensor_accuracy; });
    table.field("sensor_accuracy_source", "source of that value", [](auto& e) -> auto& { return e.quality.sensor_accuracy_source; });
    // clang-format on
}

const ObjectTable<energy::CpuEnergy>& cpu_quality_table() {
    static const ObjectTable<energy::CpuEnergy> filled = [] {
        ObjectTable<energy::CpuEnergy> table;
        add_quality(table, "cpu", {25, 26, 27});
        // clang-format off
        table.field("events", "the counted events", [](auto& e) -> auto& { return e.quality.events; });
        table.field("psys_joules", "the whole platform, if the processor has such a counter; it contains the others and is never added", [](auto& e) -> auto& { return e.psys; });
        // clang-format on
        return table;
    }();
    return filled;
}

const ObjectTable<energy::GpuEnergy>& gpu_quality_table() {
    static const ObjectTable<energy::GpuEnergy> filled = [] {
        ObjectTable<energy::GpuEnergy> table;
        add_quality(table, "gpu", {28, 29, 30});
        // clang-format off
        table.field("power_field", "field of nvidia-smi that was read; null if the counted cards differ: see `gpus`", [](auto& e) -> auto& { return e.quality.power_field; });
        table.field("sensor_averaging_seconds", "time over which that field averages; null if the counted cards differ", [](auto& e) -> auto& { return e.quality.sensor_averaging; });
        table.field("counter_joules", "the same energy from the driver's own counter (NVML)", [](auto& e) -> auto& { return e.quality.counter_energy; }).column("energy_gpu_counter_joules", 31);
        table.field("counter_deviation_percent", "difference between our figure and the counter", [](auto& e) -> auto& { return e.quality.counter_deviation; });
        // clang-format on
        return table;
    }();
    return filled;
}

} // namespace

const ObjectTable<energy::Measurement>& energy_metrics_table() {
    static const ObjectTable<energy::Measurement> filled = [] {
        ObjectTable<energy::Measurement> table;
        // clang-format off
        table.field("cpu_energy_pkg_joules", "all CPU packages during the window (RAPL)", [](auto& m) -> auto& { return m.cpu.package; }).column("energy_cpu_pkg_joules", 8).required();
        table.field("cpu_energy_ram_joules", "memory, if the processor has a memory counter and it was counted", [](auto& m) -> auto& { return m.cpu.ram; }).column("energy_cpu_ram_joules", 9).required();
        table.field("cpu_energy_total_joules", "the sum of both; only the package if the processor has no memory counter; null if it has one that was not counted: see `energy_quality.cpu.reason`", [](auto& m) -> auto& { return m.cpu.total; }).column("energy_cpu_total_joules", 10).required();
        table.field("gpu_power_avg_watts", "GPU energy divided by the window's length", [](auto& m) -> auto& { return m.gpu.power_mean; }).column("energy_gpu_avg_watts", 11).required();
        table.field("gpu_power_max_watts", "highest power of the sum, from readings that contain only the training; the mean, if no such reading is as high", [](auto& m) -> auto& { return m.gpu.power_max; }).column("energy_gpu_max_watts", 12).required();
        table.field("gpu_power_min_watts", "lowest power of the sum, from such readings; the mean, if no such reading is as low", [](auto& m) -> auto& { return m.gpu.power_min; }).column("energy_gpu_min_watts", 13).required();
        table.field("gpu_energy_total_joules", "power of all counted GPUs, integrated over the window", [](auto& m) -> auto& { return m.gpu.energy; }).column("energy_gpu_total_joules", 14).required();
        table.field("gpu_temp_avg_celsius", "mean over the counted GPUs", [](auto& m) -> auto& { return m.gpu.temperature_mean; }).column("energy_gpu_temp_avg_celsius", 15).required();
        table.field("gpu_temp_max_celsius", "maximum over the counted GPUs", [](auto& m) -> auto& { return m.gpu.temperature_max; }).column("energy_gpu_temp_max_celsius", 16).required();
        table.field("gpu_util_avg_percent", "mean over the counted GPUs", [](auto& m) -> auto& { return m.gpu.utilization_mean; }).column("energy_gpu_util_avg_percent", 17).required();
        table.field("gpu_util_max_percent", "maximum over the counted GPUs", [](auto& m) -> auto& { return m.gpu.utilization_max; }).column("energy_gpu_util_max_percent", 18).required();
        // clang-format on
        return table;
    }();
    return filled;
}

const ObjectTable<energy::Measurement>& energy_quality_table() {
    static const ObjectTable<energy::Measurement> filled = [] {
        ObjectTable<energy::Measurement> table;
        // clang-format off
        table.object("cpu", "quality of the CPU figures", cpu_quality_table(), [](auto& m) -> auto& { return m.cpu; }).required();
        table.object("gpu", "quality of the GPU figures", gpu_quality_table(), [](auto& m) -> auto& { return m.gpu; }).required();
        // clang-format on
        return table;
    }();
    return filled;
}

const ObjectTable<energy::NetEnergy>& energy_net_table() {
    static const ObjectTable<energy::NetEnergy> filled = [] {
        ObjectTable<energy::NetEnergy> table;
        // clang-format off
        table.field("cpu_joules", "CPU energy above idle", [](auto& n) -> auto& { return n.cpu; }).column("energy_net_cpu_joules", 32);
        table.field("gpu_joules", "GPU energy above idle, all counted GPUs", [](auto& n) -> auto& { return n.gpu; }).column("energy_net_gpu_joules", 33);
        table.field("cpu_idle_watts", "idle power of the CPU, measured before the first experiment", [](auto& n) -> auto& { return n.cpu_idle; }).column("energy_idle_cpu_watts", 34);
        table.field("gpu_idle_watts", "idle power of the counted GPUs", [](auto& n) -> auto& { return n.gpu_idle; }).column("energy_idle_gpu_watts", 35);
        table.field("reason", "why a part is null", [](auto& n) -> auto& { return n.reason; });
        // clang-format on
        return table;
    }();
    return filled;
}

const ObjectTable<energy::Contamination>& contamination_table() {
    static const ObjectTable<energy::Contamination> filled = [] {
        ObjectTable<energy::Contamination> table;
        // clang-format off
        table.field("gpu_processes", "compute processes on the counted GPUs that are not part of the training: `pid name`", [](auto& c) -> auto& { return c.gpu_processes; }).column("other_gpu_processes", 40);
        table.field("other_cpu_percent", "CPU time of everything else on the machine, as a share of all CPUs over the window", [](auto& c) -> auto& { return c.other_cpu; }).column("other_cpu_percent", 39);
        table.field("throttle_reasons", "why the GPUs were throttled during the training", [](auto& c) -> auto& { return c.throttle_reasons; }).column("throttle_reasons", 41);
        // clang-format on
        return table;
    }();
    return filled;
}

const ObjectTable<energy::GpuDeviceEnergy>& gpu_table() {
    static const ObjectTable<energy::GpuDeviceEnergy> filled = [] {
        ObjectTable<energy::GpuDeviceEnergy> table;
        // clang-format off
        table.field("index", "index in nvidia-smi", [](auto& g) -> auto& { return g.index; });
        table.field("uuid", "the card's own identifier", [](auto& g) -> auto& { return g.uuid; });
        table.field("name", "the card's name", [](auto& g) -> auto& { return g.name; });
        table.field("counted", "whether the training could see it", [](auto& g) -> auto& { return g.is_counted; });
        table.field("used_by_training", "whether the training computed on it; null if unknown ([MEASUREMENT.md](MEASUREMENT.md))", [](auto& g) -> auto& { return g.used_by_training; });
        table.field("power_field", "field of nvidia-smi for its power", [](auto& g) -> auto& { return g.power_field; });
        table.field("sensor_averaging_seconds", "assumed averaging time of that field; 0: the readings jump too fast for a mean", [](auto& g) -> auto& { return g.sensor_averaging; });
        table.field("energy_joules", "its energy during the window", [](auto& g) -> auto& { return g.energy; });
        table.field("uncertainty_joules", "bound on what sampling can have missed", [](auto& g) -> auto& { return g.uncertainty; });
        table.field("power_avg_watts", "energy divided by time", [](auto& g) -> auto& { return g.power_mean; });
        table.field("power_max_watts", "from readings that contain only the training, or the mean", [](auto& g) -> auto& { return g.power_max; });
        table.field("power_min_watts", "from readings that contain only the training, or the mean", [](auto& g) -> auto& { return g.power_min; });
        table.field("temp_avg_celsius", "mean temperature", [](auto& g) -> auto& { return g.temperature_mean; });
        table.field("temp_max_celsius", "highest temperature", [](auto& g) -> auto& { return g.temperature_max; });
        table.field("temp_start_celsius", "temperature before the training", [](auto& g) -> auto& { return g.temperature_start; });
        table.field("util_avg_percent", "mean utilisation", [](auto& g) -> auto& { return g.utilization_mean; });
        table.field("util_max_percent", "highest utilisation", [](auto& g) -> auto& { return g.utilization_max; });
        table.field("counter_joules", "the same energy from the driver's own counter (NVML)", [](auto& g) -> auto& { return g.counter_energy; });
        table.field("clock_start_mhz", "first clock during the training", [](auto& g) -> auto& { return g.clock_start_mhz; }).in("MHz");
        table.field("clock_end_mhz", "last clock during the training", [](auto& g) -> auto& { return g.clock_end_mhz; }).in("MHz");
        // clang-format on
        return table;
    }();
    return filled;
}

} // namespace mutation::record
