#include "mutation/sensors/gpu_sampler.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/system/abandoned.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/memory_file.hpp"
#include "mutation/system/signals.hpp"
#include "sample_cells.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace mutation::sensors {

namespace {

constexpr Seconds kDrainInterval{0.9};
constexpr int kPipeSize = 1 << 20;            // minutes of lines, should the loop be held up
constexpr int kMostFailures = 10;             // in a row
constexpr std::chrono::seconds kHungLook{10}; // at one that was killed and does not end
constexpr int kMostSilentStarts = 3;          // after that nobody waits for it
constexpr Seconds kLongLife{30};              // one that delivered so long was no failure
constexpr Seconds kOldReading{3};
constexpr Seconds kLongSilence{5};
constexpr Seconds kLeastSilence{3};
constexpr double kMostTimesAsked = 20; // lines, of those that the interval makes ...
constexpr double kLinesInStock = 1000; // ... beyond these
constexpr Seconds kStartLimit{30};     // without persistence mode the driver may take long to wake
constexpr int kTickMilliseconds = 100;
constexpr std::size_t kMostCells = 24;
constexpr std::size_t kLongestLine = 4096;
constexpr std::size_t kMostComplaint = 300;
constexpr std::size_t kLongestCell = 40;

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

GpuSampler::GpuSampler(std::filesystem::path nvidia_smi, std::vector<GpuInfo> gpus,
                       std::vector<PowerField> power_fields, std::vector<std::string> fields, Seconds interval)
    : nvidia_smi_(std::move(nvidia_smi)), gpus_(std::move(gpus)), power_fields_(std::move(power_fields)),
      interval_(interval) {
    for (std::string& field : fields) {
        const bool is_power = field.starts_with("power.");
        const bool is_asked = !is_power || std::any_of(power_fields_.begin(), power_fields_.end(),
                                                       [&](const PowerField& power) { return power.name == field; });
        if (is_asked) {
            fields_.push_back(std::move(field));
        }
    }
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
    for (const PowerField& power : power_fields_) {
        power_columns_.push_back(column(power.name));
    }
}

void GpuSampler::start(const std::filesystem::path& folder) {
    stop();
    tracks_.assign(gpus_.size(), {});
    restarts_ = failures_ = silent_failures_ = 0;
    sampled_ = system::monotonic_now();
    last_trouble_.clear();
    is_trouble_quoted_ = false;
    has_lost_rows_ = false;
    epoch_offset_ =
        Seconds(system::wall_now().time_since_epoch()) - Seconds(system::monotonic_now().time_since_epoch());
    open_files(folder);
    is_started_ = true;
    launch();
}

void GpuSampler::launch() {
    restart_at_.reset();
    if (is_hung()) { // another one would hang too
        last_trouble_ = fmt::format("nvidia-smi (process {}) was killed but does not end", hung_);
        restart_at_ = system::monotonic_now() + kHungLook;
        return;
    }
    partial_line_.clear();
    other_.clear();
    has_spoken_ = false;
    lines_ = 0;
    launched_ = heard_ = system::monotonic_now();
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        schedule_restart(fmt::format("no pipe: {}", std::strerror(errno)));
        return;
    }
    pipe_ = system::UniqueFd(ends[0]);
    const system::UniqueFd writer(ends[1]);
    ::fcntl(pipe_.get(), F_SETFL, O_NONBLOCK);
    ::fcntl(pipe_.get(), F_SETPIPE_SZ, kPipeSize);
    words_ = system::make_bounded_file("nvidia-smi", kMostComplaint);
    system::SpawnRequest request;
    request.argv = {nvidia_smi_.string(), "--query-gpu=" + join(fields_, ","), "--format=csv,noheader,nounits", "-lms",
                    std::to_string(std::max(1L, std::lround(interval_.count() * 1000)))};
    request.environment = system::plain_environment();
    request.stdout_fd = writer.get();
    request.stderr_fd = words_.get();
    try {
        child_ = system::spawn(request);
    } catch (const Error& error) {
        schedule_restart(error.message());
    }
}

void GpuSampler::stop() {
    if (is_started_) {
        drain();
        read_words();
    }
    is_started_ = false;
    restart_at_.reset();
    end_child(); // it has nothing to save
    pipe_.reset();
    flush_files();
    close_files();
}

void GpuSampler::end_child() {
    const pid_t process = child_.pid();
    if (child_.is_running() && !child_.kill_and_reap()) {
        hung_ = process;
        last_trouble_ += fmt::format("{}nvidia-smi (process {}) was killed but does not end",
                                     last_trouble_.empty() ? "" : "; ", process);
    }
}

bool GpuSampler::is_hung() const {
    return hung_ > 0 && system::abandoned_processes().contains(hung_);
}

