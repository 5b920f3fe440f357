#include "mutation/session/report_observer.hpp"

#include "mutation/system/patient_write.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace mutation::session {

void ReportObserver::on_session_end(const SessionEnd& end) {
    constexpr Seconds kReaderPatience{5};
    const bool has_news = end.kind != SessionEnd::Kind::nothing_to_run && end.tally.recorded() > 0;
    if (!make_report_ || !has_news || end.kind == SessionEnd::Kind::stopped_by_error) {
        return;
    }
    try {
        static_cast<void>(system::write_patiently(STDOUT_FILENO, make_report_(session_), kReaderPatience));
    } catch (const std::exception& error) {
        log_.warning(fmt::format("the report was not written: {}; the records are complete, try: mutation report {}",
                                 error.what(), session_.string()));
    }
}

} // namespace mutation::session
