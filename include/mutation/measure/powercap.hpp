#pragma once

#include "mutation/core/units.hpp"
#include "mutation/measure/cpu_energy.hpp"
#include "mutation/system/unique_fd.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mutation::measure {

/// A counter of microjoules that starts again at 0 after its largest value: wrap is handled here alone.
class WrappingCounter {
public:
    explicit WrappingCounter(std::uint64_t largest) : largest_(largest) {}

    /// What it moved since the last reading; nothing at the first. Must be read more often than it wraps.
    std::optional<Joules> advance(std::uint64_t reading);
    /// The next reading is a first one again.
    void restart() { last_.reset(); }

private:
    std::uint64_t largest_;
    std::optional<std::uint64_t> last_;
};

/// What a powercap zone measures.
enum class PowercapDomain { package, ram, psys };

/// CPU energy by `/sys/class/powercap`, for machines where perf cannot count it. Read about once a second.
class Powercap {
public:
    /// Opens every zone of intel-rapl (AMD's too) once, as root where sudo gave it; zones that show the same
    /// packages by another way (intel-rapl-mmio) are left out.
    explicit Powercap(const std::filesystem::path& sysfs);

    /// Whether all packages can be read.
    [[nodiscard]] bool works() const;
    /// Why not, with the remedy.
    [[nodiscard]] const std::string& reason() const { return reason_; }
    [[nodiscard]] std::vector<std::string> events() const;

    /// Begins a measurement now.
    void start(MonotonicTime now);
    /// Reads all counters, if the last reading is a second old or `force`.
    void read(MonotonicTime now, bool force);
    [[nodiscard]] CpuCounts take_counts();
    /// Power of package and RAM over the last interval.
    [[nodiscard]] std::optional<Watts> current_power() const;

private:
    struct Zone {
        PowercapDomain domain;
        system::UniqueFd energy;
        WrappingCounter counter;
    };

    std::vector<Zone> zones_;
    std::string reason_;
    MonotonicTime last_{};
    std::vector<CpuInterval> intervals_;
};

} // namespace mutation::measure
