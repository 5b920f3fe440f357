#include "mutation/sensors/nvidia_smi.hpp"

#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <utility>

namespace mutation::sensors {

namespace {

/// Reads that many digits at `at`; nothing when there are others.
std::optional<int> digits_at(std::string_view text, std::size_t at, std::size_t count) {
    int number = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (i >= text.size() || text[i] < '0' || text[i] > '9') {
            return std::nullopt;
        }
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

constexpr std::array<std::pair<std::uint64_t, const char*>, 5> kThrottleReasons{{
    {0x4, "sw_power_cap"},
    {0x8, "hw_slowdown"},
    {0x20, "sw_thermal_slowdown"},
    {0x40, "hw_thermal_slowdown"},
    {0x80, "hw_power_brake_slowdown"},
}};

} // namespace

std::vector<std::string_view> split_cells(std::string_view line) {
    std::vector<std::string_view> cells = split(line, ',');
    std::transform(cells.begin(), cells.end(), cells.begin(), trim);
    return cells;
}

std::optional<double> parse_gpu_number(std::string_view cell) {
    const std::optional<double> number = parse_double(cell);
    return number && std::isfinite(*number) ? number : std::nullopt;
}

std::optional<Watts> parse_gpu_power(std::string_view cell, const std::optional<Watts>& limit) {
    constexpr double kMostTimesLimit = 2; // peaks of less have been measured
    constexpr Watts kMostOfAnyCard{5000};
    const std::optional<double> watts = parse_gpu_number(cell);
    const Watts most = limit ? *limit * kMostTimesLimit : kMostOfAnyCard;
    return watts && *watts > 0 && *watts <= most.value() ? std::optional(Watts(*watts)) : std::nullopt;
}

std::optional<double> parse_gpu_stamp(std::string_view cell) {
    const auto year = digits_at(cell, 0, 4);
    const auto month = digits_at(cell, 5, 2);
    const auto day = digits_at(cell, 8, 2);
    const auto hour = digits_at(cell, 11, 2);
    const auto minute = digits_at(cell, 14, 2);
    if (!year || !month || !day || !hour || !minute || cell.size() < 19) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    const std::optional<double> second = parse_double(cell.substr(17));
    if (!date.ok() || !second || !(*second >= 0 && *second < 62)) {
        return std::nullopt;
    }
    const auto days = std::chrono::sys_days(date).time_since_epoch().count();
    return static_cast<double>(days) * 86400 + *hour * 3600 + *minute * 60 + *second;
}

std::vector<std::string> throttle_reasons(std::uint64_t mask) {
    std::vector<std::string> names;
    for (const auto& [bit, name] : kThrottleReasons) {
        if ((mask & bit) != 0) {
            names.emplace_back(name);
        }
    }
    return names;
}

} // namespace mutation::sensors
