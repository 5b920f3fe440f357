#include "mutation/sensors/sample_files.hpp"

#include "mutation/core/error.hpp"
#include "mutation/system/file.hpp"

#include <array>
#include <charconv>
#include <string_view>
#include <unistd.h>

namespace mutation::sensors {

namespace {

/// With that many decimals.
void append_fixed(std::string& text, double value, int decimals) {
    std::array<char, 400> buffer{}; // the longest double in fixed notation has 309 digits before its point
    const auto [end, status] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, decimals);
    text.append(buffer.data(), end);
}

/// Epoch seconds with ms: `1767756005.123`.
void append_epoch(std::string& text, Seconds since_epoch) {
    // Whole milliseconds in integers: this is the hot path of the sampler's files.
    const auto ms = std::chrono::floor<std::chrono::milliseconds>(since_epoch + std::chrono::microseconds(500)).count();
    std::array<char, 32> buffer{};
    const auto [end, status] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), ms < 0 ? 0 : ms / 1000);
    text.append(buffer.data(), end);
    const auto fraction = static_cast<int>(ms < 0 ? 0 : ms % 1000);
    const char digits[] = {'.', static_cast<char>('0' + fraction / 100), static_cast<char>('0' + fraction / 10 % 10),
                           static_cast<char>('0' + fraction % 10)};
    text.append(digits, sizeof digits);
}

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

std::string cpu_power_csv(const energy::CpuCounts& counts, Seconds epoch_offset) {
    std::string text = "timestamp,pkg_w,ram_w\n";
    for (const energy::CpuInterval& interval : counts.intervals) {
        const Seconds length = interval.end - interval.start;
        append_epoch(text, Seconds(interval.end.time_since_epoch()) + epoch_offset);
        for (const std::optional<Joules>& energy : {interval.package, interval.ram}) {
            text += ',';
            if (energy && length.count() > 0) {
                append_fixed(text, (*energy / length).value(), 2);
            }
        }
        text += '\n';
    }
    return text;
}

} // namespace mutation::sensors