void GpuSampler::schedule_restart(const std::string& why) {
    read_words();
    if (!parse_gpu_stamp(partial_line_)) { // else a sample that was cut off
        other_.add(partial_line_);
    }
    // A reason in nvidia-smi's own words says more than a later one without.
    if (!other_.text().empty() || !is_trouble_quoted_) {
        is_trouble_quoted_ = !other_.text().empty();
        last_trouble_ = why + (is_trouble_quoted_ ? ": " + other_.text() : "");
    }
    end_child();
    pipe_.reset();
    if (has_spoken_ && heard_ - launched_ > kLongLife) {
        failures_ = 0;
    }
    silent_failures_ += has_spoken_ ? 0 : 1;
    if (failures_ < kMostFailures) {
        // At once where it had worked: each moment is lost.
        const Seconds delay(failures_ == 0 ? 0 : std::min(10.0, 0.1 * std::pow(2.0, failures_)));
        restart_at_ = system::monotonic_now() + std::chrono::duration_cast<std::chrono::nanoseconds>(delay);
        ++restarts_;
    }
    ++failures_;
}

void GpuSampler::read_words() {
    other_.add(system::read_bounded_file(words_));
}

void GpuSampler::add_poll_fds(std::vector<pollfd>& fds) const {
    if (child_.is_running()) {
        fds.push_back({child_.pidfd(), POLLIN, 0});
        if (is_attentive()) {
            fds.push_back({pipe_.get(), POLLIN, 0});
        }
    }
}

void GpuSampler::on_poll() {
    if (child_.is_running()) {
        look_after_child();
    }
    if (restart_at_ && system::monotonic_now() >= *restart_at_) {
        launch();
    }
}

void GpuSampler::look_after_child() {
    const MonotonicTime time = system::monotonic_now();
    const std::optional<system::ExitStatus> ended = child_.poll();
    if (ended || is_attentive() || time - drained_ >= kDrainInterval) {
        drain();
    }
    const Seconds silence = has_spoken_ ? std::max(kLeastSilence, 10 * interval_) : kStartLimit;
    if (ended) {
        schedule_restart(ended->signal ? "nvidia-smi was killed by " + system::describe_signal(*ended->signal)
                                       : fmt::format("nvidia-smi ended with status {}", ended->code.value_or(-1)));
    } else if (is_flooding()) {
        schedule_restart(fmt::format("nvidia-smi told over {:.0f} times as much as it was asked", kMostTimesAsked));
    } else if (time - heard_ > silence) {
        schedule_restart(fmt::format("nvidia-smi fell silent for {:.0f} s", silence.count()));
    }
}

template <class Condition>
bool GpuSampler::serve_until(Seconds limit, int stop_fd, const Condition& is_met) {
    const MonotonicTime deadline =
        system::monotonic_now() + std::chrono::duration_cast<std::chrono::nanoseconds>(limit);
    is_waiting_ = true;
    bool is_done = false;
    while (!(is_done = is_met()) && system::monotonic_now() < deadline &&
           (child_.is_running() || (restart_at_ && !is_hung())) && silent_failures_ < kMostSilentStarts) {
        std::vector<pollfd> fds{{stop_fd, POLLIN, 0}};
        add_poll_fds(fds);
        ::poll(fds.data(), fds.size(), kTickMilliseconds);
        if (fds[0].revents != 0) {
            break;
        }
        on_poll();
    }
    is_waiting_ = false;
    return is_done;
}

bool GpuSampler::wait_for_first_sample(Seconds limit, int stop_fd) {
    return serve_until(limit, stop_fd, [this] {
        return std::all_of(tracks_.begin(), tracks_.end(),
                           [](const GpuTrack& track) { return !track.samples.empty(); });
    });
}

bool GpuSampler::wait_until_after(MonotonicTime time, Seconds limit, int stop_fd) {
    return serve_until(limit, stop_fd, [this, time] {
        return std::all_of(tracks_.begin(), tracks_.end(), [&](const GpuTrack& track) {
            return !track.samples.empty() &&
                   track.mapper.map(track.samples.back().stamp, track.samples.back().mapping) > time;
        });
    });
}

bool GpuSampler::is_attentive() const {
    return is_waiting_ || !has_spoken_ || std::any_of(tracks_.begin(), tracks_.end(), [](const GpuTrack& track) {
               return !track.samples.empty() && track.mapper.is_fresh();
           });
}

bool GpuSampler::is_flooding() const {
    const double asked = Seconds(drained_ - launched_) / interval_ * static_cast<double>(gpus_.size());
    return static_cast<double>(lines_) > kLinesInStock + kMostTimesAsked * asked;
}

