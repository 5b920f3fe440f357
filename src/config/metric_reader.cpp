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

void MetricReader::read_metrics(const JsonCursor& place, std::vector<Metric>& metrics) {
    constexpr std::string_view kRemedy = R"x(write {"log_patterns": {"accuracy": "Accuracy: ([0-9.]+)"}})x";
    if (!place.is_object(kRemedy)) {
        return;
    }
    check_keys(place, registry_keys().performance_metrics, registry_keys().all());
    const auto patterns = place.find("log_patterns");
    if (!patterns || !patterns->is_object(R"x(write {"accuracy": "Accuracy: ([0-9.]+)"})x")) {
        return;
    }
    const std::vector<JsonMember> members = named_members(*patterns);
    if (members.size() > kMostMetrics) {
        patterns->error_at_place("more than " + std::to_string(kMostMetrics) + " metrics", "keep fewer");
        return;
    }
    for (const JsonMember& member : members) {
        if (member.at.check_name(member.key)) {
            read_metric(member, metrics);
        }
    }
}

std::vector<std::string> MetricReader::read_patterns(const JsonCursor& place) {
    std::vector<std::string> patterns;
    if (!place.is_array(R"(list patterns: ["out of memory"])")) {
        return patterns;
    }
    for (const JsonCursor& element : place.elements()) {
        if (auto pattern = element.text()) {
            check_pattern(element, *pattern, Use::outcome);
            patterns.push_back(std::move(*pattern));
        }
    }
    return patterns;
}

void MetricReader::read_metric(const JsonMember& member, std::vector<Metric>& metrics) {
    Metric metric;
    metric.name = member.key;
    JsonCursor pattern = member.at;
    if (member.at.value().is_object()) {
        check_keys(member.at, registry_keys().metric, registry_keys().all());
        const auto field = member.at.find("pattern");
        if (!field) {
            member.at.missing("pattern", R"x(write "pattern": "Accuracy: ([0-9.]+)")x");
            return;
        }
        pattern = *field;
        metric.higher_is_better = member.at.boolean_at("higher_is_better");
    }
    if (auto text = pattern.text()) {
        check_pattern(pattern, *text, Use::metric);
        metric.pattern = std::move(*text);
        put_metric(std::move(metric), metrics);
    }
}

void MetricReader::check_pattern(const JsonCursor& place, const std::string& pattern, Use use) {
    std::set<std::string>& good = use == Use::metric ? good_metric_patterns_ : good_patterns_;
    if (good.contains(pattern)) {
        return;
    }
    try {
        const std::size_t groups = Pattern(pattern).group_count();
        if (use == Use::metric && groups != 1) {
            place.error("a metric's pattern needs one capture group, this one has " + std::to_string(groups),
                        "put ( ) only around the number; write other groups as (?: )");
            return;
        }
        good.insert(pattern);
    } catch (const Error& error) {
        place.error(error.message(), "correct the regular expression");
    }
}

} // namespace mutation::config
