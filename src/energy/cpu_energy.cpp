#include "mutation/energy/cpu_energy.hpp"

#include "mutation/energy/mean_and_spread.hpp"
#include "mutation/energy/still_counter.hpp"
#include "mutation/energy/verdict.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <utility>

namespace mutation::energy {

namespace {

constexpr double kLeastCovered = kLeastCoverage.value() / 100;
/// The counters are refreshed about once a millisecond: a reading at either end may be that old.
constexpr Seconds kRaplRefresh{0.001};
/// Share of the power by which it may vary if the readings themselves do not show it.
constexpr double kLeastVariation = 0.25;

/// RAPL's own error; sampling has no part in it.
constexpr Percent kRaplAccuracy{5};
constexpr const char* kRaplAccuracySource =
    "studies against wall power: RAPL follows closely but covers only the package; this machine is not calibrated";

using CpuReading = std::optional<Joules> (*)(const CpuInterval&);

std::optional<Joules> package_of(const CpuInterval& interval) {
    return interval.package;
}

std::optional<Joules> ram_of(const CpuInterval& interval) {
    return interval.ram;
}

std::optional<Joules> psys_of(const CpuInterval& interval) {
    return interval.psys;
}

/// Nothing if one of them is missing: a sum over different times is no sum.
std::optional<Joules> package_and_ram_of(const CpuInterval& interval) {
    return interval.package && interval.ram ? std::optional(*interval.package + *interval.ram) : std::nullopt;
}

struct Piece {
    double start; ///< seconds since the window's start
    double end;
    double joules;

    [[nodiscard]] double length() const { return end - start; }
    [[nodiscard]] double power() const { return joules / length(); }
};

struct DomainIntegral {
    double joules = 0;
    double uncertainty = 0;
    double covered = 0; ///< share of the window
    double longest_gap = 0;
    std::size_t samples = 0;
};

/// Counts of one domain, in order, without overlaps.
std::vector<Piece> pieces_of(const CpuCounts& counts, CpuReading reading, const Window& window) {
    std::vector<Piece> pieces;
    for (const CpuInterval& interval : counts.intervals) {
        const double start = Seconds(interval.start - window.start).count();
        const double end = Seconds(interval.end - window.start).count();
        const bool is_after_last = pieces.empty() || start >= pieces.back().end;
        const std::optional<Joules> energy = reading(interval);
        if (energy && end > start && is_after_last) {
            pieces.push_back({start, end, energy->value()});
        }
    }
    return pieces;
}

struct PieceRange {
    double low;
    double high;

    [[nodiscard]] double width() const { return high - low; }
};

PieceRange piece_range(const std::vector<Piece>& pieces, std::size_t from, std::size_t to) {
    PieceRange range{pieces[from].power(), pieces[from].power()};
    for (std::size_t i = from; i < to; ++i) {
        range.low = std::min(range.low, pieces[i].power());
        range.high = std::max(range.high, pieces[i].power());
    }
    return range;
}

/// The error of cutting a piece pro rata: the part that is cut off may be nearly idle, or differ from the rest as the
/// neighbours do.
double edge_uncertainty(const std::vector<Piece>& pieces, std::size_t i, double kept) {
    const double cut = pieces[i].length() - kept;
    const std::size_t from = i > 0 ? i - 1 : 0;
    const double variation = piece_range(pieces, from, std::min(i + 2, pieces.size())).width();
    return cut * kept / pieces[i].length() * std::max(variation, pieces[i].power());
}

/// Adds a stretch that was not seen, at a power that its surroundings suggest.
void bridge(DomainIntegral& sum, double from, double to, double power, const PieceRange& all) {
    const double length = to - from;
    if (length <= 0) {
        return;
    }
    sum.joules += power * length;
    sum.uncertainty += length * std::max({all.high - power, power - all.low, kLeastVariation * power});
    sum.longest_gap = std::max(sum.longest_gap, length);
}

std::optional<DomainIntegral> integrate_domain(const CpuCounts& counts, CpuReading reading, const Window& window) {
    const std::vector<Piece> pieces = pieces_of(counts, reading, window);
    const double length = window.length().count();
    DomainIntegral sum;
    std::size_t first = pieces.size();
    std::size_t last = 0;
    double covered = 0;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        const double kept = std::min(pieces[i].end, length) - std::max(pieces[i].start, 0.0);
        if (kept <= 0) {
            continue;
        }
        first = std::min(first, i);
        last = i;
        covered += kept;
        sum.joules += pieces[i].joules * kept / pieces[i].length();
        sum.uncertainty += edge_uncertainty(pieces, i, kept);
        ++sum.samples;
    }
    if (sum.samples == 0 || length <= 0) {
        return std::nullopt;
    }
    const PieceRange all = piece_range(pieces, first, last + 1);
    const double mean = sum.joules / covered;
    bridge(sum, 0, pieces[first].start, mean, all);
    bridge(sum, pieces[last].end, length, mean, all);
    for (std::size_t i = first; i < last; ++i) {
        bridge(sum, pieces[i].end, pieces[i + 1].start, (pieces[i].power() + pieces[i + 1].power()) / 2, all);
    }
    sum.covered = std::min(1.0, covered / length);

