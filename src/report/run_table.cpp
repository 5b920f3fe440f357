#include "mutation/report/progress.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <ostream>

namespace mutation::report {

namespace {

using Row = std::array<std::string, 6>;

std::string format_cell(const std::optional<Joules>& energy, const std::optional<Joules>& uncertainty) {
    if (!energy) {
        return "-";
    }
    return uncertainty ? fmt::format("{:.1f} +- {:.1f}", energy->value(), uncertainty->value())
                       : fmt::format("{:.1f}", energy->value());
}

Row to_row(const RunLine& line) {
    return {line.id,
            std::string(record::status_name(line.status)),
            fmt::format("{:.1f}", line.duration.count()),
            format_cell(line.cpu, line.cpu_uncertainty),
            format_cell(line.gpu, line.gpu_uncertainty),
            line.metrics.empty() ? "-" : line.metrics};
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
    out << fmt::format("\n{} of {} succeeded\nsession: {}\nsummary: {}\n", succeeded, lines.size(), session.string(),
                       (session / "summary.csv").string());
}

} // namespace mutation::report
