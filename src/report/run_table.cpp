#include "mutation/core/text.hpp"
#include "mutation/report/progress.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <ostream>

namespace mutation::report {

namespace {

using Row = std::array<std::string, 6>;

/// `missing` if a sensor was there and gave no figure, `-` if there was none.
std::string format_cell(const std::optional<Joules>& energy, const std::optional<Joules>& uncertainty,
                        const std::optional<std::string>& missing) {
    if (!energy) {
        return missing ? "missing" : "-";
    }
    return uncertainty ? fmt::format("{:.1f} +- {:.1f}", energy->value(), uncertainty->value())
                       : fmt::format("{:.1f}", energy->value());
}

Row to_row(const RunLine& line) {
    return {line.id,
            std::string(record::status_name(line.status)),
            fmt::format("{:.1f}", line.duration.count()),
            format_cell(line.cpu, line.cpu_uncertainty, line.cpu_missing),
            format_cell(line.gpu, line.gpu_uncertainty, line.gpu_missing),
            line.metrics.empty() ? "-" : line.metrics};
}

/// Which runs have no figure of a sensor that was there, and the last one's reason; empty if all have one.
std::string describe_missing(const std::vector<RunLine>& lines, const char* sensor,
                             std::optional<std::string> RunLine::*missing) {
    std::vector<std::string> ids;
    std::string reason;
    for (const RunLine& line : lines) {
        if (line.*missing) {
            ids.push_back(line.id);
            reason = *(line.*missing);
        }
    }
    constexpr std::size_t kMostNamed = 5;
    const std::size_t count = ids.size();
    if (count > kMostNamed) {
        ids.resize(kMostNamed);
        ids.emplace_back("...");
    }
    return count == 0 ? ""
                      : fmt::format("{} energy is missing in {} of {} runs ({}): {}\n", sensor, count, lines.size(),
                                    join(ids, ", "), reason);
}

} // namespace

void print_run_table(std::ostream& out, const std::vector<RunLine>& lines, const std::filesystem::path& session) {
    std::vector<Row> rows{{"experiment", "status", "seconds", "CPU J", "GPU J", "metrics"}};
    std::transform(lines.begin(), lines.end(), std::back_inserter(rows), to_row);
    std::array<std::size_t, 5> widths{};
    for (const Row& row : rows) {
        for (std::size_t i = 0; i < widths.size(); ++i) {
            widths[i] = std::max(widths[i], row[i].size());
        }
    }
    for (const Row& row : rows) {
        out << fmt::format("{:<{}}  {:<{}}  {:>{}}  {:>{}}  {:>{}}  {}\n", row[0], widths[0], row[1], widths[1], row[2],
                           widths[2], row[3], widths[3], row[4], widths[4], row[5]);
    }
    for (const RunLine& line : lines) {
        if (!line.error.empty()) {
            out << fmt::format("\n{}: {}: {}\n  see {}\n", line.id, record::status_name(line.status), line.error,
                               (session / line.id / "training.log").string());
        }
    }
    const auto succeeded =
        std::count_if(lines.begin(), lines.end(), [](const RunLine& line) { return record::is_success(line.status); });
    out << '\n'
        << describe_missing(lines, "CPU", &RunLine::cpu_missing)
        << describe_missing(lines, "GPU", &RunLine::gpu_missing);
    out << fmt::format("{} of {} succeeded\nsession: {}\nsummary: {}\n", succeeded, lines.size(), session.string(),
                       (session / "summary.csv").string());
}

} // namespace mutation::report
