#pragma once

#include "mutation/core/units.hpp"
#include "mutation/record/experiment_record.hpp"

#include <cstddef>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace mutation::console {

/// One line of the table at the end.
struct RunLine {
    std::string id;
    record::Status status = record::Status::failed;
    Seconds duration{0};
    std::optional<Joules> cpu;
    std::optional<Joules> gpu;
    std::optional<Joules> cpu_uncertainty;
    std::optional<Joules> gpu_uncertainty;
    std::optional<std::string> cpu_missing; ///< why a sensor that was there gave no figure
    std::optional<std::string> gpu_missing;
    std::string metrics;                   ///< "test_accuracy=0.97 ..."; empty if there are none
    std::string error;                     ///< as in the record: empty if it succeeded
    std::optional<std::string> background; ///< what is wrong with the background training
};

[[nodiscard]] RunLine run_line(const record::ExperimentRecord& record);

/// How many of a session's experiments came to which end.
struct RunCounts {
    std::size_t planned = 0;
    std::size_t succeeded = 0;
    std::size_t failed = 0; ///< timed out and stalled included
    std::size_t interrupted = 0;

    [[nodiscard]] std::size_t not_run() const { return planned - succeeded - failed - interrupted; }
};

[[nodiscard]] RunCounts count_runs(const std::vector<RunLine>& lines, std::size_t planned);

/// `2 of 4 succeeded, 1 interrupted, 1 not run`.
[[nodiscard]] std::string describe_counts(const RunCounts& counts);

/// Prints the runs in the plan's order, what failed and why, which sensor gave no figure, how many of the `planned`
/// runs ran, and where everything is.
void print_run_table(std::ostream& out, std::vector<RunLine> lines, std::size_t planned,
                     const std::filesystem::path& session);

} // namespace mutation::console
