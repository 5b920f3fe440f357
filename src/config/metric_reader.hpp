#pragma once

#include "json_reader.hpp"
#include "mutation/config/registry.hpp"

#include <set>
#include <string>
#include <vector>

namespace mutation::config {

/// Reads patterns, and compiles each once to see that it stands.
class MetricReader {
public:
    explicit MetricReader(JsonReader& reader) : reader_(reader) {}

    /// Reads `performance_metrics` and puts what it says into `metrics`: replaces one that is there, adds others.
    void read_metrics(const Place& place, std::vector<Metric>& metrics);
    /// Reads an array of patterns that need no capture group.
    [[nodiscard]] std::vector<std::string> read_patterns(const Place& place);

private:
    void read_metric(const Member& member, std::vector<Metric>& metrics);
    void check_pattern(const Place& place, const std::string& pattern, bool needs_group);

    JsonReader& reader_;
    std::set<std::string> good_metric_patterns_;
    std::set<std::string> good_patterns_;
};

} // namespace mutation::config
