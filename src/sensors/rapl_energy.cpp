#include "mutation/sensors/rapl_energy.hpp"

#include "mutation/energy/still_counter.hpp"
#include "mutation/energy/verdict.hpp"

namespace mutation::sensors {

namespace {

/// RAPL's own error; sampling has no part in it.
constexpr Percent kRaplAccuracy{5};
constexpr const char* kRaplAccuracySource =
    "studies against wall power: RAPL follows closely but covers only the package; this machine is not calibrated";

} // namespace

energy::CpuEnergy rapl_energy(energy::CpuCounts& counts, const energy::Window& window) {
    energy::drop_still_counts(counts, window);
    energy::CpuEnergy energy = energy::integrate_cpu(counts, window);
    energy.spread = energy::power_spread(counts, window);
    if (!counts.method.empty()) {
        energy.quality.method = counts.method; // it was there, whatever it delivered
    }
    energy.quality.verdict = energy::judge_energy(energy.total, energy.quality);
    if (energy.total) {
        energy.quality.sensor_accuracy = kRaplAccuracy;
        energy.quality.sensor_accuracy_source = kRaplAccuracySource;
    }
    return energy;
}

} // namespace mutation::sensors
