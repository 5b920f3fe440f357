#include "mutation/sensors/perf_counts.hpp"
#include "mutation/sensors/sample_files.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace mutation;
using namespace mutation::energy;
using namespace mutation::sensors;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

/// What the parser promises: joules that are numbers and not negative, in the order of time.
void check_counts(const PerfStat& stat) {
    for (const PerfEvent& event : stat.events) {
        require(!event.name.empty() && stat.find(event.name) == &event);
        std::optional<Seconds> last;
        for (const PerfCount& count : event.counts) {
            require(!count.energy || (std::isfinite(count.energy->value()) && count.energy->value() >= 0));
            require(!last || count.end > *last);
            last = count.end;
        }
    }
}

void check_energy(const CpuEnergy& energy) {
    require(energy.total.has_value() == energy.package.has_value());
    require(!energy.total || energy.quality.uncertainty.has_value());
    const std::optional<Percent> coverage = energy.quality.coverage;
    require(!coverage || (coverage->value() >= 0 && coverage->value() <= 100));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const PerfStat stat = parse_perf_stat({reinterpret_cast<const char*>(data), size});
    check_counts(stat);
    const MonotonicTime start{std::chrono::seconds(1000)};
    const CpuCounts counts = counts_from_perf(stat, {start, start + std::chrono::milliseconds(40)});
    check_energy(integrate_cpu(counts, {start + std::chrono::milliseconds(50), start + std::chrono::seconds(10)}));
    require(cpu_power_csv(counts, Seconds(1.7e9)).ends_with('\n'));
    return 0;
}
