#include "mutation/sensors/machine_load.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "mutation/system/file.hpp"

#include <algorithm>
#include <unistd.h>

namespace mutation::sensors {

std::optional<MachineTime> parse_machine_time(std::string_view proc_stat, Seconds tick) {
    const std::string_view line = proc_stat.substr(0, proc_stat.find('\n'));
    if (!line.starts_with("cpu ")) {
        return std::nullopt;
    }
    // user nice system idle iowait irq softirq steal; guest times are within user's
    constexpr std::size_t kIdle = 3;
    constexpr std::size_t kIoWait = 4;
    constexpr std::size_t kFields = 8;
    MachineTime time;
    std::size_t field = 0;
    for (const std::string_view word : split(line.substr(4), ' ')) {
        if (word.empty()) {
            continue;
        }
        const std::optional<std::int64_t> ticks = parse_integer(word);
        if (!ticks || field == kFields) {
            break;
        }
        const Seconds spent = static_cast<double>(*ticks) * tick;
        time.total += spent;
        time.busy += field == kIdle || field == kIoWait ? Seconds(0) : spent;
        ++field;
    }
    return field > kIdle ? std::optional(time) : std::nullopt;
}

std::optional<MachineTime> read_machine_time() {
    try {
        return parse_machine_time(system::read_file("/proc/stat"),
                                  Seconds(1.0 / static_cast<double>(::sysconf(_SC_CLK_TCK))));
    } catch (const Error&) {
        return std::nullopt;
    }
}

std::optional<Percent> other_cpu_share(const MachineTime& before, const MachineTime& after, Seconds training) {
    const Seconds total = after.total - before.total;
    if (total.count() <= 0) {
        return std::nullopt;
    }
    return Percent(std::clamp(100 * ((after.busy - before.busy - training) / total), 0.0, 100.0));
}

} // namespace mutation::sensors
