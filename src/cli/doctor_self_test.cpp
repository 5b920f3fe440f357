#include "doctor.hpp"
#include "gpu_load.hpp"
#include "mutation/system/clock.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>
#include <thread>

namespace mutation::cli {

namespace {

using Status = Check::Status;

/// Keeps every CPU busy for its lifetime.
class CpuLoad {
public:
    CpuLoad() : cpu_time_(read_cpu_time()), start_(system::monotonic_now()) {
        try {
            for (unsigned i = 0; i < cpu_count(); ++i) {
                threads_.emplace_back([this] { work(); });
            }
        } catch (const std::system_error& error) {
            failure_ = fmt::format("only {} of {} threads could be started: {}", threads_.size(), cpu_count(),
                                   error.code().message());
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

    /// Why the CPUs were not busy with it; "" if they were.
    [[nodiscard]] std::string failure() const {
        if (!failure_.empty()) {
            return failure_;
        }
        const Seconds got = read_cpu_time() - cpu_time_;
        const double share = got / (Seconds(system::monotonic_now() - start_) * cpu_count());
        return share < kLeastShare ? fmt::format("it got only {:.0f} % of the CPU time", share * 100) : "";
    }

private:
    static constexpr double kLeastShare = 0.5;

    static unsigned cpu_count() { return std::max(1U, std::thread::hardware_concurrency()); }

    static Seconds read_cpu_time() {
        timespec used{};
        ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
        return Seconds(static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9);
    }

    void work() const {
        volatile double x = 1;
        while (!is_over_.load(std::memory_order_relaxed)) {
            x = x * 1.0000001 + 0.1;
        }
    }

    std::atomic<bool> is_over_{false};
    std::vector<std::thread> threads_;
    std::string failure_;
    Seconds cpu_time_;
    MonotonicTime start_;
};

/// Of the idle figure: what a load has to add at least.
constexpr double kMoved = 1.1;

/// A sensor that did not react is only at fault if there was a load. `doing`: what the load did.
Check judge_load(const std::string& name, Watts before, Watts after, const std::string& doing,
                 const std::string& failure) {
    const std::string watts = fmt::format("{:.1f} W idle, {:.1f} W", before.value(), after.value());
    if (after.value() > before.value() * kMoved) {
        return {name, Status::ok, fmt::format("{} with {}", watts, doing), ""};
    }
    if (!failure.empty()) {
        return {name, Status::warning,
                fmt::format("{}; the load failed, so the sensor was not tested: {}", watts, failure),
                "make the load run, then try again"};
    }
    return {name, Status::warning, fmt::format("{} with {}", watts, doing),
            "its sensor does not follow the load; do not trust its figures"};
}

Check judge_cpu_load(const std::optional<Watts>& before, const std::optional<Watts>& after,
                     const std::string& failure) {
    if (!before || !after) {
        return {"self_test_cpu", Status::warning, "there is no CPU sensor", ""};
    }
    return judge_load("self_test_cpu", *before, *after, "every CPU busy", failure);
}

Check judge_gpu_load(std::size_t gpu, const std::optional<Watts>& before, const std::optional<Watts>& after,
                     const std::string& failure) {
    const std::string name = fmt::format("self_test_gpu_{}", gpu);
    if (!before || !after) {
        return {name, Status::warning, "it reported no power", "nvidia-smi --query-gpu=power.draw --format=csv"};
    }
    return judge_load(name, *before, *after, "its memory busy", failure);
}

std::optional<Watts> mean_of(const energy::IdleBaseline& baseline, std::size_t gpu) {
    return gpu < baseline.gpus.size() && baseline.gpus[gpu] ? std::optional(baseline.gpus[gpu]->mean) : std::nullopt;
}

} // namespace

std::vector<Check> run_self_test(sensors::Sensors& sensors, int stop_fd) {
    constexpr Seconds kIdle{3};
    constexpr Seconds kLoad{10};
    std::string name = (std::filesystem::temp_directory_path() / "mutation-self-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        return {{"self_test", Status::failure, "no temporary folder can be made", "set TMPDIR"}};
    }
    sensors.measure_baseline(kIdle, name, stop_fd);
    const std::optional<energy::IdleBaseline> idle = sensors.describe().baseline;
    std::string cpu_failure;
    std::string gpu_failure;
    {
        GpuLoad gpu_load; // first: threads do not survive a fork
        const CpuLoad cpu_load;
        sensors.measure_baseline(kLoad, name, stop_fd, {gpu_load.pid()});
        cpu_failure = cpu_load.failure();
        gpu_failure = gpu_load.failure(idle ? idle->gpus.size() : 0);
    }
    const std::optional<energy::IdleBaseline> loaded = sensors.describe().baseline;
    std::error_code ignored;
    std::filesystem::remove_all(name, ignored);
    if (!idle || !loaded) {
        return {{"self_test", Status::warning, "interrupted", ""}};
    }
    std::vector<Check> checks{judge_cpu_load(idle->cpu, loaded->cpu, cpu_failure)};
    for (std::size_t gpu = 0; gpu < loaded->gpus.size(); ++gpu) {
        checks.push_back(judge_gpu_load(gpu, mean_of(*idle, gpu), mean_of(*loaded, gpu), gpu_failure));
    }
    return checks;
}

} // namespace mutation::cli
