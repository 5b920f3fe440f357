#include "metric_reader.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/pattern.hpp"

#include <algorithm>
#include <utility>

namespace mutation::config {

namespace {

constexpr std::size_t kMostMetrics = 1000;

void put_metric(Metric metric, std::vector<Metric>& metrics) {
    const auto found = std::find_if(metrics.begin(), metrics.end(),
                                    [&metric](const Metric& known) { return known.name == metric.name; });
    if (found == metrics.end()) {
        metrics.push_back(std::move(metric));
    } else {
        *found = std::move(metric);
    }
}

} // namespace

void MetricReader::read_metrics(const Place& place, std::vector<Metric>& metrics) {
    constexpr std::string_view kRemedy = R"x(write {"log_patterns": {"accuracy": "Accuracy: ([0-9.]+)"}})x";
    if (!reader_.is_object(place, kRemedy)) {
        return;
    }
    reader_.check_keys(place, kPerformanceMetrics, kRegistryTables);
    const auto patterns = JsonReader::find(place, "log_patterns");
    if (!patterns || !reader_.is_object(*patterns, R"x(write {"accuracy": "Accuracy: ([0-9.]+)"})x")) {
        return;
    }
    const std::vector<Member> members = JsonReader::members(*patterns);
    if (members.size() > kMostMetrics) {
        reader_.error({nullptr, patterns->path}, "more than " + std::to_string(kMostMetrics) + " metrics",
                      "keep fewer");
        return;
    }
    for (const Member& member : members) {
        if (reader_.check_name(member.place, member.key)) {
            read_metric(member, metrics);
        }
    }
}

std::vector<std::string> MetricReader::read_patterns(const Place& place) {
    std::vector<std::string> patterns;
    if (!reader_.is_array(place, R"(list patterns: ["out of memory"])")) {
        return patterns;
    }
    for (const Place& element : JsonReader::elements(place)) {
        if (auto pattern = reader_.text(element)) {
            check_pattern(element, *pattern, false);
            patterns.push_back(std::move(*pattern));
        }
    }
    return patterns;
}

void MetricReader::read_metric(const Member& member, std::vector<Metric>& metrics) {
    Metric metric;
    metric.name = member.key;
    Place pattern = member.place;
    if (member.place.value->is_object()) {
        reader_.check_keys(member.place, kMetric, kRegistryTables);
        const auto field = JsonReader::find(member.place, "pattern");
        if (!field) {
            reader_.missing(member.place, "pattern", R"x(write "pattern": "Accuracy: ([0-9.]+)")x");
            return;
        }
        pattern = *field;
        metric.higher_is_better = reader_.boolean_at(member.place, "higher_is_better");
    }
    if (auto text = reader_.text(pattern)) {
        check_pattern(pattern, *text, true);
        metric.pattern = std::move(*text);
        put_metric(std::move(metric), metrics);
    }
}

void MetricReader::check_pattern(const Place& place, const std::string& pattern, bool needs_group) {
    std::set<std::string>& good = needs_group ? good_metric_patterns_ : good_patterns_;
    if (good.contains(pattern)) {
        return;
    }
    try {
        const std::size_t groups = Pattern(pattern).group_count();
        if (needs_group && groups != 1) {
            reader_.error(place, "a metric's pattern needs one capture group, this one has " + std::to_string(groups),
                          "put ( ) around the number alone; a group for other ends is written (?: )");
            return;
        }
        good.insert(pattern);
    } catch (const Error& error) {
        reader_.error(place, error.message(), "mend the regular expression");
    }
}

} // namespace mutation::config
