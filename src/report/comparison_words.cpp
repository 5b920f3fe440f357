#include "comparison_words.hpp"

#include "mutation/core/counted.hpp"
#include "mutation/core/excerpt.hpp"
#include "outcome.hpp"

#include <cmath>
#include <fmt/format.h>

namespace mutation::report {

namespace {

constexpr std::size_t kLongestOutcome = 30;

/// How B is said to differ, upwards and downwards.
struct ChangeWords {
    const char* verb;
    const char* up;
    const char* down;
};

ChangeWords words_of(const std::string& outcome) {
    if (outcome == kEnergy) {
        return {"uses", "more", "less"};
    }
    if (outcome == kDuration) {
        return {"takes", "longer", "shorter"};
    }
    if (outcome == kPower) {
        return {"draws", "more", "less"};
    }
    return {"is", "higher", "lower"};
}

/// A share with two digits at least: `8.0 %`, `0.012 %`, `230 %`.
std::string percent_text(double share) {
    const double percent = 100 * std::abs(share);
    if (percent >= 99.95) {
        return fmt::format("{:.0f} %", percent);
    }
    return percent >= .095 ? fmt::format("{:.1f} %", percent) : fmt::format("{:.2g} %", percent);
}

/// `8.0 % more`, `the same`; of a difference `0.013 higher`.
std::string change_text(Scale scale, double value, const ChangeWords& words) {
    const double change = scale == Scale::ratio ? value - 1 : value;
    if (change == 0) {
        return "exactly the same";
    }
    const std::string size = scale == Scale::ratio ? percent_text(change) : fmt::format("{:.3g}", std::abs(change));
    return fmt::format("{} {}", size, change > 0 ? words.up : words.down);
}

std::string interval_sentence(const Contrast& contrast, const ChangeWords& words) {
    if (!contrast.ci95) {
        return "";
    }
    return fmt::format(" (95 %: {} to {})", change_text(contrast.scale, contrast.ci95->low, words),
                       change_text(contrast.scale, contrast.ci95->high, words));
}

std::string margin_of(const Contrast& contrast, double margin) {
    return contrast.scale == Scale::ratio ? margin_text(margin) : fmt::format("{:.3g}", contrast.margin.high);
}

/// What would help: `Today a change of 9.1 % would be found in 4 of 5 cases; 14 runs a side would show 5 %.`
std::string remedy_sentence(const OverallOutcome& overall, double margin) {
    const Contrast& contrast = overall.contrast;
    std::string text = contrast.reason ? fmt::format(" Reason: {}.", *contrast.reason) : "";
    if (contrast.smallest_detectable) {
        text += fmt::format(" Today only a change of {} or more would be found in 4 of 5 cases.",
                            contrast.scale == Scale::ratio ? percent_text(*contrast.smallest_detectable - 1)
                                                           : fmt::format("{:.3g}", *contrast.smallest_detectable));
    }
    if (contrast.needed_n) {
        const char* noun = overall.configurations == 1 ? "run a side" : "configuration";
        const char* plural = overall.configurations == 1 ? "runs a side" : "configurations";
        text += fmt::format(" For a change of {}: at least {}.", margin_of(contrast, margin),
                            counted(*contrast.needed_n, noun, plural));
    }
    return text;
}

} // namespace

std::string margin_text(double margin) {
    return fmt::format("{:.3g} %", 100 * margin);
}

std::string compared_number(double value) {
    const double size = std::abs(value);
    return size >= .1 && size < 10 ? fmt::format("{:.3f}", value) : fmt::format("{:.3g}", value);
}

std::string compared_figure(double value) {
    const double size = std::abs(value);
    return size >= 1000 && size < 1e7 ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value);
}

std::string compared_interval(const std::optional<stats::Interval>& interval) {
    return interval ? fmt::format("[{}, {}]", compared_number(interval->low), compared_number(interval->high)) : "-";
}

std::string compared_p(const std::optional<double>& p) {
    if (!p) {
        return "-";
    }
    return *p < .001 ? "<0.001" : fmt::format("{:.3f}", *p);
}

std::string compared_unit(const std::string& outcome) {
    return outcome == kEnergy ? "J" : outcome == kDuration ? "s" : outcome == kPower ? "W" : "";
}

std::string verdict_sentence(const OverallOutcome& overall, double margin) {
    const Contrast& contrast = overall.contrast;
    const ChangeWords words = words_of(overall.outcome);
    std::string text = fmt::format("{}: {}.", make_excerpt(overall.outcome, kLongestOutcome),
                                   comparison_verdict_name(contrast.verdict));
    const std::string change = change_text(contrast.scale, contrast.value, words);
    text += fmt::format(" B {} {}{}{}", words.verb, change, change == "exactly the same" ? " as A" : " than A",
                        interval_sentence(contrast, words));
    switch (contrast.verdict) {
    case ComparisonVerdict::different:
        return text + "." + (contrast.reason ? fmt::format(" Note: {}.", *contrast.reason) : "");
    case ComparisonVerdict::negligible:
        return text + fmt::format(": real, but within the margin of {}.", margin_of(contrast, margin));
    case ComparisonVerdict::equivalent:
        return text + fmt::format(": within the margin of {}.", margin_of(contrast, margin));
    case ComparisonVerdict::cannot_tell:
        break;
    }
    return text + "." + remedy_sentence(overall, margin);
}

} // namespace mutation::report