    // A common shift of all times moves energy in at one end and out at the other.
    const double ends = std::abs(pieces[first].power() - pieces[last].power()) + kLeastVariation * mean;
    sum.uncertainty += counts.start_uncertainty.count() * ends;
    sum.uncertainty += 2 * kRaplRefresh.count() * mean;
    sum.uncertainty += counts.resolution.value() * std::sqrt(static_cast<double>(sum.samples));
    return sum;
}

/// Why RAM has no figure.
std::string describe_missing_ram(const CpuCounts& counts, const std::optional<DomainIntegral>& ram) {
    const std::string why = ram ? fmt::format("it was counted for only {:.0f} % of the training", ram->covered * 100)
                                : "it was not counted";
    return why + (counts.ram_reason ? " (" + *counts.ram_reason + ")" : "");
}

/// Adds RAM and the total to the package's figure. The total covers only what both cover.
void add_ram(const CpuCounts& counts, const Window& window, CpuEnergy& energy) {
    const auto ram = integrate_domain(counts, ram_of, window);
    if (!ram && !counts.has_ram) {
        energy.total = energy.package;
        return;
    }
    if (ram && ram->covered >= kLeastCovered) {
        energy.ram = Joules(ram->joules);
    }
    const auto both = integrate_domain(counts, package_and_ram_of, window);
    if (!energy.ram || !both || both->covered < kLeastCovered) {
        energy.quality.reason =
            fmt::format("there is no total, since energy-ram is missing: {}", describe_missing_ram(counts, ram));
        return;
    }
    energy.total = *energy.package + *energy.ram;
    energy.quality.uncertainty = *energy.quality.uncertainty + Joules(ram->uncertainty);
    if (both->covered < kFullCoverage.value() / 100 && Percent(both->covered * 100) < *energy.quality.coverage) {
        energy.quality.reason = fmt::format("energy-ram is missing in part: {}", describe_missing_ram(counts, ram));
    }
    energy.quality.samples = both->samples;
    energy.quality.coverage = Percent(both->covered * 100);
    energy.quality.longest_gap = Seconds(both->longest_gap);
}

} // namespace

CpuEnergy integrate_cpu(const CpuCounts& counts, const Window& window) {
    CpuEnergy energy;
    energy.quality.events = counts.events;
    const auto package = integrate_domain(counts, package_of, window);
    if (!package) {
        return energy;
    }
    energy.quality.method = counts.method;
    energy.quality.samples = package->samples;
    energy.quality.coverage = Percent(package->covered * 100);
    energy.quality.longest_gap = Seconds(package->longest_gap);
    if (package->covered < kLeastCovered) {
        return energy;
    }
    energy.package = Joules(package->joules);
    energy.quality.uncertainty = Joules(package->uncertainty);
    add_ram(counts, window, energy);
    const auto psys = integrate_domain(counts, psys_of, window);
    if (psys && psys->covered >= kLeastCovered) {
        energy.psys = Joules(psys->joules);
    }
    return energy;
}

std::optional<Watts> power_spread(const CpuCounts& counts, const Window& window) {
    MeanAndSpread power;
    for (const CpuInterval& interval : counts.intervals) {
        const std::optional<Joules> energy = counts.has_ram ? package_and_ram_of(interval) : interval.package;
        if (energy && interval.start >= window.start && interval.end <= window.end) {
            power.add((*energy / Seconds(interval.end - interval.start)).value());
        }
    }
    return power.count() < 2 ? std::nullopt : std::optional(Watts(power.spread()));
}

CpuEnergy rapl_energy(CpuCounts& counts, const Window& window) {
    drop_still_counts(counts, window);
    CpuEnergy energy = integrate_cpu(counts, window);
    energy.spread = power_spread(counts, window);
    if (!counts.method.empty()) {
        energy.quality.method = counts.method; // it was there, whatever it delivered
    }
    energy.quality.verdict = judge_energy(energy.total, energy.quality);
    if (energy.total) {
        energy.quality.sensor_accuracy = kRaplAccuracy;
        energy.quality.sensor_accuracy_source = kRaplAccuracySource;
    }
    return energy;
}

} // namespace mutation::energy
