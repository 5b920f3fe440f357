#include "gpu_load.hpp"
#include "mutation/app/doctor.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <thread>

namespace mutation::app {

namespace {

using Status = Check::Status;

/// Keeps every CPU busy for its lifetime.
class CpuLoad {
public:
    CpuLoad() {
        for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
            threads_.emplace_back([this] {
                volatile double x = 1;
                while (!is_over_.load(std::memory_order_relaxed)) {
                    x = x * 1.0000001 + 0.1;
                }
            });
        }
    }
    CpuLoad(const CpuLoad&) = delete;
    CpuLoad& operator=(const CpuLoad&) = delete;
    ~CpuLoad() {
        is_over_ = true;
        for (std::thread& thread : threads_) {
            thread.join();
        }
    }

private:
    std::atomic<bool> is_over_{false};
    std::vector<std::thread> threads_;
};

std::optional<double> cpu_watts(const Json& facts) {
    const Json& baseline = facts.at("baseline");
    return baseline.is_object() && baseline.at("cpu_watts").is_number()
               ? std::optional(baseline.at("cpu_watts").get<double>())
               : std::nullopt;
}

std::size_t gpu_count(const Json& sensors) {
    const Json& baseline = sensors.at("baseline");
    return baseline.is_object() ? baseline.at("gpus").size() : 0;
}

std::optional<double> gpu_watts(const Json& sensors, std::size_t gpu) {
    if (gpu >= gpu_count(sensors) || !sensors.at("baseline").at("gpus")[gpu].is_object()) {
        return std::nullopt;
    }
    return sensors.at("baseline").at("gpus")[gpu].at("watts").get<double>();
}

/// Of the idle figure: what a load has to add at least.
constexpr double kMoved = 1.1;

Check judge_cpu_load(const Json& idle, const Json& loaded) {
    const auto before = cpu_watts(idle);
    const auto after = cpu_watts(loaded);
    if (!before || !after) {
        return {"self_test_cpu", Status::warning, "there is no CPU sensor to move", ""};
    }
    const bool has_moved = *after > *before * kMoved;
    return {"self_test_cpu", has_moved ? Status::ok : Status::warning,
            fmt::format("{:.1f} W idle, {:.1f} W with every CPU busy", *before, *after),
            has_moved ? "" : "the CPU's counter does not follow the load; its figures are not to be trusted"};
}

Check judge_gpu_load(std::size_t gpu, const std::optional<double>& before, const std::optional<double>& after,
                     bool has_load) {
    const std::string name = fmt::format("self_test_gpu_{}", gpu);
    if (!before || !after) {
        return {name, Status::warning, "it told no power", "nvidia-smi --query-gpu=power.draw --format=csv"};
    }
    if (!has_load) {
        return {name, Status::warning,
                fmt::format("{:.1f} W; it could not be loaded: CUDA's driver (libcuda.so.1) did not serve", *after),
                ""};
    }
    const bool has_moved = *after > *before * kMoved;
    return {name, has_moved ? Status::ok : Status::warning,
            fmt::format("{:.1f} W idle, {:.1f} W with its memory busy", *before, *after),
            has_moved ? "" : "its sensor does not follow the load; its figures are not to be trusted"};
}

} // namespace

std::vector<Check> run_self_test(measure::Sensors& sensors, int stop_fd) {
    constexpr Seconds kIdle{3};
    constexpr Seconds kLoad{10};
    std::string name = (std::filesystem::temp_directory_path() / "mutation-self-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        return {{"self_test", Status::failure, "no temporary folder can be made", "set TMPDIR"}};
    }
    sensors.measure_baseline(kIdle, name, stop_fd);
    const Json idle = sensors.describe();
    bool has_gpu_load = false;
    {
        GpuLoad gpu_load; // first: threads do not survive a fork
        const CpuLoad cpu_load;
        sensors.measure_baseline(kLoad, name, stop_fd);
        has_gpu_load = gpu_load.is_running();
    }
    const Json loaded = sensors.describe();
    std::error_code ignored;
    std::filesystem::remove_all(name, ignored);
    std::vector<Check> checks{judge_cpu_load(idle, loaded)};
    for (std::size_t gpu = 0; gpu < gpu_count(loaded); ++gpu) {
        checks.push_back(judge_gpu_load(gpu, gpu_watts(idle, gpu), gpu_watts(loaded, gpu), has_gpu_load));
    }
    return checks;
}

} // namespace mutation::app
