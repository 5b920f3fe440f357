#pragma once

#include "mutation/core/units.hpp"
#include "mutation/energy/cpu_energy.hpp"
#include "mutation/system/unique_fd.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mutation::sensors {

/// A counter of microjoules that starts again at 0 after its largest value. Only this class handles the wrap.
class WrappingCounter {
public:
    explicit WrappingCounter(std::uint64_t largest) : largest_(largest) {}

    /// What it counted since the last reading; nullopt at the first. Must be read more often than it wraps.
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
    /// Opens every zone of intel-rapl (AMD's too) once, as root if sudo gave it. Zones that show the same
    /// packages a second time (intel-rapl-mmio) are left out. If a zone cannot be read, its whole domain is left out,
    /// since a sum without one of its sockets would be too small.
    explicit Powercap(const std::filesystem::path& sysfs);

    /// Whether all packages can be read.
    [[nodiscard]] bool works() const;
    /// Which zones cannot be read, or why there are none, with the remedy; nullopt if all can be read.
    [[nodiscard]] const std::optional<std::string>& reason() const { return reason_; }
    /// Whether the zones are links to nothing, as in a container that hides them.
    [[nodiscard]] bool is_masked() const { return !masked_.empty(); }
    /// Whether RAM is to be counted and cannot be; `reason` says why.
    [[nodiscard]] bool is_ram_missing() const { return lost_.contains(PowercapDomain::ram); }
    [[nodiscard]] std::vector<std::string> events() const;

    /// Begins a measurement now.
    void start(MonotonicTime now);
    /// Reads all counters. Returns the new interval; nullptr if there is none.
    const energy::CpuInterval* read(MonotonicTime now);
    /// Does so if the last reading is at least a second old.
    const energy::CpuInterval* read_if_due(MonotonicTime now);
    /// Ends the measurement. With a window, what a zone showed while it did not move is no count, and a domain of
    /// several sockets has no count without each of them.
    [[nodiscard]] energy::CpuCounts take_counts(const std::optional<energy::Window>& window = std::nullopt);
    /// The counter files that show one value for that long; returns as soon as all have moved.
    [[nodiscard]] std::vector<std::filesystem::path> find_still_zones(Seconds limit) const;
    /// Power of package and RAM over the last interval; nullopt if one of them was not counted.
    [[nodiscard]] std::optional<Watts> current_power() const;

private:
    struct Zone {
        PowercapDomain domain;
        std::filesystem::path file;
        system::UniqueFd energy;
        WrappingCounter counter;
        std::vector<std::optional<Joules>> moves; ///< in the order of the intervals
    };

    void open_zone(const std::filesystem::path& folder, PowercapDomain domain);
    void lose(PowercapDomain domain, const std::string& why);
    [[nodiscard]] bool has(PowercapDomain domain) const;
    [[nodiscard]] bool has_ram() const { return has(PowercapDomain::ram) || is_ram_missing(); }
    /// What a zone counted since it was read last; nullopt if it cannot be read.
    [[nodiscard]] std::optional<Joules> advance(Zone& zone);

    /// What all zones of the domain moved together; nullopt if one of them was not read.
    [[nodiscard]] std::optional<Joules> sum_of(PowercapDomain domain, std::size_t interval) const;
    void sum_zones(std::size_t interval);
    void drop_still_zones(const energy::Window& window);

    std::vector<Zone> zones_;
    std::filesystem::path masked_; ///< the first zone that is a link to nothing
    std::optional<std::string> reason_;
    std::map<PowercapDomain, std::string> lost_;     ///< domains of which a zone cannot be read, and why
    std::map<PowercapDomain, std::string> failures_; ///< of this measurement
    MonotonicTime last_{};
    std::vector<energy::CpuInterval> intervals_;
};

} // namespace mutation::sensors
