#include "mutation/sensors/nvidia_source.hpp"

#include "driver_watch.hpp"
#include "mutation/run/training_environment.hpp"
#include "mutation/sensors/gpu_query.hpp"
#include "mutation/sensors/gpu_sampler.hpp"
#include "mutation/sensors/gpu_timelines.hpp"
#include "mutation/sensors/visible_gpus.hpp"

#include <fmt/format.h>
#include <iterator>
#include <utility>

namespace mutation::sensors {

namespace {

GpuSourceFacts describe_source(const GpuInventory& inventory, const SampledFields& sampled, Seconds interval) {
    GpuSourceFacts facts{"nvidia_smi", "nvidia-smi", interval, inventory.gpus, sampled.power_fields, {}, {}};
    if (inventory.remark) {
        facts.warnings.push_back("the GPU samples are used, although " + *inventory.remark);
    }
    for (std::size_t i = 0; i < inventory.gpus.size(); ++i) {
        const GpuInfo& gpu = inventory.gpus[i];
        const FieldTrial& trial = sampled.trials[i];
        const std::string others = trial.without_power.value_or("");
        facts.findings.push_back(fmt::format(
            "GPU {}: {} ({}), {}{} every {:.0f} ms", gpu.index, gpu.name, gpu.uuid, sampled.power_fields[i].name,
            trial.has_power && !others.empty() ? " (" + others + ")" : "", interval.count() * 1000));
        if (!trial.has_power) {
            facts.warnings.push_back(fmt::format(
                "GPU {} reports no power, so its energy will be null unless that changes: {}", gpu.index, others));
        }
    }
    return facts;
}

class NvidiaSource : public GpuSource {
public:
    NvidiaSource(const std::filesystem::path& nvidia_smi, const GpuInventory& inventory, const SampledFields& sampled,
                 Seconds interval)
        : facts_(describe_source(inventory, sampled, interval)), driver_(inventory.gpus, nvidia_smi),
          sampler_(nvidia_smi, inventory.gpus, sampled.power_fields, sampled.fields, interval) {}

    [[nodiscard]] const GpuSourceFacts& facts() const override { return facts_; }

    [[nodiscard]] VisibleGpus find_visible(const std::vector<std::string>& environment) const override {
        return select_visible(facts_.gpus, run::find_variable(environment, "CUDA_VISIBLE_DEVICES"),
                              run::find_variable(environment, "CUDA_DEVICE_ORDER"));
    }

    void start_recording(const std::filesystem::path& folder, MonotonicTime since) override {
        sampler_.start(folder, since);
    }

    [[nodiscard]] energy::GpuTimelines stop_recording(const energy::Window& window, const Patience& patience) override {
        sampler_.finish();
        energy::GpuTimelines timelines = timelines_of(sampler_, window);
        if (!std::exchange(is_training_expected_, false)) {
            return timelines;
        }
        const std::vector<DriverFindings> findings = driver_.finish(patience);
        for (std::size_t gpu = 0; gpu < findings.size(); ++gpu) {
            timelines.gpus[gpu].counter_start = findings[gpu].counter_start;
            timelines.gpus[gpu].counter_end = findings[gpu].counter_end;
            timelines.gpus[gpu].used_by_training = findings[gpu].used_by_training;
            timelines.gpus[gpu].foreign_processes = findings[gpu].foreign;
        }
        if (const std::optional<std::string> failure = driver_.take_failure()) {
            timelines.remarks.push_back(*failure);
        }
        return timelines;
    }

    void expect_training(const Patience& patience) override {
        is_training_expected_ = true;
        driver_.start(patience);
    }
    void training_started() override { driver_.training_started(); }
    void training_ended() override { driver_.training_ended(); }

    bool wait_until_after(MonotonicTime time, Seconds limit, int stop_fd) override {
        return sampler_.wait_until_after(time, limit, stop_fd);
    }
    [[nodiscard]] std::optional<std::string> silence() const override {
        return sampler_.is_silent() ? std::optional(sampler_.describe_silence()) : std::nullopt;
    }
    [[nodiscard]] std::optional<Watts> current_power(std::size_t gpu) const override {
        return sampler_.current_power(gpu);
    }
    [[nodiscard]] std::optional<Celsius> current_temperature(std::size_t gpu) const override {
        return sampler_.current_temperature(gpu);
    }

    void add_poll_fds(std::vector<pollfd>& fds) const override {
        sampler_.add_poll_fds(fds);
        driver_.add_poll_fds(fds);
    }
    void on_poll(const std::set<pid_t>& companions) override {
        sampler_.on_poll();
        driver_.on_poll(companions);
    }
    [[nodiscard]] std::set<pid_t> processes() const override {
        std::set<pid_t> pids{sampler_.pid(), driver_.pid()};
        pids.erase(-1);
        return pids;
    }

private:
    GpuSourceFacts facts_;
    DriverWatch driver_;
    GpuSampler sampler_;
    bool is_training_expected_ = false;
};

} // namespace

FoundGpus find_nvidia_gpus(const std::optional<std::filesystem::path>& nvidia_smi, Seconds sample_interval,
                           int stop_fd) {
    if (!nvidia_smi) {
        return {nullptr, "nvidia-smi is not on PATH; on a machine with an NVIDIA GPU install its driver's utilities"};
    }
    const Patience patience{Patience().limit, stop_fd};
    const GpuInventory inventory = query_gpus(*nvidia_smi, patience);
    if (inventory.gpus.empty()) {
        return {nullptr, inventory.reason.value_or("")};
    }
    const SampledFields sampled = choose_fields(*nvidia_smi, inventory.gpus, GpuSampler::wanted_fields(), patience);
    return {std::make_unique<NvidiaSource>(*nvidia_smi, inventory, sampled, sample_interval), ""};
}

} // namespace mutation::sensors
