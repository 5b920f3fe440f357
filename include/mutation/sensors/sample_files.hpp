#pragma once

#include "mutation/core/units.hpp"
#include "mutation/sensors/gpu_info.hpp"
#include "mutation/sensors/gpu_sample.hpp"
#include "mutation/system/unique_fd.hpp"

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>

namespace mutation::sensors {

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

} // namespace mutation::sensors
