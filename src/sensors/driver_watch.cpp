#include "driver_watch.hpp"

#include "mutation/sensors/gpu_query.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/process_tree.hpp"

#include <algorithm>
#include <unistd.h>

namespace mutation::sensors {

namespace {

/// Time between two requests for the processes on the GPUs.
constexpr Seconds kLookInterval{2};
/// The same if nvidia-smi must be started each time.
constexpr Seconds kLookIntervalOfProgram{10};
/// A training that uses several cards begins with one: after a single answer its other cards are not known yet.
constexpr int kLeastSightings = 2;
/// A counter that was read later is not used.
constexpr Seconds kLatestCounter{1};

std::vector<std::string> uuids_of(const std::vector<GpuInfo>& gpus) {
    std::vector<std::string> uuids;
    std::transform(gpus.begin(), gpus.end(), std::back_inserter(uuids), [](const GpuInfo& gpu) { return gpu.uuid; });
    return uuids;
}

MonotonicTime in_time(Seconds time) {
    return system::monotonic_now() + std::chrono::duration_cast<std::chrono::nanoseconds>(time);
}

/// Whether the process is on the GPU or one of its instances. One without a UUID may be on any.
bool may_be_on(const GpuProcess& process, const GpuInfo& gpu) {
    return process.uuid.empty() || process.uuid == gpu.uuid ||
           std::find(gpu.mig_uuids.begin(), gpu.mig_uuids.end(), process.uuid) != gpu.mig_uuids.end();
}

} // namespace

std::optional<energy::CounterReading> DriverWatch::Counters::of(std::size_t gpu) const {
    return gpu < values.size() && values[gpu] ? std::optional(energy::CounterReading{read, *values[gpu]})
                                              : std::nullopt;
}

DriverWatch::DriverWatch(std::vector<GpuInfo> gpus, std::filesystem::path nvidia_smi)
    : nvml_(uuids_of(gpus), nvidia_smi), gpus_(std::move(gpus)), nvidia_smi_(std::move(nvidia_smi)),
      has_machine_pids_(system::has_machine_pids()) {}

void DriverWatch::start(const Patience& patience) {
    before_ = after_ = Counters();
    last_look_.reset();
    sightings_.assign(gpus_.size(), {});
    foreign_.assign(gpus_.size(), {});
    ask_program(patience);
    nvml_.wait_until_ready(patience.stop_fd);
    static_cast<void>(nvml_.take_answers()); // to what was requested over the last training
}

void DriverWatch::ask_program(const Patience& patience) {
    if ((does_nvml_list_ && nvml_.is_loaded()) || patience.limit <= Seconds(0)) {
        return;
    }
    const ProcessOwners owners(::getpid(), {}, has_machine_pids_);
    for (const GpuProcess& process : owners.find_foreign(query_gpu_processes(nvidia_smi_, patience))) {
        for (std::size_t gpu = 0; gpu < gpus_.size(); ++gpu) {
            if (may_be_on(process, gpus_[gpu])) {
                foreign_[gpu].emplace(process.pid, process.display_name());
            }
        }
    }
}

void DriverWatch::training_started() {
    is_training_ = true;
    next_look_ = nvml_.is_loaded() ? system::monotonic_now() : in_time(kLookInterval);
    request(before_);
}

void DriverWatch::training_ended() {
    is_training_ = false;
    request(after_);
    last_look_ = nvml_.is_loaded() ? nvml_.request_processes() : std::nullopt;
}

void DriverWatch::request(Counters& counters) {
    counters.requested = system::monotonic_now();
    counters.request = nvml_.request_counters();
}

void DriverWatch::on_poll(const std::set<pid_t>& companions) {
    companions_ = companions;
    nvml_.on_poll();
    for (const NvmlAnswer& answer : nvml_.take_answers()) {
        take(answer);
    }
    if (is_training_ && !nvml_.is_waiting() && system::monotonic_now() >= next_look_) {
        nvml_.request_processes();
        next_look_ = in_time(nvml_.is_loaded() ? kLookInterval : kLookIntervalOfProgram);
    }
}

void DriverWatch::take(const NvmlAnswer& answer) {
    for (Counters* counters : {&before_, &after_}) {
        if (counters->request == answer.request && Seconds(answer.time - counters->requested) < kLatestCounter) {
            counters->values = answer.counters;
            counters->read = answer.time;
        }
    }
    if (answer.processes.size() == gpus_.size()) {
        does_nvml_list_ = nvml_.is_loaded() && std::all_of(answer.processes.begin(), answer.processes.end(),
                                                           [](const auto& list) { return list.has_value(); });
        take_processes(answer);
    }
}

void DriverWatch::take_processes(const NvmlAnswer& answer) {
    const ProcessOwners owners(::getpid(), companions_, has_machine_pids_);
    std::vector<bool> is_seen(gpus_.size(), false);
    for (std::size_t gpu = 0; gpu < gpus_.size(); ++gpu) {
        const std::vector<GpuProcess> listed = answer.processes[gpu].value_or(std::vector<GpuProcess>{});
        const std::vector<ProcessOwner> found = owners.find(listed);
        for (std::size_t i = 0; i < listed.size(); ++i) {
            is_seen[gpu] = is_seen[gpu] || found[i] == ProcessOwner::training;
            if (found[i] == ProcessOwner::foreign) {
                foreign_[gpu].emplace(listed[i].pid, listed[i].display_name());
            }
        }
    }
    if (std::find(is_seen.begin(), is_seen.end(), true) == is_seen.end()) {
        return; // it has not begun to compute, or its process numbers are not reported
    }
    for (std::size_t gpu = 0; gpu < gpus_.size(); ++gpu) {
        sightings_[gpu].listed += answer.processes[gpu] ? 1 : 0;
        sightings_[gpu].seen += is_seen[gpu] ? 1 : 0;
    }
}

std::vector<DriverFindings> DriverWatch::finish(const Patience& patience) {
    for (const std::optional<int>& request : {after_.request, last_look_}) {
        if (request) {
            nvml_.wait_for(*request);
        }
    }
    on_poll(companions_);
    ask_program(patience);
    std::vector<DriverFindings> findings(gpus_.size());
    for (std::size_t gpu = 0; gpu < gpus_.size(); ++gpu) {
        findings[gpu].counter_start = before_.of(gpu);
        findings[gpu].counter_end = after_.of(gpu);
        if (sightings_[gpu].seen > 0) {
            findings[gpu].used_by_training = true;
        } else if (sightings_[gpu].listed >= kLeastSightings) {
            findings[gpu].used_by_training = false;
        }
        findings[gpu].foreign = foreign_[gpu];
    }
    return findings;
}

std::optional<std::string> DriverWatch::take_failure() {
    return std::exchange(is_failure_reported_, nvml_.failure().has_value()) ? std::nullopt : nvml_.failure();
}

} // namespace mutation::sensors