void GpuSampler::drain() {
    drained_ = system::monotonic_now();
    std::array<char, 65536> block{};
    ssize_t size = 0;
    // No more than the pipe holds at a time: one that is filled as fast as it is read would hold us for ever.
    for (ssize_t bytes = 0; pipe_.is_open() && !is_flooding() && bytes < kPipeSize &&
                            (size = ::read(pipe_.get(), block.data(), block.size())) > 0;
         bytes += size) {
        const Reading reading{system::monotonic_now(), system::wall_lead()};
        std::string_view text(block.data(), static_cast<std::size_t>(size));
        for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1)) {
            ++lines_;
            if (partial_line_.empty()) {
                take_line(text.substr(0, end), reading);
            } else {
                partial_line_.append(text.substr(0, end));
                take_line(partial_line_, reading);
                partial_line_.clear();
            }
        }
        partial_line_.append(text.substr(0, kLongestLine));
        if (partial_line_.size() > kLongestLine) {
            partial_line_.clear(); // no line of ours
        }
    }
    constexpr std::size_t kFlushBytes = 64U << 10U;
    if (power_file_.rows.size() > kFlushBytes) {
        flush_files();
    }
}

void GpuSampler::take_line(std::string_view line, const Reading& reading) {
    std::array<std::string_view, kMostCells> cells;
    const std::size_t count = split_cells(line, cells.data(), cells.size());
    const bool is_row =
        columns_.uuid && count == fields_.size() && (!columns_.stamp || parse_gpu_stamp(cells[*columns_.stamp]));
    if (!is_row) {
        other_.add(line);
        return;
    }
    for (std::size_t gpu = 0; gpu < gpus_.size(); ++gpu) {
        if (gpus_[gpu].uuid == cells[*columns_.uuid]) {
            take_sample(gpu, cells.data(), count, reading);
            return;
        }
    }
}

float GpuSampler::take_power(std::size_t gpu, std::string_view cell) {
    if (const std::optional<Watts> power = parse_gpu_power(cell, gpus_[gpu].power_limit)) {
        return static_cast<float>(power->value());
    }
    const std::optional<double> number = parse_gpu_number(cell);
    GpuTrack& track = tracks_[gpu];
    if (!number || *number < 0) {
        track.unread.assign(cell.substr(0, kLongestCell));
    } else {
        ++(*number > 0 ? track.excessive_readings : track.zero_readings);
    }
    return std::nanf("");
}

void GpuSampler::take_sample(std::size_t gpu, const std::string_view* cells, std::size_t count,
                             const Reading& reading) {
    const std::optional<double> stamp = columns_.stamp ? parse_gpu_stamp(cells[*columns_.stamp]) : std::nullopt;
    if (!stamp) {
        return;
    }
    heard_ = sampled_ = reading.arrival;
    has_spoken_ = true;
    silent_failures_ = 0;
    GpuTrack& track = tracks_[gpu];
    GpuSample sample;
    sample.stamp = *stamp;
    sample.mapping = track.mapper.add(*stamp, reading.arrival, reading.wall_lead);
    sample.power =
        take_power(gpu, power_columns_[gpu] && *power_columns_[gpu] < count ? cells[*power_columns_[gpu]] : "");
    sample.temperature = small_number<std::int16_t>(cell_number(cells, count, columns_.temperature));
    sample.memory_temperature = small_number<std::int16_t>(cell_number(cells, count, columns_.memory_temperature));
    sample.utilization = small_number<std::int8_t>(cell_number(cells, count, columns_.utilization));
    sample.memory_utilization = small_number<std::int8_t>(cell_number(cells, count, columns_.memory_utilization));
    sample.clock_mhz = small_number<std::int16_t>(cell_number(cells, count, columns_.clock));
    if (columns_.throttle && *columns_.throttle < count) {
        sample.throttle_mask = static_cast<std::uint8_t>(parse_mask(cells[*columns_.throttle]) & UINT8_MAX);
    }
    track.samples.push_back(sample);
    append_rows(gpu, sample);
}

std::vector<energy::PowerSample> GpuSampler::power_samples(std::size_t gpu) const {
    std::vector<energy::PowerSample> samples;
    samples.reserve(tracks_[gpu].samples.size());
    for (const GpuSample& sample : tracks_[gpu].samples) {
        if (!std::isnan(sample.power)) {
            samples.push_back({time_of(gpu, sample), Watts(sample.power)});
        }
    }
    return samples;
}

std::optional<Watts> GpuSampler::current_power(std::size_t gpu) const {
    if (!is_started_ || gpu >= tracks_.size() || tracks_[gpu].samples.empty()) {
        return std::nullopt;
    }
    const GpuSample& newest = tracks_[gpu].samples.back();
    const bool is_old = system::monotonic_now() - time_of(gpu, newest) > kOldReading;
    return is_old || std::isnan(newest.power) ? std::nullopt : std::optional(Watts(newest.power));
}

bool GpuSampler::is_silent() const {
    return is_started_ && (silent_failures_ >= kMostSilentStarts ||
                           system::monotonic_now() - sampled_ > std::max(kLongSilence, 20 * interval_));
}

bool GpuSampler::is_without_sample() const {
    return std::any_of(tracks_.begin(), tracks_.end(), [](const GpuTrack& track) { return track.samples.empty(); });
}

} // namespace mutation::sensors
