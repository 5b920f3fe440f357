#pragma once

#include "mutation/console/event_log.hpp"
#include "mutation/console/progress.hpp"
#include "mutation/console/run_table.hpp"
#include "mutation/console/terminal.hpp"
#include "mutation/session/control_runs.hpp"
#include "mutation/session/observer.hpp"
#include "mutation/session/schedule.hpp"
#include "mutation/session/session_request.hpp"
#include "mutation/session/worker_listener.hpp"

#include <filesystem>
#include <vector>

namespace mutation::session {

/// Shows a session to its user: lines and a status block on stderr, everything in session.log, the table of runs on
/// stdout.
class ConsoleObserver final : public Observer {
public:
    /// `request` and `controls` outlive this object.
    ConsoleObserver(const SessionRequest& request, const ControlRuns& controls);

    [[nodiscard]] console::EventLog& log() { return log_; }
    /// The session's folder is known from now on, and what is to run in it.
    void open(const std::filesystem::path& session, const Schedule& schedule);
    /// Says what is about to run.
    void announce(const Schedule& schedule);

    void on_attempt(int number, int most) { progress_.attempt_started(number, most); }
    void on_moment(const WorkerMoment& moment);
    /// Warns of processes that did not end and that nobody waits for any more.
    void report_abandoned();

    void on_standing(const record::ExperimentRecord& record) override { lines_.push_back(console::run_line(record)); }
    void on_started(const plan::PlannedExperiment& experiment) override { progress_.experiment_started(experiment); }
    void on_ended(const record::ExperimentRecord& record) override;
    void on_recorded(const record::ExperimentRecord& record) override { lines_.push_back(console::run_line(record)); }
    void on_poll() override { report_abandoned(); }
    void on_session_end(const SessionEnd& end) override;

private:
    void propose_retry();
    void propose_resume(const SessionEnd& end);
    void print_table() const;

    const SessionRequest& request_;
    const ControlRuns& controls_;
    console::LinePrinter printer_;
    console::EventLog log_;
    console::Progress progress_;
    std::filesystem::path session_;
    std::vector<console::RunLine> lines_;
};

/// The last line of a log that grows, without reading it whole; "" if there is none.
[[nodiscard]] std::string last_line_of(const std::filesystem::path& log);

} // namespace mutation::session
