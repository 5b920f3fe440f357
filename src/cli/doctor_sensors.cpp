#include "doctor.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "mutation/run/governor.hpp"
#include "mutation/sensors/cpu_sensor.hpp"
#include "mutation/sensors/gpu_query.hpp"
#include "mutation/sensors/nvml_process.hpp"
#include "mutation/sensors/power_events.hpp"
#include "mutation/sensors/sensor_watch.hpp"
#include "mutation/system/file.hpp"
#include "mutation/system/user.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace mutation::cli {

namespace {

using Status = Check::Status;

/// Times the interval that was asked for.
constexpr double kSlowPace = 2;
constexpr Seconds kLateStart{5};

std::string read_word(const std::filesystem::path& file) {
    try {
        return std::string(trim(system::read_file(file, 4096)));
    } catch (const Error&) {
        return {};
    }
}

Check check_paranoid() {
    const std::string level = read_word("/proc/sys/kernel/perf_event_paranoid");
    if (system::has_root() || parse_integer(level).value_or(4) <= 0) {
        return {"perf_event_paranoid", Status::ok, level + (system::has_root() ? " (root may still count)" : ""), ""};
    }
    return {"perf_event_paranoid", Status::warning, level + ": only root may count for the whole machine",
            "sudo sysctl kernel.perf_event_paranoid=0   (or run mutation with sudo)"};
}

Check check_governor(const std::filesystem::path& sysfs) {
    std::set<std::string> names;
    for (const run::CpuGovernor& cpu : run::read_governors(sysfs)) {
        names.insert(cpu.value);
    }
    const std::string value = join(std::vector<std::string>(names.begin(), names.end()), ", ");
    if (names.empty()) {
        return {"governor", Status::warning, "not available (normal in a virtual machine)", ""};
    }
    if (names == std::set<std::string>{"performance"}) {
        return {"governor", Status::ok, value, ""};
    }
    return {"governor", Status::warning, value + ": clocks follow the load, and energy with them",
            "give --governor performance, or: sudo scripts/governor.sh performance"};
}

Check check_cpu_energy(const sensors::CpuSensor& cpu, const std::vector<std::string>& events) {
    if (cpu.method() == sensors::CpuSensor::Method::none) {
        const char* remedy = cpu.is_masked()  ? "let the container show powercap, or run outside of it"
                             : events.empty() ? "train on a machine with RAPL; records will hold null with this reason"
                                              : "run mutation with sudo";
        return {"cpu_energy", Status::warning, "cannot be measured: " + cpu.reason().value_or(""), remedy};
    }
    const bool is_well = !cpu.missing() && !cpu.doubt();
    std::string value =
        fmt::format("{} ({}), one reading a second", sensors::method_name(cpu.method()), join(cpu.events(), ", "));
    value += cpu.doubt() ? "; " + *cpu.doubt() : ", RAPL itself moves every millisecond";
    value += cpu.reason() ? "; " + *cpu.reason() : "";
    const std::string remedy = cpu.missing() ? "records will hold no total: " + *cpu.missing()
                               : is_well     ? ""
                                             : "train on a machine whose counters move";
    return {"cpu_energy", is_well ? Status::ok : Status::warning, value, remedy};
}

void check_cpu(const Patient& patient, std::vector<Check>& checks) {
    const std::vector<std::string> events = sensors::find_power_events(patient.sysfs);
    checks.push_back({"perf", patient.sources.perf ? Status::ok : Status::warning,
                      patient.sources.perf ? patient.sources.perf->string() : "not on PATH",
                      patient.sources.perf ? "" : "sudo apt-get install linux-perf   (Ubuntu: linux-tools-generic)"});
    const sensors::CpuSensor cpu(patient.sources.perf, patient.sysfs, patient.sources.stop_fd);
    checks.push_back({"rapl_domains", events.empty() ? Status::warning : Status::ok,
                      !events.empty()   ? join(events, ", ")
                      : cpu.is_masked() ? "none: a container hides powercap, and no power PMU is shown"
                                        : "none: this machine shows no power PMU (normal in a virtual machine)",
                      ""});
    checks.push_back(check_paranoid());
    checks.push_back(check_cpu_energy(cpu, events));
}

Check describe_gpu(const sensors::WatchedGpu& watched) {
    const sensors::GpuInfo& gpu = watched.info;
    const energy::PowerField& field = watched.field;
    const sensors::ObservedSensor& observed = watched.observed;
    std::string value = fmt::format("{} ({}), driver {}, {}", gpu.name, gpu.uuid, gpu.driver, field.name);
    value += field.sensor.averaging.count() > 0
                 ? fmt::format(" averaged over {:.0f} ms", field.sensor.averaging.count() * 1000)
                 : "";
    value += field.sensor.seen_share < 1
                 ? fmt::format(", measuring {:.0f} % of the time", field.sensor.seen_share * 100)
                 : "";
    value += watched.trial.without_power ? " (" + *watched.trial.without_power + ")" : "";
    value += watched.left_out ? "; " + *watched.left_out : "";
    if (observed.samples == 0) {
        return {fmt::format("gpu_{}", gpu.index), Status::warning, value + "; it reported no power",
                "nvidia-smi --query-gpu=power.draw --format=csv"};
    }
    value += observed.update ? fmt::format("; seen to change every {:.0f} ms", observed.update->count() * 1000)
                             : fmt::format("; did not change within {:.0f} s", observed.watched.count());
    value +=
        observed.resolution ? fmt::format(", in steps of {} W", format_shortest(observed.resolution->value())) : "";
    value += observed.temperature ? fmt::format(", {:.0f} C", observed.temperature->value()) : "";
    return {fmt::format("gpu_{}", gpu.index), watched.left_out ? Status::warning : Status::ok, value, ""};
}

std::string in_milliseconds(Seconds time) {
    return fmt::format("{:.0f} ms", time.count() * 1000);
}

Check judge_pace(const sensors::SamplerPace& pace, const std::optional<std::string>& remark) {
    const char* name = "nvidia_smi_pace";
    if (!pace.spacing) {
        return {name, Status::warning, "it printed nothing" + (remark ? ": " + *remark : " within 20 s"),
                "nvidia-smi --query-gpu=timestamp,power.draw --format=csv -lms 100"};
    }
    const bool is_slow = *pace.spacing > kSlowPace * pace.requested;
    const bool is_late = !pace.first_sample || *pace.first_sample > kLateStart;
    const std::string value = fmt::format("a sample every {} ({} requested); the first after {}",
                                          in_milliseconds(*pace.spacing), in_milliseconds(pace.requested),
                                          pace.first_sample ? in_milliseconds(*pace.first_sample) : "more than 20 s");
    if (!is_slow && !is_late) {
        return {name, Status::ok, value, ""};
    }
    return {
        name, Status::warning, value,
        is_slow
            ? "sudo nvidia-smi -pm 1; let it see fewer GPUs; a smaller sample_interval_ms, to which the query's own "
              "time is added. Bounds allow for the pace: longer trainings narrow them"
            : "sudo nvidia-smi -pm 1   (each training waits so long before it starts)"};
}

Check check_nvml(const std::filesystem::path& nvidia_smi) {
    sensors::NvmlProcess nvml({}, nvidia_smi);
    nvml.wait_until_ready(-1);
    if (nvml.is_loaded()) {
        return {"nvml", Status::ok, "libnvidia-ml.so.1: the driver's energy counter is read as a cross-check", ""};
    }
    return {"nvml", Status::warning,
            nvml.failure().value_or("libnvidia-ml.so.1 does not load: no cross-check by the driver's energy counter"),
            ""};
}

void check_gpus(const Patient& patient, std::vector<Check>& checks) {
    if (!patient.sources.nvidia_smi) {
        checks.push_back(
            {"nvidia_smi", Status::warning, "not on PATH: GPU energy will be null",
             "on a machine with an NVIDIA GPU: sudo apt-get install nvidia-smi (or the driver's utilities)"});
        return;
    }
    const sensors::GpuInventory inventory =
        sensors::query_gpus(*patient.sources.nvidia_smi, {sensors::Patience().limit, patient.sources.stop_fd});
    const bool is_well = !inventory.gpus.empty() && !inventory.remark;
    std::string value = inventory.gpus.empty() ? inventory.reason.value_or("") : patient.sources.nvidia_smi->string();
    value += inventory.remark ? "; its samples are used, although " + *inventory.remark : "";
    checks.push_back({"nvidia_smi", is_well ? Status::ok : Status::warning, value,
                      is_well ? "" : "look at: nvidia-smi; dmesg | grep -i nvidia"});
    const sensors::SensorWatch watch = sensors::watch_sensors(*patient.sources.nvidia_smi, inventory.gpus,
                                                              patient.sources.sample_interval, patient.sources.stop_fd);
    if (!inventory.gpus.empty()) {
        checks.push_back(judge_pace(watch.pace, watch.remark));
    }
    for (const sensors::WatchedGpu& gpu : watch.gpus) {
        checks.push_back(describe_gpu(gpu));
        if (gpu.info.persistence_mode == "Disabled") {
            checks.push_back({fmt::format("gpu_{}_persistence", gpu.info.index), Status::warning,
                              "off: the driver sleeps between trainings, and each first sample is late",
                              "sudo nvidia-smi -pm 1"});
        }
    }
    if (!inventory.gpus.empty()) {
        checks.push_back(check_nvml(*patient.sources.nvidia_smi));
    }
}

} // namespace

std::vector<Check> check_sensors(const Patient& patient) {
    std::vector<Check> checks;
    check_cpu(patient, checks);
    checks.push_back(check_governor(patient.sysfs));
    check_gpus(patient, checks);
    return checks;
}

} // namespace mutation::cli
