#include "mutation/sensors/gpu_sampler.hpp"

#include "mutation/sensors/nvidia_smi.hpp"
#include "mutation/system/clock.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace mutation::sensors {

namespace {

constexpr Seconds kOldReading{3};
constexpr Seconds kLongSilence{5};
/// A stream whose newest samples are older than this, and than three intervals, does not deliver.
constexpr Seconds kFreshSample{1};
/// Samples outside of any attempt are kept for so long.
constexpr Seconds kIdleMemory{60};
constexpr std::size_t kLongestCell = 40;

MonotonicTime ago(Seconds time) {
    return system::monotonic_now() - std::chrono::duration_cast<std::chrono::nanoseconds>(time);
}

/// The number as a small integer; nullopt if there is none, or none that fits.
template <class Number>
std::optional<Number> small_number(const std::optional<double>& value) {
    constexpr double kMost = std::numeric_limits<Number>::max();
    return value && *value >= 0 && *value <= kMost ? std::optional(static_cast<Number>(std::lround(*value)))
                                                   : std::nullopt;
}

std::optional<double> cell_number(const std::vector<std::string_view>& cells, std::optional<std::size_t> column) {
    return column ? parse_gpu_number(cells[*column]) : std::nullopt;
}

/// The bits of `0x0000000000000004`; 0 for a cell of another form.
std::uint64_t parse_mask(std::string_view cell) {
    std::uint64_t mask = 0;
    if (cell.starts_with("0x")) {
        std::from_chars(cell.data() + 2, cell.data() + cell.size(), mask, 16);
    }
    return mask;
}

/// Of the power fields only those that a GPU's power is read from.
std::vector<std::string> fields_to_ask(std::vector<std::string> known,
                                       const std::vector<energy::PowerField>& power_fields) {
    known.erase(std::remove_if(known.begin(), known.end(),
                               [&](const std::string& field) {
                                   return field.starts_with("power.") &&
                                          std::none_of(
                                              power_fields.begin(), power_fields.end(),
                                              [&](const energy::PowerField& power) { return power.name == field; });
                               }),
                known.end());
    return known;
}

} // namespace

std::vector<std::string> GpuSampler::wanted_fields() {
    return {"timestamp",
            "index",
            "uuid",
            "power.draw",
            "power.draw.instant",
            "power.draw.average",
            "temperature.gpu",
            "temperature.memory",
            "utilization.gpu",
            "utilization.memory",
            "clocks.sm",
            "clocks_event_reasons.active", // the newer name of the next
            "clocks_throttle_reasons.active"};
}

GpuSampler::GpuSampler(const std::filesystem::path& nvidia_smi, std::vector<GpuInfo> gpus,
                       std::vector<energy::PowerField> power_fields, std::vector<std::string> fields, Seconds interval)
    : gpus_(std::move(gpus)), power_fields_(std::move(power_fields)),
      fields_(fields_to_ask(std::move(fields), power_fields_)), interval_(interval), tracks_(gpus_.size()),
      stream_({nvidia_smi, fields_, interval, gpus_.size()}, *this) {
    find_columns();
}

void GpuSampler::find_columns() {
    const auto column = [&](std::string_view name) -> std::optional<std::size_t> {
        const auto place = std::find(fields_.begin(), fields_.end(), name);
        return place == fields_.end() ? std::nullopt : std::optional(static_cast<std::size_t>(place - fields_.begin()));
    };
    const auto throttle = column("clocks_event_reasons.active") ? column("clocks_event_reasons.active")
                                                                : column("clocks_throttle_reasons.active");
    columns_ = {column("timestamp"),       column("uuid"),
                column("temperature.gpu"), column("temperature.memory"),
                column("utilization.gpu"), column("utilization.memory"),
                column("clocks.sm"),       throttle};
    for (const energy::PowerField& power : power_fields_) {
        power_columns_.push_back(column(power.name));
    }
}

void GpuSampler::start(const std::optional<std::filesystem::path>& folder, MonotonicTime since) {
    stream_.drain();
    if (is_delivering()) {
        stream_.forget_errors();
        forget_before(since);
    } else {
        tracks_.assign(gpus_.size(), {});
        stream_.restart();
    }
    if (folder) {
        files_.open(*folder, system::wall_lead());
    }
    sampled_ = system::monotonic_now();
    is_recording_ = true;
    for (std::size_t gpu = 0; gpu < gpus_.size(); ++gpu) {
        tracks_[gpu].zero_readings = tracks_[gpu].excessive_readings = 0;
        tracks_[gpu].unread.reset();
        for (const GpuSample& sample : tracks_[gpu].samples) {
            files_.append(gpus_[gpu], sample);
        }
    }
}

void GpuSampler::finish() {
    if (is_recording_) {
        stream_.drain();
        stream_.read_messages();
    }
    is_recording_ = false;
    files_.close();
}

void GpuSampler::stop() {
    finish();
    stream_.stop();
}

bool GpuSampler::is_delivering() const {
    const MonotonicTime oldest = ago(std::max(kFreshSample, 3 * interval_));
    return stream_.is_running() && std::all_of(tracks_.begin(), tracks_.end(), [&](const GpuTrack& track) {
               return !track.samples.empty() && track.samples.back().time >= oldest;
           });
}

