#include "mutation/measure/sensor_watch.hpp"

#include "mutation/measure/gpu_sampler.hpp"
#include "mutation/system/clock.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace mutation::measure {

namespace {

constexpr Seconds kWatchInterval{0.02};
constexpr Seconds kWatch{2};
constexpr Seconds kWatchStartLimit{20};

/// A folder for the sampler's files, which nobody needs.
class ScratchFolder {
public:
    ScratchFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "mutation-XXXXXX").string();
        path_ = ::mkdtemp(name.data()) == nullptr ? std::filesystem::path() : std::filesystem::path(name);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    ~ScratchFolder() {
        std::error_code ignored;
        if (!path_.empty()) {
            std::filesystem::remove_all(path_, ignored);
        }
    }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

} // namespace

ObservedSensor observe(const std::vector<PowerSample>& samples) {
    ObservedSensor observed;
    observed.samples = samples.size();
    if (samples.empty()) {
        return observed;
    }
    observed.watched = samples.back().time - samples.front().time;
    std::vector<MonotonicTime> changes;
    for (std::size_t i = 1; i < samples.size(); ++i) {
        const double step = std::abs((samples[i].power - samples[i - 1].power).value());
        if (step > 0) {
            changes.push_back(samples[i].time);
            observed.resolution = Watts(std::min(observed.resolution.value_or(Watts(step)).value(), step));
        }
    }
    if (observed.resolution) {
        observed.resolution = Watts(std::max(0.01, std::round(observed.resolution->value() * 100) / 100));
    }
    if (changes.size() >= 2) {
        observed.update = Seconds(changes.back() - changes.front()) / static_cast<double>(changes.size() - 1);
    }
    return observed;
}

std::vector<WatchedGpu> watch_gpus(const std::filesystem::path& nvidia_smi, const std::vector<GpuInfo>& gpus) {
    std::vector<WatchedGpu> watched;
    if (gpus.empty()) {
        return watched;
    }
    std::vector<std::string> fields = known_fields(nvidia_smi, GpuSampler::wanted_fields());
    std::vector<PowerField> power_fields;
    for (const GpuInfo& gpu : gpus) {
        power_fields.push_back(choose_power_field(gpu.name, fields));
    }
    const ScratchFolder folder;
    GpuSampler sampler(nvidia_smi, gpus, power_fields, std::move(fields), kWatchInterval);
    sampler.start(folder.path());
    sampler.wait_for_first_sample(kWatchStartLimit, -1);
    const MonotonicTime end = system::monotonic_now() + std::chrono::duration_cast<std::chrono::nanoseconds>(kWatch);
    sampler.wait_until_after(end, 2 * kWatch, -1);
    sampler.stop();
    for (std::size_t i = 0; i < gpus.size(); ++i) {
        WatchedGpu gpu{gpus[i], power_fields[i], observe(sampler.power_samples(i))};
        const auto& samples = sampler.tracks()[i].samples;
        if (!samples.empty() && samples.back().temperature >= 0) {
            gpu.observed.temperature = Celsius(samples.back().temperature);
        }
        watched.push_back(std::move(gpu));
    }
    return watched;
}

} // namespace mutation::measure
