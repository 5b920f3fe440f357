#pragma once

#include "mutation/console/event_log.hpp"
#include "mutation/rollup/rollup.hpp"
#include "mutation/session/observer.hpp"

#include <filesystem>
#include <string>
#include <utility>

namespace mutation::session {

/// Keeps summary.csv up to date while a session runs.
class RollupObserver final : public Observer {
public:
    /// `session`: the name in its records. `log` outlives this object.
    RollupObserver(const std::string& session, std::filesystem::path summary, console::EventLog& log)
        : rollup_(session), summary_(std::move(summary)), log_(log) {}

    void on_standing(const record::ExperimentRecord& record) override { rollup_.add(record); }
    void on_recorded(const record::ExperimentRecord& record) override;
    /// Writes the rows that came too fast to be written one by one. If that fails, the next record reports it.
    void on_poll() override;
    void on_session_end(const SessionEnd& end) override;

private:
    rollup::Rollup rollup_;
    std::filesystem::path summary_;
    console::EventLog& log_;
};

} // namespace mutation::session
