#pragma once

#include "mutation/console/event_log.hpp"
#include "mutation/session/notices.hpp"
#include "mutation/session/observer.hpp"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace mutation::session {

/// Runs the program that makes the report when a session has ended, and prints what it prints. A process of its own can
/// be interrupted, and may crash or need much memory without harm. A report that fails is a warning and changes nothing
/// else.
class ReportObserver final : public Observer {
public:
    /// `command`: to which the session's folder is added; empty: no report is wanted. `log` outlives this object.
    ReportObserver(std::vector<std::string> command, std::filesystem::path session, NoticeStop stop,
                   console::EventLog& log)
        : command_(std::move(command)), session_(std::move(session)), stop_(stop), log_(log) {}

    void on_session_end(const SessionEnd& end) override;

private:
    std::vector<std::string> command_;
    std::filesystem::path session_;
    NoticeStop stop_;
    console::EventLog& log_;
};

} // namespace mutation::session
