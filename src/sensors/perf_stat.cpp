#include "mutation/sensors/perf_stat.hpp"

#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"

#include <algorithm>
#include <cmath>

namespace mutation::sensors {

namespace {

/// Longer than any training; a later time would overflow nanoseconds.
constexpr double kLongestRun = 1e8;

/// One line's count.
struct CountLine {
    PerfCount count;
    std::string_view event;
    bool is_supported;
};

std::optional<double> parse_count(std::string_view text) {
    const std::optional<double> number = parse_double(text);
    return number && std::isfinite(*number) && *number >= 0 ? number : std::nullopt;
}

/// `power/energy-pkg/` -> `energy-pkg`; empty for anything else.
std::string_view bare_event_name(std::string_view event) {
    const std::size_t from = event.find('/');
    const std::size_t to = from == std::string_view::npos ? from : event.find('/', from + 1);
    return to == std::string_view::npos ? std::string_view{} : event.substr(from + 1, to - from - 1);
}

/// A separator must follow the event: otherwise the line may be cut off.
std::optional<CountLine> parse_line(std::string_view line) {
    constexpr std::size_t kLeastFields = 5;
    const std::vector<std::string_view> fields = split(line, ';');
    if (fields.size() < kLeastFields) {
        return std::nullopt;
    }
    const std::optional<double> end = parse_count(trim(fields[0]));
    const std::string_view value = trim(fields[1]);
    const std::optional<double> joules = parse_count(value);
    const bool is_absent = value.starts_with('<');
    const std::string_view unit = trim(fields[2]);
    const bool is_energy = unit == "Joules" || (unit.empty() && is_absent);
    const std::string_view event = bare_event_name(trim(fields[3]));
    if (!end || *end > kLongestRun || !(joules || is_absent) || !is_energy || event.empty()) {
        return std::nullopt;
    }
    return CountLine{
        {Seconds(*end), joules ? std::optional(Joules(*joules)) : std::nullopt}, event, value != "<not supported>"};
}

void add_count(PerfStat& stat, const CountLine& line) {
    auto event =
        std::find_if(stat.events.begin(), stat.events.end(), [&](const auto& e) { return e.name == line.event; });
    if (event == stat.events.end()) {
        event = stat.events.insert(event, {std::string(line.event), {}, true});
    }
    event->is_supported = event->is_supported && line.is_supported;
    if (event->counts.empty() || event->counts.back().end < line.count.end) {
        event->counts.push_back(line.count);
    }
}

} // namespace

std::optional<Joules> PerfEvent::total() const {
    std::optional<Joules> sum;
    for (const PerfCount& count : counts) {
        if (count.energy) {
            sum = sum.value_or(Joules(0)) + *count.energy;
        }
    }
    return sum;
}

const PerfEvent* PerfStat::find(std::string_view name) const {
    const auto event = std::find_if(events.begin(), events.end(), [&](const auto& e) { return e.name == name; });
    return event == events.end() ? nullptr : &*event;
}

PerfStat parse_perf_stat(std::string_view text) {
    PerfStat stat;
    for (const std::string_view line : split(text, '\n')) {
        if (trim(line).empty() || line.starts_with('#')) {
            continue;
        }
        if (const std::optional<CountLine> count = parse_line(line)) {
            add_count(stat, *count);
        } else {
            stat.other.add(line);
        }
    }
    return stat;
}

} // namespace mutation::sensors
