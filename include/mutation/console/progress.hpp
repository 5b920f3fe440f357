#pragma once

#include "mutation/console/event_log.hpp"
#include "mutation/console/terminal.hpp"
#include "mutation/core/units.hpp"
#include "mutation/plan/plan.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/rollup/session_forecast.hpp"

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

/// Shows the session's progress: a block that is redrawn on a terminal, and a line for each event.
class Progress {
public:
    Progress(LinePrinter& printer, EventLog& log, const plan::Plan& plan, Verbosity verbosity);

    void experiment_started(const plan::PlannedExperiment& experiment);
    void attempt_started(int number, int most);
    void show(const LiveStatus& status);
    /// Whether `show` shows anything.
    [[nodiscard]] bool is_live() const;
    /// After an experiment is recorded.
    void experiment_ended(const record::ExperimentRecord& record);
    /// What the block estimates the session's end from.
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
    Verbosity verbosity_;
    const plan::PlannedExperiment* current_ = nullptr;
    int attempt_ = 1;
    int most_attempts_ = 1;
    std::optional<rollup::SessionForecast> forecast_;
    std::string summarize_command_ = "mutation summarize";
};

/// `epochs=12 learning_rate=0.01` for the values that were mutated, or all if none was.
[[nodiscard]] std::string describe_values(const std::vector<Assignment>& values);

/// `1 h 02 min`, `3 min 05 s`, `12.3 s`.
[[nodiscard]] std::string format_duration(Seconds duration);

/// `2026-01-07 14:05`, local time: so long after `now`.
[[nodiscard]] std::string format_end(WallTime now, Seconds duration);

} // namespace mutation::console
