#include "mutation/sensors/gpu_processes.hpp"
#include "mutation/sensors/nvidia_smi.hpp"
#include "mutation/sensors/power_field.hpp"
#include "mutation/sensors/stamp_mapper.hpp"
#include "mutation/sensors/visible_gpus.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace mutation;
using namespace mutation::sensors;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

std::string_view take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return line;
}

/// Every line's stamp on the monotonic clock: at most half a second after its arrival.
void check_lines(std::string_view text) {
    StampMapper mapper;
    MonotonicTime arrival{std::chrono::seconds(1000)};
    while (!text.empty()) {
        const std::vector<std::string_view> cells = split_cells(take_line(text));
        require(!cells.empty());
        for (const std::string_view cell : cells) {
            const std::optional<double> number = parse_gpu_number(cell);
            require(!number || std::isfinite(*number));
        }
        arrival += std::chrono::milliseconds(50);
        if (const std::optional<double> stamp = parse_gpu_stamp(cells[0])) {
            require(mapper.map(*stamp, arrival, Seconds(0)) <= arrival + std::chrono::milliseconds(501));
        }
    }
}

void check_visibility(std::string_view variable) {
    std::vector<GpuInfo> gpus(2);
    gpus[0].uuid = "GPU-1a";
    gpus[1].uuid = "GPU-2b";
    gpus[1].mig_mode = "Enabled";
    const VisibleGpus visible = select_visible(gpus, std::string(variable), "PCI_BUS_ID");
    require(visible.is_counted.size() == gpus.size());
    const bool is_any =
        std::find(visible.is_counted.begin(), visible.is_counted.end(), true) != visible.is_counted.end();
    require(is_any || visible.remark);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    check_lines(text);
    for (const GpuProcess& process : parse_gpu_processes(text)) {
        require(process.pid > 0);
    }
    const std::string_view first = take_line(text);
    check_visibility(first);
    require(!choose_power_field(first, {}).name.empty());
    return 0;
}
