#include "mutation/console/run_table.hpp"

#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "mutation/record/session_layout.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <ostream>
#include <utility>

namespace mutation::console {

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

/// That the background did not run all the time.
std::optional<std::string> describe_presence(const record::ExperimentRecord& record) {
    constexpr Percent kLeastAlive{95};
    const std::optional<Percent> alive = record.background ? record.background->alive : std::nullopt;
    return alive && *alive < kLeastAlive
               ? std::optional(
                     fmt::format("the background was alive for only {:.0f} % of the training", alive->value()))
               : std::nullopt;
}

/// Why a sensor that was there gave no figure; nullopt if it gave one or there was none.
std::optional<std::string> reason_if_missing(const std::optional<Joules>& energy,
                                             const energy::EnergyQuality& quality) {
    if (energy || !quality.method) {
        return std::nullopt;
    }
    return quality.reason.value_or("no reason is recorded");
}

} // namespace

RunLine run_line(const record::ExperimentRecord& record) {
    const record::AttemptRecord& attempt = record.last_attempt();
    RunLine line;
    line.id = record.id;
    line.status = attempt.status;
    line.duration = attempt.duration.value_or(Seconds(0));
    line.cpu = attempt.measurement.cpu.total;
    line.gpu = attempt.measurement.gpu.energy;
    line.cpu_uncertainty = attempt.measurement.cpu.quality.uncertainty;
    line.gpu_uncertainty = attempt.measurement.gpu.quality.uncertainty;
    line.cpu_missing = reason_if_missing(line.cpu, attempt.measurement.cpu.quality);
    line.gpu_missing = reason_if_missing(line.gpu, attempt.measurement.gpu.quality);
    for (const auto& [name, value] : attempt.metrics) {
        line.metrics +=
            fmt::format("{}{}={}", line.metrics.empty() ? "" : " ", name, value ? format_shortest(*value) : "none");
    }
    line.error = attempt.error_message;
    line.background = describe_presence(record);
    return line;
}

RunCounts count_runs(const std::vector<RunLine>& lines, std::size_t planned) {
    RunCounts counts;
    counts.planned = std::max(planned, lines.size());
    for (const RunLine& line : lines) {
        if (record::is_success(line.status)) {
            ++counts.succeeded;
        } else {
            ++(line.status == record::Status::interrupted ? counts.interrupted : counts.failed);
        }
    }
    return counts;
}

std::string describe_counts(const RunCounts& counts) {
    std::string text = fmt::format("{} of {} succeeded", counts.succeeded, counts.planned);
    const std::array<std::pair<std::size_t, const char*>, 3> others{
        {{counts.failed, "failed"}, {counts.interrupted, "interrupted"}, {counts.not_run(), "not run"}}};
    for (const auto& [count, word] : others) {
        text += count > 0 ? fmt::format(", {} {}", count, word) : "";
    }
    return text;
}

void print_run_table(std::ostream& out, std::vector<RunLine> lines, std::size_t planned,
                     const std::filesystem::path& session) {
    std::stable_sort(lines.begin(), lines.end(),
                     [](const RunLine& a, const RunLine& b) { return record::comes_before(a.id, b.id); });
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
    const record::SessionLayout layout(session);
    for (const RunLine& line : lines) {
        if (!line.error.empty()) {
            out << fmt::format("\n{}: {}: {}\n  see {}\n", line.id, record::status_name(line.status), line.error,
                               layout.experiment(line.id).log().string());
        }
    }
    for (const RunLine& line : lines) {
        if (line.background) {
            out << fmt::format("\n{}: {}\n", line.id, *line.background);
        }
    }
    out << '\n'
        << describe_missing(lines, "CPU", &RunLine::cpu_missing)
        << describe_missing(lines, "GPU", &RunLine::gpu_missing);
    out << fmt::format("{}\nsession: {}\nsummary: {}\n", describe_counts(count_runs(lines, planned)), session.string(),
                       layout.summary().string());
}

} // namespace mutation::console
