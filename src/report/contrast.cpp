#include "contrast.hpp"

#include "mutation/stats/descriptive.hpp"
#include "mutation/stats/mean_difference.hpp"
#include "mutation/stats/rank_tests.hpp"
#include "mutation/stats/t_test_power.hpp"

#include <algorithm>
#include <cmath>

namespace mutation::report {

namespace {

constexpr double kSignificance = .05;
/// Far beyond what one more run decides; keeps exp in range.
constexpr double kLargestEffect = 50;
constexpr const char* kNoMargin = "the margin is 0";
constexpr const char* kGainTooLarge =
    "the gain errors of the two machines' sensors are larger than the margin, so that "
    "no number of runs is enough";

std::vector<double> sorted(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values;
}

stats::Interval widened(const stats::Interval& interval, double gain) {
    return {interval.low - gain, interval.high + gain};
}

stats::Interval shown_interval(Scale scale, const stats::Interval& interval) {
    return {to_shown(scale, interval.low), to_shown(scale, interval.high)};
}

bool excludes_zero(const stats::Interval& interval) {
    return interval.low > 0 || interval.high < 0;
}

bool is_inside(const stats::Interval& interval, double margin) {
    return interval.low >= -margin && interval.high <= margin;
}

ComparisonVerdict verdict_of(const stats::Interval& ci95, const stats::Interval& ci90, double margin) {
    if (excludes_zero(ci95)) {
        return is_inside(ci95, margin) ? ComparisonVerdict::negligible : ComparisonVerdict::different;
    }
    return is_inside(ci90, margin) ? ComparisonVerdict::equivalent : ComparisonVerdict::cannot_tell;
}

/// p of "no change beyond the gain error": it agrees with the widened interval.
double p_beyond(const stats::TEstimate& estimate, double gain) {
    const double distance = std::max(0.0, std::abs(estimate.value) - gain);
    return stats::t_p_value({distance, estimate.standard_error, estimate.degrees_of_freedom});
}

Contrast start_contrast(double difference, const Question& question) {
    Contrast contrast;
    contrast.scale = question.scale;
    contrast.value = to_shown(question.scale, difference);
    contrast.margin = shown_interval(question.scale, {-question.margin, question.margin});
    return contrast;
}

void judge_estimate(Contrast& contrast, const stats::TEstimate& estimate, const Question& question) {
    const stats::Interval ci95 = widened(stats::t_interval(estimate, .95), question.gain);
    const stats::Interval ci90 = widened(stats::t_interval(estimate, .90), question.gain);
    contrast.ci95 = shown_interval(question.scale, ci95);
    contrast.p = p_beyond(estimate, question.gain);
    contrast.verdict = verdict_of(ci95, ci90, question.margin);
    if (estimate.standard_error > 0) {
        contrast.smallest_detectable =
            to_shown(question.scale, stats::smallest_detectable_shift(estimate) + question.gain);
    }
}

/// The change that has to be found, as a multiple of `sd`; none with the reason if there is nothing to be found.
std::optional<double> target_of(Contrast& contrast, const Question& question, double sd) {
    const double target = question.margin - question.gain;
    if (target <= 0) {
        contrast.reason = question.gain > 0 ? kGainTooLarge : kNoMargin;
        return std::nullopt;
    }
    return std::min(target / sd, kLargestEffect);
}

void add_needed_runs(Contrast& contrast, const Question& question, double sd, std::size_t today) {
    if (const auto target = target_of(contrast, question, sd)) {
        if (const auto needed = stats::needed_runs(1, std::exp(*target))) {
            contrast.needed_n = std::max(*needed, today + 1);
        }
    }
}

/// Neither side varies: no t test is possible. Equal values on both sides are equivalent; others can only be told
/// apart by ranks.
void judge_without_spread(Contrast& contrast, const stats::TEstimate& estimate, const Question& question,
                          double ranks_p) {
    if (estimate.value == 0 || question.gain > 0) {
        judge_estimate(contrast, estimate, question);
        return;
    }
    contrast.p = ranks_p;
    if (ranks_p < kSignificance) {
        contrast.reason = "the values of each side are all equal, so that there is no interval; the verdict is from "
                          "their ranks";
        contrast.verdict =
            std::abs(estimate.value) <= question.margin ? ComparisonVerdict::negligible : ComparisonVerdict::different;
    } else {
        contrast.reason = "the values of each side are all equal: too few to say how much they vary";
    }
}

} // namespace

double to_shown(Scale scale, double value) {
    return scale == Scale::ratio ? std::exp(value) : value;
}

double difference_of(const TwoSamples& samples) {
    return stats::mean(sorted(samples.b)) - stats::mean(sorted(samples.a));
}

Contrast contrast_samples(const TwoSamples& samples, const Question& question, std::optional<double> other_spread) {
    constexpr std::size_t kFewestForRanks = 4; // p of 4 against 4 is .029
    const std::vector<double> a = sorted(samples.a);
    const std::vector<double> b = sorted(samples.b);
    const double difference = difference_of(samples);
    Contrast contrast = start_contrast(difference, question);
    if (a.size() < 2 || b.size() < 2) {
        contrast.reason = "an interval needs at least two runs a side";
        contrast.needed_n = 2; // how many for the margin is not known without a spread
        if (other_spread && *other_spread > 0) {
            add_needed_runs(contrast, question, *other_spread, 1);
        }
        return contrast;
    }
    const auto estimate = stats::welch_difference(a, b);
    if (!estimate) {
        const auto freedom = static_cast<double>(a.size() + b.size() - 2);
        judge_without_spread(contrast, {difference, 0, freedom}, question, stats::mann_whitney(a, b)->p);
        if (contrast.verdict == ComparisonVerdict::cannot_tell) {
            contrast.needed_n = std::max(kFewestForRanks, std::max(a.size(), b.size()) + 1);
        }
        return contrast;
    }
    judge_estimate(contrast, *estimate, question);
    if (contrast.verdict == ComparisonVerdict::cannot_tell) {
        const double runs = 1 / static_cast<double>(a.size()) + 1 / static_cast<double>(b.size());
        add_needed_runs(contrast, question, estimate->standard_error / std::sqrt(runs), std::max(a.size(), b.size()));
    }
    return contrast;
}

Contrast contrast_pairs(const std::vector<double>& differences, const Question& question) {
    constexpr std::size_t kFewestForRanks = 6; // p of 6 equal signs is .031
    const std::vector<double> pairs = sorted(differences);
    Contrast contrast = start_contrast(stats::mean(pairs), question);
    const auto estimate = stats::estimate_mean(pairs);
    if (!estimate) {
        const auto freedom = static_cast<double>(pairs.size() - 1);
        judge_without_spread(contrast, {pairs.front(), 0, freedom}, question, stats::signed_rank(pairs)->p);
        if (contrast.verdict == ComparisonVerdict::cannot_tell) {
            contrast.needed_n = std::max(kFewestForRanks, pairs.size() + 1);
        }
        return contrast;
    }
    judge_estimate(contrast, *estimate, question);
    if (contrast.verdict == ComparisonVerdict::cannot_tell) {
        const double sd = estimate->standard_error * std::sqrt(static_cast<double>(pairs.size()));
        if (const auto target = target_of(contrast, question, sd)) {
            if (const auto needed = stats::needed_pairs(1, *target)) {
                contrast.needed_n = std::max(*needed, pairs.size() + 1);
            }
        }
    }
    return contrast;
}

} // namespace mutation::report
