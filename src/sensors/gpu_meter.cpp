#include "gpu_meter.hpp"

#include "mutation/energy/mean_and_spread.hpp"
#include "mutation/system/clock.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace mutation::sensors {

namespace {

/// How long a training waits for the GPUs' first samples: a driver without persistence mode takes seconds to wake.
constexpr Seconds kFirstSampleLimit{20};
/// The same for GPUs that had none the last time, and for a baseline, which lasts long enough for more.
constexpr Seconds kSecondChance{3};
/// So long is sampled before a training starts, and three samples at least: they show the level before it.
constexpr Seconds kLead{0.5};
constexpr double kLeadSamples = 3;

MonotonicTime later(MonotonicTime time, Seconds by) {
    return time + std::chrono::duration_cast<std::chrono::nanoseconds>(by);
}

/// How long after a training's end the sensors still show it.
Seconds longest_delay(const GpuSourceFacts& facts) {
    Seconds delay{0};
    for (const energy::PowerField& field : facts.fields) {
        delay = std::max(delay, energy::sensor_delay(field.sensor));
    }
    return delay;
}

/// How long after a training's end a sample must be read: one when the sensors no longer show the training, and one
/// more behind the step that its end makes, which they show half of their delay late.
Seconds tail_of(const GpuSourceFacts& facts) {
    const Seconds delay = longest_delay(facts);
    return std::max(delay, delay / 2 + facts.sample_interval);
}

std::optional<energy::IdlePower> idle_power(const energy::GpuTimeline& timeline) {
    if (timeline.power.empty()) {
        return std::nullopt;
    }
    energy::MeanAndSpread power;
    for (const energy::PowerSample& sample : timeline.power) {
        power.add(sample.power.value());
    }
    return energy::IdlePower{Watts(power.mean()), Watts(power.spread())};
}

} // namespace

bool GpuMeter::is_any_counted() const {
    return std::find(visible_.is_counted.begin(), visible_.is_counted.end(), true) != visible_.is_counted.end();
}

void GpuMeter::start(const std::filesystem::path& folder, Seconds limit, int stop_fd) {
    const Seconds interval = facts().sample_interval;
    const MonotonicTime now = system::monotonic_now();
    const MonotonicTime lead = later(now, -std::max(kLead, kLeadSamples * interval));
    const bool is_alive =
        source_->wait_until_after(later(now, -std::max(2 * kLead, kLeadSamples * interval)), Seconds(0), stop_fd);
    source_->start_recording(folder, std::max(lead, clear_since_));
    is_outage_reported_ = false;
    has_started_ = source_->wait_until_after(lead, has_failed_ ? kSecondChance : limit, stop_fd);
    has_failed_ = !has_started_;
    if (has_started_ && !is_alive) {
        source_->wait_until_after(later(system::monotonic_now(), kLead), kSecondChance, stop_fd);
    }
}

void GpuMeter::start_attempt(const std::filesystem::path& folder, const std::vector<std::string>& environment,
                             int stop_fd) {
    visible_ = source_->find_visible(environment);
    source_->expect_training({Patience().limit, stop_fd});
    is_attempt_ = true;
    start(folder, kFirstSampleLimit, stop_fd);
}

energy::GpuTimelines GpuMeter::finish_attempt(const energy::Window& window, const Patience& patience) {
    const GpuSourceFacts& known = facts();
    const Seconds tail = tail_of(known);
    if (has_started_ || source_->wait_until_after(MonotonicTime::min(), Seconds(0), patience.stop_fd)) {
        source_->wait_until_after(later(window.end, tail), tail + std::min(kSecondChance, patience.limit),
                                  patience.stop_fd);
    }
    clear_since_ = later(window.end, longest_delay(known));
    is_attempt_ = false;
    energy::GpuTimelines timelines = source_->stop_recording(window, patience);
    timelines.method = known.method;
    timelines.source = known.name;
    timelines.sample_interval = known.sample_interval;
    timelines.visibility_remark = visible_.remark;
    for (std::size_t gpu = 0; gpu < timelines.gpus.size(); ++gpu) {
        timelines.gpus[gpu].is_counted = visible_.is_counted[gpu];
    }
    return timelines;
}

void GpuMeter::abandon_attempt() {
    is_attempt_ = false;
    const MonotonicTime now = system::monotonic_now();
    static_cast<void>(source_->stop_recording({now, now}, {Seconds(0), -1}));
}

void GpuMeter::start_baseline(const std::filesystem::path& folder, int stop_fd) {
    clear_since_ = system::monotonic_now(); // what came before may have been a load
    start(folder, kSecondChance, stop_fd);
}

GpuMeter::Baseline GpuMeter::finish_baseline(const energy::Window& window) {
    const energy::GpuTimelines timelines = source_->stop_recording(window, Patience());
    Baseline baseline;
    has_failed_ = has_failed_ && std::any_of(timelines.gpus.begin(), timelines.gpus.end(), [](const auto& timeline) {
                      return timeline.readings == 0; // else a driver that slept has woken up meanwhile
                  });
    for (const energy::GpuTimeline& timeline : timelines.gpus) {
        baseline.idle.push_back(idle_power(timeline));
        if (timeline.power.empty()) {
            baseline.missing.push_back(fmt::format(
                "GPU {} reported no power while the idle machine was measured: {}", timeline.index,
                timeline.missing_power.value_or(timelines.stream_remark.value_or("there is no sample of it"))));
        }
    }
    return baseline;
}

std::optional<std::string> GpuMeter::take_outage() {
    if (!is_attempt_ || is_outage_reported_) {
        return std::nullopt;
    }
    const std::optional<std::string> silence = source_->silence();
    is_outage_reported_ = silence.has_value();
    return silence ? std::optional("the GPUs are not sampled at the moment: " + *silence) : std::nullopt;
}

std::optional<Celsius> GpuMeter::hottest(int stop_fd) {
    const auto look = [this] {
        std::optional<Celsius> hottest;
        for (std::size_t gpu = 0; gpu < visible_.is_counted.size(); ++gpu) {
            if (visible_.is_counted[gpu]) {
                hottest = std::max(hottest, source_->current_temperature(gpu));
            }
        }
        return hottest;
    };
    const Seconds fresh = std::max(kLead, kLeadSamples * facts().sample_interval);
    source_->wait_until_after(later(system::monotonic_now(), -fresh), kSecondChance, stop_fd);
    return look();
}

std::optional<Watts> GpuMeter::current_power() const {
    std::optional<Watts> sum;
    for (std::size_t gpu = 0; gpu < visible_.is_counted.size(); ++gpu) {
        const std::optional<Watts> power = visible_.is_counted[gpu] ? source_->current_power(gpu) : std::nullopt;
        sum = power ? std::optional(sum.value_or(Watts(0)) + *power) : sum;
    }
    return sum;
}

} // namespace mutation::sensors
