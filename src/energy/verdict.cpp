#include "mutation/energy/verdict.hpp"

#include <fmt/format.h>

namespace mutation::energy {

namespace {

constexpr double kGoodShare = 0.01;
constexpr double kUsableShare = 0.1;

} // namespace

void add_reason(EnergyQuality& quality, const std::string& reason) {
    quality.reason = quality.reason ? *quality.reason + "; " + reason : reason;
}

std::string_view verdict_name(Verdict verdict) {
    switch (verdict) {
    case Verdict::good:
        return "good";
    case Verdict::usable:
        return "usable";
    case Verdict::poor:
        return "poor";
    case Verdict::absent:
        break;
    }
    return "absent";
}

Verdict judge_energy(const std::optional<Joules>& energy, const EnergyQuality& quality) {
    const Percent coverage = quality.coverage.value_or(Percent(0));
    if (!energy || coverage < kLeastCoverage) {
        return Verdict::absent;
    }
    const Joules uncertainty = quality.uncertainty.value_or(*energy);
    if (coverage < kFullCoverage || uncertainty > *energy * kUsableShare) {
        return Verdict::poor;
    }
    return uncertainty <= *energy * kGoodShare ? Verdict::good : Verdict::usable;
}

std::optional<std::string> describe_weakness(const std::optional<Joules>& energy, const EnergyQuality& quality) {
    if (judge_energy(energy, quality) != Verdict::poor) {
        return std::nullopt;
    }
    return *quality.coverage < kFullCoverage
               ? fmt::format("the sensor saw only {:.0f} % of the training", quality.coverage->value())
               : fmt::format("the bound is over {:.0f} % of the figure", kUsableShare * 100);
}

} // namespace mutation::energy
