#include "mutation/sensors/sample_files.hpp"

#include "mutation/core/error.hpp"
#include "mutation/sensors/epoch_text.hpp"
#include "mutation/system/file.hpp"

#include <string_view>
#include <unistd.h>

namespace mutation::sensors {

namespace {

/// v3.0 wrote `N/A` if the card reports nothing.
template <class Number>
void append_cell(std::string& row, const std::optional<Number>& value, int decimals) {
    row += ',';
    if (value) {
        append_fixed(row, static_cast<double>(*value), decimals);
    } else {
        row += "N/A";
    }
}

void end_row(std::string& row, const GpuInfo& gpu) {
    row += ',';
    append_fixed(row, gpu.index, 0);
    row += ',';
    row += gpu.uuid;
    row += '\n';
}

} // namespace

void SampleFiles::open(const std::filesystem::path& folder, Seconds epoch_offset) {
    close();
    epoch_offset_ = epoch_offset;
    has_lost_rows_ = false;
    try {
        power_ = {system::open_new_file(folder / "gpu_power.csv"), "timestamp,power_draw_w,gpu_index,gpu_uuid\n"};
        temperature_ = {system::open_new_file(folder / "gpu_temperature.csv"),
                        "timestamp,gpu_temp_c,memory_temp_c,gpu_index,gpu_uuid\n"};
        utilization_ = {system::open_new_file(folder / "gpu_utilization.csv"),
                        "timestamp,gpu_util_percent,memory_util_percent,gpu_index,gpu_uuid\n"};
    } catch (const Error&) {
        has_lost_rows_ = true;
    }
}

void SampleFiles::begin_row(CsvFile& file, MonotonicTime time) const {
    append_epoch(file.rows, Seconds(time.time_since_epoch()) + epoch_offset_);
}

void SampleFiles::append(const GpuInfo& gpu, const GpuSample& sample) {
    begin_row(power_, sample.time);
    append_cell(power_.rows, sample.power, 2);
    end_row(power_.rows, gpu);
    begin_row(temperature_, sample.time);
    append_cell(temperature_.rows, sample.temperature, 0);
    append_cell(temperature_.rows, sample.memory_temperature, 0);
    end_row(temperature_.rows, gpu);
    begin_row(utilization_, sample.time);
    append_cell(utilization_.rows, sample.utilization, 0);
    append_cell(utilization_.rows, sample.memory_utilization, 0);
    end_row(utilization_.rows, gpu);
}

void SampleFiles::flush() {
    for (CsvFile* file : {&power_, &temperature_, &utilization_}) {
        std::string_view rest = file->rows;
        while (file->fd.is_open() && !rest.empty()) {
            const ssize_t written = ::write(file->fd.get(), rest.data(), rest.size());
            if (written <= 0) {
                has_lost_rows_ = true;
                break;
            }
            rest.remove_prefix(static_cast<std::size_t>(written));
        }
        file->rows.clear();
    }
}

void SampleFiles::close() {
    flush();
    for (CsvFile* file : {&power_, &temperature_, &utilization_}) {
        file->fd.reset();
    }
}

} // namespace mutation::sensors
