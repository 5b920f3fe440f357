#pragma once

#include "mutation/console/event_log.hpp"
#include "mutation/record/session_store.hpp"
#include "mutation/session/control_runs.hpp"
#include "mutation/session/observer.hpp"

namespace mutation::session {

/// Warns as soon as a session's control runs drift apart, and keeps their figures in session.json.
class ControlObserver final : public Observer {
public:
    /// All outlive this object.
    ControlObserver(ControlRuns& controls, const record::SessionStore& store, console::EventLog& log)
        : controls_(controls), store_(store), log_(log) {}

    void on_standing(const record::ExperimentRecord& record) override;
    void on_recorded(const record::ExperimentRecord& record) override;
    void on_session_end(const SessionEnd& end) override;

private:
    void write() const;

    ControlRuns& controls_;
    const record::SessionStore& store_;
    console::EventLog& log_;
};

} // namespace mutation::session
