#include "mutation/session/rollup_observer.hpp"

#include "mutation/core/error.hpp"
#include "mutation/system/clock.hpp"

namespace mutation::session {

void RollupObserver::on_recorded(const record::ExperimentRecord& record) {
    rollup_.add(record);
    rollup_.write_if_due(summary_, system::monotonic_now());
}

void RollupObserver::on_poll() {
    try {
        rollup_.write_if_due(summary_, system::monotonic_now());
    } catch (const Error& error) {
        log_.detail(error.message());
    }
}

void RollupObserver::on_session_end(const SessionEnd& end) {
    try {
        rollup_.write(summary_);
    } catch (const Error& error) {
        if (end.kind != SessionEnd::Kind::stopped_by_error) {
            throw;
        }
        log_.warning(error.message() + "; the records are complete, and `mutation resume` rebuilds the table");
    }
}

} // namespace mutation::session
