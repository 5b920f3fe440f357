#include "mutation/sensors/cpu_power_csv.hpp"

#include "mutation/sensors/epoch_text.hpp"

namespace mutation::sensors {

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
