#include "mutation/sensors/perf_stat.hpp"

#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace mutation::sensors {

namespace {

constexpr std::string_view kUnit = "Joules";
constexpr std::string_view kSeparators = ";,|\t:";

/// One line's count, still as words.
struct CountLine {
    std::string_view time; ///< empty without `-I`
    std::string_view value;
    std::string_view unit;
    std::string_view event;
};

bool is_absent_mark(std::string_view value) {
    return value.starts_with('<');
}

std::optional<double> parse_count(std::string_view text) {
    const std::optional<double> number = parse_double(text);
    return number && std::isfinite(*number) && *number >= 0 ? number : std::nullopt;
}

/// The form for people groups digits: `87,128.95`.
std::optional<double> parse_grouped(std::string_view text) {
    std::string plain(text);
    std::erase(plain, ',');
    return parse_count(plain);
}

/// `power/energy-pkg/` -> `energy-pkg`.
std::string_view bare_event_name(std::string_view event) {
    const std::size_t from = event.find('/');
    if (from == std::string_view::npos) {
        return event;
    }
    const std::size_t to = event.find('/', from + 1);
    return event.substr(from + 1, to == std::string_view::npos ? to : to - from - 1);
}

bool looks_like_event(std::string_view event) {
    return !bare_event_name(event).empty() && event.find_first_of(" \t") == std::string_view::npos;
}

/// `time;value;unit;event;...`, or without the time. The event must be followed by a separator: a line that was cut off
/// lacks it.
std::optional<CountLine> split_separated(std::string_view line, char separator) {
    const std::vector<std::string_view> fields = split(line, separator);
    if (fields.size() < 4) {
        return std::nullopt;
    }
    const std::string_view second = trim(fields[1]);
    const bool has_time = is_absent_mark(second) || parse_count(second).has_value();
    if (has_time && fields.size() < 5) {
        return std::nullopt;
    }
    const std::size_t first = has_time ? 1 : 0;
    const CountLine found{has_time ? trim(fields[0]) : std::string_view{}, trim(fields[first]), trim(fields[first + 1]),
                          trim(fields[first + 2])};
    const bool is_unit = found.unit == kUnit || (found.unit.empty() && is_absent_mark(found.value));
    return is_unit && looks_like_event(found.event) ? std::optional(found) : std::nullopt;
}

/// The value of one key, quoted or bare; perf's JSON is not always well-formed, so it is not asked to be.
std::string_view json_value(std::string_view line, std::string_view key) {
    std::size_t at = line.find(key);
    if (at == std::string_view::npos) {
        return {};
    }
    at = line.find_first_not_of(" :", at + key.size());
    if (at == std::string_view::npos) {
        return {};
    }
    if (line[at] == '"') {
        const std::size_t end = line.find('"', at + 1);
        return end == std::string_view::npos ? std::string_view{} : line.substr(at + 1, end - at - 1);
    }
    return trim(line.substr(at, line.find_first_of(",}", at) - at));
}

std::optional<CountLine> split_json(std::string_view line) {
    if (!line.ends_with('}')) {
        return std::nullopt;
    }
    const CountLine found{json_value(line, "\"interval\""), json_value(line, "\"counter-value\""),
                          json_value(line, "\"unit\""), json_value(line, "\"event\"")};
    const bool is_unit = found.unit == kUnit || (found.unit.empty() && is_absent_mark(found.value));
    return is_unit && looks_like_event(found.event) ? std::optional(found) : std::nullopt;
}

/// The next word of `rest`, which is shortened by it; `<not counted>` is one word.
std::string_view take_word(std::string_view& rest) {
    rest = trim(rest);
    std::size_t end = is_absent_mark(rest) ? rest.find('>') : rest.find_first_of(" \t");
    if (end != std::string_view::npos && is_absent_mark(rest)) {
        ++end;
    }
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(word.size());
    return word;
}

/// `[time] value Joules event`.
std::optional<CountLine> split_words(std::string_view line, bool is_whole) {
    CountLine found;
    found.value = take_word(line);
    std::string_view next = take_word(line);
    if (is_absent_mark(next) || parse_grouped(next)) {
        found.time = found.value;
        found.value = next;
        next = take_word(line);
    }
    if (next == kUnit) {
        found.unit = next;
        next = take_word(line);
    } else if (!is_absent_mark(found.value)) {
        return std::nullopt;
    }
    found.event = next;
    if (!looks_like_event(next) || (!is_whole && !next.ends_with('/'))) {
        return std::nullopt;
    }
    return found;
}

std::optional<CountLine> split_line(std::string_view line, bool is_whole) {
    if (line.starts_with('{')) {
        return split_json(line);
    }
    for (const char separator : kSeparators) {
        if (line.find(separator) != std::string_view::npos) {
            if (const auto found = split_separated(line, separator)) {
                return found;
            }
        }
    }
    return split_words(line, is_whole);
}

std::optional<Seconds> parse_elapsed(std::string_view line) {
    const std::string_view number = take_word(line);
    if (trim(line) != "seconds time elapsed") {
        return std::nullopt;
    }
    const std::optional<double> seconds = parse_count(number);
    return seconds ? std::optional(Seconds(*seconds)) : std::nullopt;
}

void add_count(PerfStat& stat, const CountLine& line) {
    PerfCount count;
    if (!line.time.empty()) {
        const std::optional<double> end = parse_count(line.time);
        if (!end) {
            return;
        }
        count.end = Seconds(*end);
    }
    if (!is_absent_mark(line.value)) {
        const std::optional<double> joules = parse_grouped(line.value);
        if (!joules) {
            return;
        }
        count.energy = Joules(*joules);
    }
    const std::string_view name = bare_event_name(line.event);
    auto event = std::find_if(stat.events.begin(), stat.events.end(), [&](const auto& e) { return e.name == name; });
    if (event == stat.events.end()) {
        stat.events.push_back({std::string(name), {}, true});
        event = std::prev(stat.events.end());
    }
    const bool is_in_order = event->counts.empty() || event->counts.back().end < count.end;
    if (line.value == "<not supported>") {
        event->is_supported = false;
    }
    if (is_in_order) {
        event->counts.push_back(count);
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
    while (!text.empty()) {
        const std::size_t newline = text.find('\n');
        const bool is_whole = newline != std::string_view::npos;
        const std::string_view line = trim(text.substr(0, newline));
        text.remove_prefix(is_whole ? newline + 1 : text.size());
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        if (const std::optional<Seconds> elapsed = parse_elapsed(line)) {
            stat.elapsed = elapsed;
        } else if (const auto count = split_line(line, is_whole)) {
            add_count(stat, *count);
        } else {
            stat.other.add(line);
        }
    }
    return stat;
}

} // namespace mutation::sensors
