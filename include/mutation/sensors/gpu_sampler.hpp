#pragma once

#include "mutation/energy/integrate_power.hpp"
#include "mutation/sensors/nvidia_smi.hpp"
#include "mutation/sensors/other_output.hpp"
#include "mutation/sensors/stamp_mapper.hpp"
#include "mutation/system/process.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <poll.h>
#include <string>
#include <vector>

namespace mutation::sensors {

/// One line of nvidia-smi about one GPU, as it is kept: 24 bytes, since a day of 8 GPUs has millions.
struct GpuSample {
    double stamp = 0; ///< nvidia-smi's, see StampMapper
    float power = 0;  ///< watts; NaN: the card did not tell
    std::int16_t temperature = -1;
    std::int16_t memory_temperature = -1;
    std::int16_t clock_mhz = -1;
    std::uint16_t mapping = 0;
    std::int8_t utilization = -1;
    std::int8_t memory_utilization = -1;
    std::uint8_t throttle_mask = 0; ///< the lower bits of nvidia-smi's: all that `throttle_reasons` names
};
static_assert(sizeof(GpuSample) == 24);

/// One GPU's samples of an attempt.
struct GpuTrack {
    std::vector<GpuSample> samples;
    StampMapper mapper;
    std::size_t zero_readings = 0;      ///< of 0 W, which no card draws
    std::size_t excessive_readings = 0; ///< far above the card's limit
    std::string unread;                 ///< the last power that was no number, as nvidia-smi wrote it
};

/// Samples all GPUs by one long-lived nvidia-smi; one that dies or falls silent is started again. Passive: lives in the
/// program's one loop, where its pipe is drained about once a second.
class GpuSampler {
public:
    /// `fields`: what this nvidia-smi knows (`choose_fields`); `power_fields`: each GPU's.
    GpuSampler(std::filesystem::path nvidia_smi, std::vector<GpuInfo> gpus, std::vector<PowerField> power_fields,
               std::vector<std::string> fields, Seconds interval);
    GpuSampler(const GpuSampler&) = delete;
    GpuSampler& operator=(const GpuSampler&) = delete;
    ~GpuSampler() { stop(); }

    /// Every field that sampling can use.
    [[nodiscard]] static std::vector<std::string> wanted_fields();

    /// Forgets the last attempt's samples and starts. CSV files go to `folder`.
    void start(const std::filesystem::path& folder);
    void stop();
    /// Serves the pipe until every GPU has told something, at most that long, or until `stop_fd` is readable.
    bool wait_for_first_sample(Seconds limit, int stop_fd);
    /// Likewise until every GPU has told something from after `time`.
    bool wait_until_after(MonotonicTime time, Seconds limit, int stop_fd);

    void add_poll_fds(std::vector<pollfd>& fds) const;
    void on_poll();

    [[nodiscard]] pid_t pid() const { return child_.is_running() ? child_.pid() : -1; }
    [[nodiscard]] const std::vector<GpuInfo>& gpus() const { return gpus_; }
    [[nodiscard]] const std::vector<PowerField>& power_fields() const { return power_fields_; }
    [[nodiscard]] Seconds interval() const { return interval_; }
    [[nodiscard]] const std::vector<GpuTrack>& tracks() const { return tracks_; }
    /// When a sample of this GPU was taken, by what is known now.
    [[nodiscard]] MonotonicTime time_of(std::size_t gpu, const GpuSample& sample) const {
        return tracks_[gpu].mapper.map(sample.stamp, sample.mapping);
    }
    /// The samples that tell a power, on the monotonic clock.
    [[nodiscard]] std::vector<energy::PowerSample> power_samples(std::size_t gpu) const;
    /// Newest power of each GPU; nullopt if it shows none, is older than 3 s, or nothing is sampled now.
    [[nodiscard]] std::optional<Watts> current_power(std::size_t gpu) const;
    /// Whether it should deliver and does not: three starts in a row gave no sample, or none came for some seconds.
    [[nodiscard]] bool is_silent() const;
    [[nodiscard]] std::string describe_silence() const;
    /// Whether a GPU has no sample of this attempt.
    [[nodiscard]] bool is_without_sample() const;
    /// Why a GPU has no power though it was sampled, or that it was not.
    [[nodiscard]] std::string describe_missing_power(std::size_t gpu) const;
    /// Readings that are none: of 0 W, or far above the card's limit; empty if there were none.
    [[nodiscard]] std::string describe_left_out(std::size_t gpu) const;
    /// What went wrong: restarts, what nvidia-smi printed that is no sample, files that could not be written. Empty if
    /// nothing did.
    [[nodiscard]] std::string remark() const;

private:
    struct Columns {
        std::optional<std::size_t> stamp, uuid, temperature, memory_temperature, utilization, memory_utilization, clock,
            throttle;
    };

    /// When a block of lines was read, and how far the wall clock was ahead right after.
    struct Reading {
        MonotonicTime arrival;
        Seconds wall_lead;
    };

    void launch();
    void look_after_child();
    void schedule_restart(const std::string& why);
    /// Kills nvidia-smi. If it does not end, no other is started before it has.
    void end_child();
    [[nodiscard]] bool is_hung() const;
    void drain();
    void take_line(std::string_view line, const Reading& reading);
    void take_sample(std::size_t gpu, const std::string_view* cells, std::size_t count, const Reading& reading);
    void append_rows(std::size_t gpu, const GpuSample& sample);
    void open_files(const std::filesystem::path& folder);
    void flush_files();
    void close_files();
    void read_words();
    /// The cell as watts, or NaN; counts what is no reading.
    [[nodiscard]] float take_power(std::size_t gpu, std::string_view cell);
    /// Whether lines are to be read as they come.
    [[nodiscard]] bool is_attentive() const;
    /// Whether it tells so much more than it was asked that it is out of its mind: we would choke on it.
    [[nodiscard]] bool is_flooding() const;
    template <class Condition>
    bool serve_until(Seconds limit, int stop_fd, const Condition& is_met);

    std::filesystem::path nvidia_smi_;
    std::vector<GpuInfo> gpus_;
    std::vector<PowerField> power_fields_;
    std::vector<std::string> fields_;
    Columns columns_;
    std::vector<std::optional<std::size_t>> power_columns_;
    Seconds interval_;

    system::Child child_;
    system::UniqueFd pipe_;
    system::UniqueFd words_;
    std::string partial_line_;
    MonotonicTime drained_{};
    MonotonicTime heard_{}; ///< when the last sample arrived, or nvidia-smi was started
    std::optional<MonotonicTime> restart_at_;
    MonotonicTime launched_{};
    std::uint64_t lines_ = 0; ///< since then
    int restarts_ = 0;
    int failures_ = 0;        ///< in a row
    int silent_failures_ = 0; ///< in a row, without a sample
    pid_t hung_ = -1;         ///< an nvidia-smi that was killed and did not end
    MonotonicTime sampled_{}; ///< when the last sample arrived, or the attempt began
    std::string last_trouble_;
    OtherOutput other_; ///< what nvidia-smi printed beside its samples since it was started last

    std::vector<GpuTrack> tracks_;

    struct CsvFile {
        system::UniqueFd fd;
        std::string rows;
    };
    CsvFile power_file_;
    CsvFile temperature_file_;
    CsvFile utilization_file_;
    Seconds epoch_offset_{0};
    bool is_started_ = false;
    bool is_waiting_ = false;
    bool has_spoken_ = false;
    bool is_trouble_quoted_ = false; ///< whether `last_trouble_` quotes `other_`
    bool has_lost_rows_ = false;
};

} // namespace mutation::sensors
