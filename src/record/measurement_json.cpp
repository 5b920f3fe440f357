#include "measurement_json.hpp"

namespace mutation::record {

namespace {

Json quality_to_json(const measure::EnergyQuality& quality) {
    Json json;
    json["method"] = value_or_null(quality.method);
    json["reason"] = value_or_null(quality.reason);
    json["samples"] = quality.samples;
    json["coverage_percent"] = number_or_null(quality.coverage);
    json["longest_gap_seconds"] = number_or_null(quality.longest_gap);
    json["uncertainty_joules"] = number_or_null(quality.uncertainty);
    json["verdict"] = measure::verdict_name(quality.verdict);
    json["sensor_accuracy_percent"] = number_or_null(quality.sensor_accuracy);
    json["sensor_accuracy_source"] = value_or_null(quality.sensor_accuracy_source);
    return json;
}

} // namespace

Json energy_metrics_to_json(const measure::Measurement& measurement) {
    const measure::CpuEnergy& cpu = measurement.cpu;
    const measure::GpuEnergy& gpu = measurement.gpu;
    Json json;
    json["cpu_energy_pkg_joules"] = number_or_null(cpu.package);
    json["cpu_energy_ram_joules"] = number_or_null(cpu.ram);
    json["cpu_energy_total_joules"] = number_or_null(cpu.total);
    json["gpu_power_avg_watts"] = number_or_null(gpu.power_mean);
    json["gpu_power_max_watts"] = number_or_null(gpu.power_max);
    json["gpu_power_min_watts"] = number_or_null(gpu.power_min);
    json["gpu_energy_total_joules"] = number_or_null(gpu.energy);
    json["gpu_temp_avg_celsius"] = number_or_null(gpu.temperature_mean);
    json["gpu_temp_max_celsius"] = number_or_null(gpu.temperature_max);
    json["gpu_util_avg_percent"] = number_or_null(gpu.utilization_mean);
    json["gpu_util_max_percent"] = number_or_null(gpu.utilization_max);
    return json;
}

Json energy_quality_to_json(const measure::Measurement& measurement) {
    Json cpu = quality_to_json(measurement.cpu.quality);
    cpu["events"] = measurement.cpu.quality.events;
    cpu["psys_joules"] = number_or_null(measurement.cpu.psys);
    Json gpu = quality_to_json(measurement.gpu.quality);
    gpu["power_field"] = value_or_null(measurement.gpu.quality.power_field);
    gpu["sensor_averaging_seconds"] = number_or_null(measurement.gpu.quality.sensor_averaging);
    gpu["counter_joules"] = number_or_null(measurement.gpu.quality.counter_energy);
    gpu["counter_deviation_percent"] = number_or_null(measurement.gpu.quality.counter_deviation);
    return Json{{"cpu", std::move(cpu)}, {"gpu", std::move(gpu)}};
}

Json energy_net_to_json(const measure::Measurement& measurement) {
    measure::NetEnergy net = measurement.net.value_or(measure::NetEnergy{});
    if (!measurement.net) {
        net.reason = "nothing was measured";
    }
    Json json;
    json["cpu_joules"] = number_or_null(net.cpu);
    json["gpu_joules"] = number_or_null(net.gpu);
    json["cpu_idle_watts"] = number_or_null(net.cpu_idle);
    json["gpu_idle_watts"] = number_or_null(net.gpu_idle);
    json["reason"] = value_or_null(net.reason);
    return json;
}

Json contamination_to_json(const measure::Contamination& contamination) {
    Json json;
    json["gpu_processes"] = contamination.gpu_processes;
    json["other_cpu_percent"] = number_or_null(contamination.other_cpu);
    json["throttle_reasons"] = contamination.throttle_reasons;
    return json;
}

Json gpus_to_json(const measure::GpuEnergy& gpu) {
    Json list = Json::array();
    for (const measure::GpuDeviceEnergy& device : gpu.devices) {
        Json json;
        json["index"] = device.index;
        json["uuid"] = device.uuid;
        json["name"] = device.name;
        json["counted"] = device.is_counted;
        json["used_by_training"] = value_or_null(device.used_by_training);
        json["power_field"] = device.power_field;
        json["sensor_averaging_seconds"] = number_or_null(device.sensor_averaging);
        json["energy_joules"] = number_or_null(device.energy);
        json["uncertainty_joules"] = number_or_null(device.uncertainty);
        json["power_avg_watts"] = number_or_null(device.power_mean);
        json["power_max_watts"] = number_or_null(device.power_max);
        json["power_min_watts"] = number_or_null(device.power_min);
        json["temp_avg_celsius"] = number_or_null(device.temperature_mean);
        json["temp_max_celsius"] = number_or_null(device.temperature_max);
        json["temp_start_celsius"] = number_or_null(device.temperature_start);
        json["util_avg_percent"] = number_or_null(device.utilization_mean);
        json["util_max_percent"] = number_or_null(device.utilization_max);
        json["counter_joules"] = number_or_null(device.counter_energy);
        json["clock_start_mhz"] = number_or_null(device.clock_start_mhz);
        json["clock_end_mhz"] = number_or_null(device.clock_end_mhz);
        list.push_back(std::move(json));
    }
    return list;
}

} // namespace mutation::record
