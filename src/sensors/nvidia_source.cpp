#include "mutation/sensors/nvidia_source.hpp"

#include "driver_watch.hpp"
#include "mutation/run/training_environment.hpp"
#include "mutation/sensors/gpu_sampler.hpp"
#include "mutation/sensors/gpu_timelines.hpp"
#include "mutation/sensors/visible_gpus.hpp"

#include <fmt/format.h>
#include <iterator>
#include <utility>

namespace mutation::sensors {

namespace {

std::string describe_gpu(const GpuInfo& gpu, const PowerField& field, Seconds interval) {
    const bool is_second_best = field.works && !field.remark.empty();
    return fmt::format("GPU {}: {} ({}), {}{} every {:.0f} ms", gpu.index, gpu.name, gpu.uuid, field.name,
                       is_second_best ? " (" + field.remark + ")" : "", interval.count() * 1000);
}

GpuSourceFacts describe_source(const GpuInventory& inventory, const std::vector<PowerField>& fields, Seconds interval) {
    GpuSourceFacts facts{"nvidia_smi", "nvidia-smi", interval, inventory.gpus, {}, {}, {}};
    if (!inventory.remark.empty()) {
        facts.warnings.push_back("the GPU samples are used, although " + inventory.remark);
    }
    for (std::size_t gpu = 0; gpu < inventory.gpus.size(); ++gpu) {
        const PowerField& field = fields[gpu];
        facts.fields.push_back({field.name, field.sensor, field.accuracy, field.accuracy_source});
        facts.findings.push_back(describe_gpu(inventory.gpus[gpu], field, interval));
        if (!field.works) {
            facts.warnings.push_back(
                fmt::format("GPU {} reports no power, so its energy will be null unless that changes: {}",
                            inventory.gpus[gpu].index, field.remark));
        }
    }
    return facts;
}

class NvidiaSource : public GpuSource {
public:
    NvidiaSource(const std::filesystem::path& nvidia_smi, GpuInventory inventory, SampledFields sampled,
                 Seconds interval)
        : facts_(describe_source(inventory, sampled.power_fields, interval)), driver_(inventory.gpus, nvidia_smi),
          sampler_(nvidia_smi, std::move(inventory.gpus), std::move(sampled.power_fields), std::move(sampled.fields),
                   interval) {}

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
    GpuInventory inventory = query_gpus(*nvidia_smi, patience);
    if (inventory.gpus.empty()) {
        return {nullptr, inventory.reason};
    }
    SampledFields sampled = choose_fields(*nvidia_smi, inventory.gpus, GpuSampler::wanted_fields(), patience);
    return {std::make_unique<NvidiaSource>(*nvidia_smi, std::move(inventory), std::move(sampled), sample_interval), ""};
}

} // namespace mutation::sensors
