#pragma once

#include "mutation/energy/gpu_timeline.hpp"
#include "mutation/sensors/gpu_info.hpp"
#include "mutation/sensors/sample_files.hpp"
#include "mutation/sensors/smi_stream.hpp"
#include "mutation/sensors/stamp_mapper.hpp"

#include <filesystem>
#include <optional>
#include <poll.h>
#include <string>
#include <vector>

namespace mutation::sensors {

/// One GPU's samples of an attempt, or of the last minute between two.
struct GpuTrack {
    std::vector<GpuSample> samples;
    StampMapper mapper;
    std::size_t zero_readings = 0;      ///< of 0 W, which no card draws
    std::size_t excessive_readings = 0; ///< far above the card's limit
    std::optional<std::string> unread;  ///< the last power that was no number, as nvidia-smi wrote it
};

/// Samples all GPUs by one nvidia-smi that runs on between two attempts. Passive, see SmiStream.
class GpuSampler final : private SmiReader {
public:
    /// `fields`: what this nvidia-smi knows (`choose_fields`); `power_fields`: each GPU's.
    GpuSampler(const std::filesystem::path& nvidia_smi, std::vector<GpuInfo> gpus,
               std::vector<energy::PowerField> power_fields, std::vector<std::string> fields, Seconds interval);

    /// Every field that sampling can use.
    [[nodiscard]] static std::vector<std::string> wanted_fields();

    /// Starts an attempt: keeps what was sampled from `since` on and writes it to CSV files in `folder`, if there is
    /// one. Starts nvidia-smi if it does not run or does not deliver.
    void start(const std::optional<std::filesystem::path>& folder, MonotonicTime since = MonotonicTime::max());
    /// Ends the attempt; its samples are kept until nvidia-smi reports more.
    void finish();
    /// Ends nvidia-smi too.
    void stop();
    /// Waits until every GPU has a sample from after `time`, at most `limit`, or until `stop_fd` is readable.
    bool wait_until_after(MonotonicTime time, Seconds limit, int stop_fd);
    bool wait_for_first_sample(Seconds limit, int stop_fd);

    void add_poll_fds(std::vector<pollfd>& fds) const { stream_.add_poll_fds(fds); }
    void on_poll();

    [[nodiscard]] pid_t pid() const { return stream_.pid(); }
    [[nodiscard]] const std::vector<GpuInfo>& gpus() const { return gpus_; }
    [[nodiscard]] const std::vector<energy::PowerField>& power_fields() const { return power_fields_; }
    [[nodiscard]] Seconds interval() const { return interval_; }
    [[nodiscard]] const std::vector<GpuTrack>& tracks() const { return tracks_; }
    /// The samples that have a power, on the monotonic clock.
    [[nodiscard]] std::vector<energy::PowerSample> power_samples(std::size_t gpu) const;
    /// The newest readings of a GPU; nullopt if it reports none or the newest is older than 3 s. The power is that of
    /// an attempt: between two there is none.
    [[nodiscard]] std::optional<Watts> current_power(std::size_t gpu) const;
    [[nodiscard]] std::optional<Celsius> current_temperature(std::size_t gpu) const;
    /// Whether samples are missing in an attempt: three starts in a row gave none, or none came for some seconds.
    [[nodiscard]] bool is_silent() const;
    [[nodiscard]] std::string describe_silence() const;
    /// What went wrong: restarts, what nvidia-smi printed that is no sample, files that could not be written; nullopt
    /// if nothing did.
    [[nodiscard]] std::optional<std::string> remark() const;

private:
    struct Columns {
        std::optional<std::size_t> stamp, uuid, temperature, memory_temperature, utilization, memory_utilization, clock,
            throttle;
    };

    Line take_line(std::string_view line, const SmiReading& reading) override;
    void find_columns();
    void take_sample(std::size_t gpu, const std::vector<std::string_view>& cells, MonotonicTime time);
    /// The cell as watts; counts impossible readings.
    [[nodiscard]] std::optional<float> take_power(std::size_t gpu, std::string_view cell);
    [[nodiscard]] bool is_delivering() const;
    /// Drops the samples from before `time`.
    void forget_before(MonotonicTime time);
    [[nodiscard]] const GpuSample* newest_if_fresh(std::size_t gpu) const;

    std::vector<GpuInfo> gpus_;
    std::vector<energy::PowerField> power_fields_;
    std::vector<std::string> fields_;
    Seconds interval_;
    Columns columns_;
    std::vector<std::optional<std::size_t>> power_columns_;

    std::vector<GpuTrack> tracks_;
    SampleFiles files_;
    bool is_recording_ = false;
    MonotonicTime sampled_{}; ///< when the last sample arrived, or the attempt began
    MonotonicTime forgot_{};  ///< when old samples were dropped last
    SmiStream stream_;        ///< last: it uses the members above until it ends
};

} // namespace mutation::sensors
