#include "mutation/session/report_observer.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/run/interruptible_run.hpp"
#include "mutation/system/patient_write.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace mutation::session {

namespace {

constexpr Seconds kReportLimit{600};

/// What the command prints. Error if it fails or is interrupted.
std::string run_report(std::vector<std::string> command, NoticeStop stop) {
    const int before = stop.interruption.count;
    system::SpawnRequest request;
    request.argv = std::move(command);
    system::CapturedRun run = run::run_interruptible(std::move(request), kReportLimit, stop.signals, stop.interruption);
    if (stop.interruption.count > before) {
        throw Error(ErrorKind::machine, "it was interrupted");
    }
    if (run.timed_out) {
        throw Error(ErrorKind::machine, fmt::format("it took more than {:.0f} s", kReportLimit.count()));
    }
    if (!run.status.is_success()) {
        throw Error(ErrorKind::machine, std::string(trim(run.err)));
    }
    return std::move(run.out);
}

} // namespace

void ReportObserver::on_session_end(const SessionEnd& end) {
    constexpr Seconds kReaderPatience{5};
    const bool has_news = end.kind != SessionEnd::Kind::nothing_to_run && end.tally.recorded() > 0;
    if (command_.empty() || !has_news || end.kind == SessionEnd::Kind::stopped_by_error) {
        return;
    }
    std::vector<std::string> command = command_;
    command.push_back(session_.string());
    try {
        const std::string digest = run_report(std::move(command), stop_);
        static_cast<void>(system::write_patiently(STDOUT_FILENO, "\n" + digest, kReaderPatience));
    } catch (const Error& error) {
        log_.warning(
            fmt::format("the report was not written: {}; the records are complete, try: mutation report {} -o DIR",
                        error.message(), session_.string()));
    }
}

} // namespace mutation::session
