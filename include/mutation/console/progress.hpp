#pragma once

#include "mutation/console/event_log.hpp"
#include "mutation/console/terminal.hpp"
#include "mutation/core/units.hpp"
#include "mutation/plan/plan.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/rollup/session_forecast.hpp"

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace mutation::console {

/// What the status block shows at one moment.
struct LiveStatus {
    rollup::Activity activity = rollup::Activity::training;
    std::optional<Seconds> elapsed; ///< since the activity began; nullopt: the training has not started
    std::optional<Watts> cpu;
    std::optional<Watts> gpu;
    std::string last_line; ///< of the training's log
};

/// Tells the session's progress: a block that is redrawn on a terminal, a line an event everywhere.
class Progress {
public:
    Progress(LinePrinter& printer, EventLog& log, const plan::Plan& plan, bool is_quiet);

    void experiment_started(const plan::PlannedExperiment& experiment);
    void attempt_started(int number, int most);
    void show(const LiveStatus& status);
    /// Whether `show` shows anything.
    [[nodiscard]] bool is_live() const;
    /// After an experiment is recorded.
    void experiment_ended(const record::ExperimentRecord& record);
    /// What the block foretells the session's end from.
    void expect(rollup::SessionForecast forecast) { forecast_ = std::move(forecast); }
    /// The command that rebuilds the session's metrics, as the user can paste it.
    void set_summarize_command(std::string command) { summarize_command_ = std::move(command); }
    void clear();

    /// `3 min 05 s left, until 14:05, 1234 J`, or why that is not known.
    [[nodiscard]] std::string outlook(rollup::Activity activity, Seconds elapsed) const;

private:
    void warn_about(const record::ExperimentRecord& record);
    void warn_if_poor(const std::string& id, std::string_view sensor, const energy::EnergyQuality& quality);

    LinePrinter& printer_;
    EventLog& log_;
    const plan::Plan& plan_;
    bool is_quiet_;
    const plan::PlannedExperiment* current_ = nullptr;
    int attempt_ = 1;
    int most_attempts_ = 1;
    std::optional<rollup::SessionForecast> forecast_;
    std::string summarize_command_ = "mutation summarize";
};

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
    std::string metrics; ///< "test_accuracy=0.97 ..."
    std::string error;
    std::string background; ///< what is wrong with the training beside it; "" if nothing
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

/// The table of the runs in the plan's order, what failed and why, which sensor gave no figure, how many of the
/// `planned` ones ran, and where everything is.
void print_run_table(std::ostream& out, std::vector<RunLine> lines, std::size_t planned,
                     const std::filesystem::path& session);

/// `epochs=12 learning_rate=0.01` for the values that were mutated, or all when none was.
[[nodiscard]] std::string describe_values(const std::vector<Assignment>& values);

/// `1 h 02 min`, `3 min 05 s`, `12.3 s`.
[[nodiscard]] std::string format_duration(Seconds duration);

/// `2026-01-07 14:05`, local time: so long after `now`.
[[nodiscard]] std::string format_end(WallTime now, Seconds duration);

} // namespace mutation::console
