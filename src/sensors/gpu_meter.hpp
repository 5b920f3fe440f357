#pragma once

#include "mutation/energy/gpu_timeline.hpp"
#include "mutation/energy/sensor_facts.hpp"
#include "mutation/sensors/gpu_source.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mutation::sensors {

/// Measures attempts and the idle machine by a GPU source: decides what is sampled before and after a training, and
/// which GPUs count.
class GpuMeter {
public:
    explicit GpuMeter(std::unique_ptr<GpuSource> source) : source_(std::move(source)) {}

    [[nodiscard]] const GpuSourceFacts& facts() const { return source_->facts(); }
    [[nodiscard]] GpuSource& source() { return *source_; }
    [[nodiscard]] const GpuSource& source() const { return *source_; }
    /// For a training with this environment.
    [[nodiscard]] const VisibleGpus& visible() const { return visible_; }
    [[nodiscard]] bool is_any_counted() const;

    /// Returns when samples arrive or will not arrive; at once if they arrive already.
    void start_attempt(const std::filesystem::path& folder, const std::vector<std::string>& environment, int stop_fd);
    /// Goes on sampling for as long after the training's end as the sensors average.
    [[nodiscard]] energy::GpuTimelines finish_attempt(const energy::Window& window, const Patience& patience);
    /// The training did not start.
    void abandon_attempt();

    void start_baseline(const std::filesystem::path& folder, int stop_fd);
    struct Baseline {
        std::vector<std::optional<energy::IdlePower>> idle; ///< of each GPU
        std::vector<std::string> missing;                   ///< why GPUs have none
    };
    [[nodiscard]] Baseline finish_baseline(const energy::Window& window);

    /// Reports that nothing is sampled at the moment: once per attempt.
    [[nodiscard]] std::optional<std::string> take_outage();
    /// The hottest counted GPU; nullopt if none reports a temperature. Waits for a sample if the newest is old.
    [[nodiscard]] std::optional<Celsius> hottest(int stop_fd);
    /// The sum over the counted GPUs that report one.
    [[nodiscard]] std::optional<Watts> current_power() const;

private:
    void start(const std::filesystem::path& folder, Seconds limit, int stop_fd);

    std::unique_ptr<GpuSource> source_;
    VisibleGpus visible_;
    bool has_started_ = false; ///< every GPU was sampled before the attempt
    bool has_failed_ = false;  ///< this was not so last time: the next start has less time
    bool is_attempt_ = false;
    bool is_outage_reported_ = false; ///< in this attempt
    MonotonicTime clear_since_{};     ///< from then on the sensors no longer show the last training
};

} // namespace mutation::sensors
