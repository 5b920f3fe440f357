#pragma once

#include "mutation/config/key_tables.hpp"
#include "mutation/config/registry.hpp"
#include "mutation/core/json_cursor.hpp"

#include <set>
#include <string>
#include <vector>

namespace mutation::config {

/// Reads patterns, and compiles each once to check it.
class MetricReader {
public:
    /// Reads `performance_metrics` and puts what it says into `metrics`: replaces one that is there, adds others.
    void read_metrics(const JsonCursor& place, std::vector<Metric>& metrics);
    /// Reads an array of patterns that need no capture group.
    [[nodiscard]] std::vector<std::string> read_patterns(const JsonCursor& place);

private:
    void read_metric(const JsonMember& member, std::vector<Metric>& metrics);
    enum class Use { metric, outcome }; ///< a metric's pattern has a group around the number

    void check_pattern(const JsonCursor& place, const std::string& pattern, Use use);

    std::set<std::string> good_metric_patterns_;
    std::set<std::string> good_patterns_;
};

} // namespace mutation::config