void GpuSampler::forget_before(MonotonicTime time) {
    forgot_ = system::monotonic_now();
    for (GpuTrack& track : tracks_) {
        const auto first = std::find_if(track.samples.begin(), track.samples.end(),
                                        [&](const GpuSample& sample) { return sample.time >= time; });
        track.samples = std::vector<GpuSample>(first, track.samples.end()); // a new vector: the old one may be large
    }
}

bool GpuSampler::wait_for_first_sample(Seconds limit, int stop_fd) {
    return wait_until_after(MonotonicTime::min(), limit, stop_fd);
}

bool GpuSampler::wait_until_after(MonotonicTime time, Seconds limit, int stop_fd) {
    stream_.drain(); // what has arrived meanwhile
    on_poll();
    return stream_.serve_until(limit, stop_fd, [this, time] {
        return std::all_of(tracks_.begin(), tracks_.end(), [&](const GpuTrack& track) {
            return !track.samples.empty() && track.samples.back().time > time;
        });
    });
}

void GpuSampler::on_poll() {
    stream_.on_poll();
    files_.flush();
    if (!is_recording_ && forgot_ < ago(kIdleMemory)) {
        forget_before(ago(kIdleMemory));
    }
}

SmiReader::Line GpuSampler::take_line(std::string_view line, const SmiReading& reading) {
    const std::vector<std::string_view> cells = split_cells(line);
    const bool is_row = columns_.stamp && columns_.uuid && cells.size() == fields_.size();
    const std::optional<double> stamp = is_row ? parse_gpu_stamp(cells[*columns_.stamp]) : std::nullopt;
    if (!stamp) {
        return Line::other;
    }
    for (std::size_t gpu = 0; gpu < gpus_.size(); ++gpu) {
        if (gpus_[gpu].uuid == cells[*columns_.uuid]) {
            take_sample(gpu, cells, tracks_[gpu].mapper.map(*stamp, reading.arrival, reading.wall_lead));
            sampled_ = reading.arrival;
            return Line::sample;
        }
    }
    return Line::ignored;
}

std::optional<float> GpuSampler::take_power(std::size_t gpu, std::string_view cell) {
    if (const std::optional<Watts> power = parse_gpu_power(cell, gpus_[gpu].power_limit)) {
        return static_cast<float>(power->value());
    }
    const std::optional<double> number = parse_gpu_number(cell);
    GpuTrack& track = tracks_[gpu];
    if (!number || *number < 0) {
        track.unread = cell.substr(0, kLongestCell);
    } else {
        ++(*number > 0 ? track.excessive_readings : track.zero_readings);
    }
    return std::nullopt;
}

void GpuSampler::take_sample(std::size_t gpu, const std::vector<std::string_view>& cells, MonotonicTime time) {
    GpuTrack& track = tracks_[gpu];
    GpuSample sample;
    sample.time = time;
    sample.power = take_power(gpu, power_columns_[gpu] ? cells[*power_columns_[gpu]] : "");
    sample.temperature = small_number<std::int16_t>(cell_number(cells, columns_.temperature));
    sample.memory_temperature = small_number<std::int16_t>(cell_number(cells, columns_.memory_temperature));
    sample.utilization = small_number<std::int8_t>(cell_number(cells, columns_.utilization));
    sample.memory_utilization = small_number<std::int8_t>(cell_number(cells, columns_.memory_utilization));
    sample.clock_mhz = small_number<std::int16_t>(cell_number(cells, columns_.clock));
    if (columns_.throttle) {
        sample.throttle_mask = static_cast<std::uint8_t>(parse_mask(cells[*columns_.throttle]) & UINT8_MAX);
    }
    track.samples.push_back(sample);
    if (is_recording_) {
        files_.append(gpus_[gpu], sample);
    }
}

std::vector<energy::PowerSample> GpuSampler::power_samples(std::size_t gpu) const {
    std::vector<energy::PowerSample> samples;
    samples.reserve(tracks_[gpu].samples.size());
    for (const GpuSample& sample : tracks_[gpu].samples) {
        if (sample.power) {
            samples.push_back({sample.time, Watts(*sample.power)});
        }
    }
    return samples;
}

const GpuSample* GpuSampler::newest_if_fresh(std::size_t gpu) const {
    const std::vector<GpuSample>& samples = tracks_[gpu].samples;
    const bool is_fresh = !samples.empty() && samples.back().time >= ago(std::max(kOldReading, 2 * interval_));
    return is_fresh ? &samples.back() : nullptr;
}

std::optional<Watts> GpuSampler::current_power(std::size_t gpu) const {
    const GpuSample* newest = is_recording_ ? newest_if_fresh(gpu) : nullptr;
    return newest != nullptr && newest->power ? std::optional(Watts(*newest->power)) : std::nullopt;
}

std::optional<Celsius> GpuSampler::current_temperature(std::size_t gpu) const {
    const GpuSample* newest = newest_if_fresh(gpu);
    return newest != nullptr && newest->temperature ? std::optional(Celsius(*newest->temperature)) : std::nullopt;
}

std::string GpuSampler::describe_silence() const {
    return remark().value_or("nvidia-smi runs but prints no samples");
}

std::optional<std::string> GpuSampler::remark() const {
    std::optional<std::string> errors = stream_.remark();
    if (!files_.has_lost_rows()) {
        return errors;
    }
    return (errors ? *errors + "; " : "") + "the CSV files could not be written completely";
}

bool GpuSampler::is_silent() const {
    return is_recording_ &&
           (stream_.is_hopeless() || system::monotonic_now() - sampled_ > std::max(kLongSilence, 20 * interval_));
}

} // namespace mutation::sensors
