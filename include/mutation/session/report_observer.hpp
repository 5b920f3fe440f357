#pragma once

#include "mutation/console/event_log.hpp"
#include "mutation/session/observer.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <utility>

namespace mutation::session {

/// Makes the report when a session has ended. A report that fails is a warning and changes nothing else.
class ReportObserver final : public Observer {
public:
    using MakeReport = std::function<std::string(const std::filesystem::path& session)>;

    /// `make_report` returns what to print; none: no report is wanted. `log` outlives this object.
    ReportObserver(MakeReport make_report, std::filesystem::path session, console::EventLog& log)
        : make_report_(std::move(make_report)), session_(std::move(session)), log_(log) {}

    void on_session_end(const SessionEnd& end) override;

private:
    MakeReport make_report_;
    std::filesystem::path session_;
    console::EventLog& log_;
};

} // namespace mutation::session
