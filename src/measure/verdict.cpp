#include "mutation/measure/verdict.hpp"

namespace mutation::measure {

namespace {

constexpr Percent kFullCoverage{90};
constexpr double kGoodShare = 0.01;
constexpr double kUsableShare = 0.1;

} // namespace

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

Verdict judge_energy(const std::optional<Joules>& energy, const EnergyQuality& quality, bool is_disturbed) {
    const Percent coverage = quality.coverage.value_or(Percent(0));
    if (!energy || coverage < kLeastCoverage) {
        return Verdict::absent;
    }
    const Joules uncertainty = quality.uncertainty.value_or(*energy);
    if (is_disturbed || coverage < kFullCoverage || uncertainty > *energy * kUsableShare) {
        return Verdict::poor;
    }
    return uncertainty <= *energy * kGoodShare ? Verdict::good : Verdict::usable;
}

} // namespace mutation::measure
