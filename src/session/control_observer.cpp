#include "mutation/session/control_observer.hpp"

#include <utility>

namespace mutation::session {

void ControlObserver::on_standing(const record::ExperimentRecord& record) {
    [[maybe_unused]] const auto drift = controls_.add(record); // an earlier run of the session has warned of it
}

void ControlObserver::on_recorded(const record::ExperimentRecord& record) {
    if (const std::optional<std::string> drift = controls_.add(record)) {
        log_.warning(*drift);
        write(); // now: a user who looks into the session does not have to wait for its end
    }
}

void ControlObserver::on_session_end(const SessionEnd& end) {
    if (end.kind == SessionEnd::Kind::ran || end.kind == SessionEnd::Kind::stopped_after_run) {
        write();
    }
}

void ControlObserver::write() const {
    if (std::optional<record::ControlFacts> controls = controls_.describe()) {
        record::SessionDocument document = record::read_session_document(store_.directory());
        document.controls = std::move(controls);
        record::write_session_document(store_.directory(), document);
    }
}

} // namespace mutation::session
