#include "display.hpp"

#include "mutation/core/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace mutation::report {

std::string show_number(double value) {
    if (!std::isfinite(value)) {
        return "not a number";
    }
    const double rounded = round_significant(value, 3);
    if (rounded == 0) {
        return "0";
    }
    const double size = std::fabs(rounded);
    if (size < 1e-4 || size >= 1e6) {
        return fmt::format("{:.2e}", rounded);
    }
    const int decimals = std::max(0, 2 - static_cast<int>(std::floor(std::log10(size) + 1e-12)));
    return fmt::format("{:.{}f}", rounded, decimals);
}

std::string show_interval(const stats::Interval& interval) {
    return fmt::format("[{}, {}]", show_number(interval.low), show_number(interval.high));
}

std::string show_ratio(const stats::Ratio& ratio) {
    if (std::fabs(ratio.value - 1) < .1) {
        return fmt::format("x{:.3f} [{:.3f}, {:.3f}]", ratio.value, ratio.interval.low, ratio.interval.high);
    }
    return fmt::format("x{} {}", show_number(ratio.value), show_interval(ratio.interval));
}

std::string show_p(double p) {
    return p < .001 ? "p < 0.001" : fmt::format("p = {:.{}f}", p, p < .01 ? 4 : 3);
}

std::string show_joules(Joules energy) {
    const double joules = energy.value();
    const double size = std::fabs(joules);
    if (size >= 1e6) {
        return show_number(joules / 1e6) + " MJ";
    }
    return size >= 1e3 ? show_number(joules / 1e3) + " kJ" : show_number(joules) + " J";
}

std::string show_time(Seconds time) {
    const double seconds = time.count();
    if (seconds >= 7200) {
        return show_number(seconds / 3600) + " h";
    }
    return seconds >= 120 ? show_number(seconds / 60) + " min" : show_number(seconds) + " s";
}

std::string show_cost(double cost, const std::string& unit) {
    return unit == "J" ? show_joules(Joules(cost)) : show_time(Seconds(cost));
}

} // namespace mutation::report
