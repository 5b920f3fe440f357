#include "mutation/core/error.hpp"
#include "mutation/sensors/epoch_text.hpp"
#include "mutation/sensors/gpu_sampler.hpp"
#include "mutation/system/file.hpp"

#include <cmath>
#include <unistd.h>

namespace mutation::sensors {

namespace {

/// v3.0 wrote `N/A` where the card tells nothing.
void append_cell(std::string& row, double value, int decimals) {
    row += ',';
    if (value < 0 || std::isnan(value)) {
        row += "N/A";
    } else {
        append_fixed(row, value, decimals);
    }
}

} // namespace

void GpuSampler::open_files(const std::filesystem::path& folder) {
    try {
        power_file_ = {system::open_new_file(folder / "gpu_power.csv"), "timestamp,power_draw_w,gpu_index,gpu_uuid\n"};
        temperature_file_ = {system::open_new_file(folder / "gpu_temperature.csv"),
                             "timestamp,gpu_temp_c,memory_temp_c,gpu_index,gpu_uuid\n"};
        utilization_file_ = {system::open_new_file(folder / "gpu_utilization.csv"),
                             "timestamp,gpu_util_percent,memory_util_percent,gpu_index,gpu_uuid\n"};
    } catch (const Error&) {
        has_lost_rows_ = true; // the record's own write will stop the session if the disk is at fault
    }
}

void GpuSampler::append_rows(std::size_t gpu, const GpuSample& sample) {
    const Seconds time = Seconds(time_of(gpu, sample).time_since_epoch()) + epoch_offset_;
    const auto begin_row = [&](CsvFile& file) { append_epoch(file.rows, time); };
    const auto end_row = [&](CsvFile& file) {
        file.rows += ',';
        append_fixed(file.rows, gpus_[gpu].index, 0);
        file.rows += ',';
        file.rows += gpus_[gpu].uuid;
        file.rows += '\n';
    };
    begin_row(power_file_);
    append_cell(power_file_.rows, static_cast<double>(sample.power), 2);
    end_row(power_file_);
    begin_row(temperature_file_);
    append_cell(temperature_file_.rows, sample.temperature, 0);
    append_cell(temperature_file_.rows, sample.memory_temperature, 0);
    end_row(temperature_file_);
    begin_row(utilization_file_);
    append_cell(utilization_file_.rows, sample.utilization, 0);
    append_cell(utilization_file_.rows, sample.memory_utilization, 0);
    end_row(utilization_file_);
}

void GpuSampler::flush_files() {
    for (CsvFile* file : {&power_file_, &temperature_file_, &utilization_file_}) {
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

void GpuSampler::close_files() {
    for (CsvFile* file : {&power_file_, &temperature_file_, &utilization_file_}) {
        file->fd.reset();
    }
}

} // namespace mutation::sensors
