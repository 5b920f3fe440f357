#pragma once

#include "mutation/core/units.hpp"
#include "mutation/energy/cpu_energy.hpp"
#include "mutation/sensors/gpu_info.hpp"
#include "mutation/system/unique_fd.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace mutation::sensors {

/// One line of nvidia-smi about one GPU. The types are small: a day of 8 GPUs has 7 million.
struct GpuSample {
    MonotonicTime time{};
    std::uint8_t throttle_mask = 0; ///< the lower bits of nvidia-smi's: all that `throttle_reasons` names
    std::optional<std::int8_t> utilization;
    std::optional<std::int8_t> memory_utilization;
    std::optional<std::int16_t> temperature;
    std::optional<std::int16_t> memory_temperature;
    std::optional<std::int16_t> clock_mhz;
    std::optional<float> power; ///< watts
};

/// The CSV files of an attempt's GPU samples: gpu_power.csv, gpu_temperature.csv, gpu_utilization.csv. Rows are kept
/// until `flush`. A file that cannot be written loses its rows: the record's own write stops the session if the disk is
/// at fault.
class SampleFiles {
public:
    /// Closes what is open and makes new files in `folder`. The rows' times are epoch seconds; `epoch_offset` is the
    /// wall clock's time at monotonic zero.
    void open(const std::filesystem::path& folder, Seconds epoch_offset);
    void append(const GpuInfo& gpu, const GpuSample& sample);
    /// Hands the rows to the kernel, so that they survive this program.
    void flush();
    void close();
    [[nodiscard]] bool has_lost_rows() const { return has_lost_rows_; }

private:
    struct CsvFile {
        system::UniqueFd fd;
        std::string rows;
    };

    void begin_row(CsvFile& file, MonotonicTime time) const;

    CsvFile power_;
    CsvFile temperature_;
    CsvFile utilization_;
    Seconds epoch_offset_{0};
    bool has_lost_rows_ = false;
};

/// Text of `cpu_power.csv`: `timestamp,pkg_w,ram_w`, one line for each interval at its end, epoch seconds with ms.
/// `epoch_offset` is the wall clock's time at monotonic zero. An absent value is an empty cell.
[[nodiscard]] std::string cpu_power_csv(const energy::CpuCounts& counts, Seconds epoch_offset);

} // namespace mutation::sensors
