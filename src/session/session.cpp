#include "mutation/session/session.hpp"

#include "mutation/core/error.hpp"
#include "mutation/session/console_observer.hpp"
#include "mutation/session/control_observer.hpp"
#include "mutation/session/notices.hpp"
#include "mutation/session/prepare.hpp"
#include "mutation/session/report_observer.hpp"
#include "mutation/session/rollup_observer.hpp"
#include "mutation/session/schedule.hpp"
#include "mutation/session/session_loop.hpp"
#include "mutation/session/worker.hpp"

#include <utility>

namespace mutation::session {

std::unique_ptr<sensors::Sensors> make_sensors(const sensors::SensorSources& sources) {
    return std::make_unique<sensors::Sensors>(sources);
}

namespace {

/// Counts what is recorded.
class TallyObserver final : public Observer {
public:
    explicit TallyObserver(std::size_t planned) { tally_.planned = planned; }
    void on_standing(const record::ExperimentRecord& record) override { tally_.count(record); }
    void on_recorded(const record::ExperimentRecord& record) override { tally_.count(record); }
    [[nodiscard]] const SessionTally& tally() const { return tally_; }

private:
    SessionTally tally_;
};

/// Connects the parts of a session: what is prepared, the worker, the schedule and the observers.
class Session final : private WorkerListener {
public:
    Session(const SessionRequest& request, system::SignalFd& signals)
        : request_(request), signals_(signals), controls_(request.plan.settings.control_tolerance),
          tally_(request.plan.experiments.size()), console_(request, controls_) {}

    int run() {
        if (auto prepared = prepare_session(request_, signals_, interruption_, console_.log())) {
            run_prepared(*prepared);
        }
        if (interruption_.is_requested()) {
            return 128 + *interruption_.signal;
        }
        return tally_.tally().failed == 0 ? 0 : 1;
    }

private:
    void run_prepared(PreparedSession& prepared) {
        const record::SessionStore& store = prepared.store;
        RollupObserver rollup(store.name(), store.summary(), console_.log());
        ControlObserver controls(controls_, store, console_.log());
        Notices notices(request_.plan.settings, store.directory(), {signals_, interruption_},
                        [this](const std::string& text) { warning(text); });
        ReportObserver report(request_.report_command, store.directory(), {signals_, interruption_}, console_.log());
        Observers observers({&tally_, &rollup, &console_, &controls, &report, &notices});
        observers_ = &observers;
        for (const record::ExperimentRecord& record : prepared.standing) {
            observers.on_standing(record);
        }
        Schedule schedule(request_.plan, prepared.standing);
        prepared.standing.clear();
        console_.open(store.directory(), schedule);
        if (!schedule.next()) {
            end(SessionEnd::Kind::nothing_to_run);
            return;
        }
        console_.announce(schedule);
        try {
            run_worker(prepared, schedule);
        } catch (const Error&) {
            end(SessionEnd::Kind::stopped_by_error);
            throw;
        }
        end(interruption_.is_last_run ? SessionEnd::Kind::stopped_after_run : SessionEnd::Kind::ran);
    }

    void run_worker(PreparedSession& prepared, Schedule& schedule) {
        Worker worker({.registry = request_.registry,
                       .store = prepared.store,
                       .signals = signals_,
                       .interruption = interruption_,
                       .settings = {.max_retries = request_.plan.settings.max_retries,
                                    .baseline = request_.plan.settings.baseline,
                                    .user = request_.user,
                                    .as_root = request_.as_root},
                       .machine = prepared.machine},
                      request_.sensors(prepared.sensor_sources), *this);
        worker.begin();
        run_experiments({.schedule = schedule,
                         .runner = worker,
                         .observer = *observers_,
                         .store = prepared.store,
                         .signals = signals_,
                         .interruption = interruption_});
    }

    void end(SessionEnd::Kind kind) {
        observers_->on_session_end({kind, tally_.tally()});
        console_.report_abandoned(); // of the user's commands
    }

    /// Once, when `mutation stop --after-run` was heard while a training runs.
    void say_last_run() {
        if (interruption_.is_last_run && !std::exchange(has_said_last_run_, true)) {
            event("`mutation stop --after-run`: the session ends after this run is recorded");
        }
    }

    void on_attempt(int number, int most) override { console_.on_attempt(number, most); }
    void on_moment(const WorkerMoment& moment) override { console_.on_moment(moment); }
    void on_poll() override {
        observers_->on_poll();
        say_last_run();
    }
    void detail(const std::string& text) override { console_.log().detail(text); }
    void event(const std::string& text) override { console_.log().event(text); }
    void warning(const std::string& text) override { console_.log().warning(text); }

    const SessionRequest& request_;
    system::SignalFd& signals_;
    run::Interruption interruption_;
    bool has_said_last_run_ = false;
    ControlRuns controls_;
    TallyObserver tally_;
    ConsoleObserver console_;
    Observer* observers_ = nullptr; ///< of the session that is prepared
};

} // namespace

int run_session(const SessionRequest& request, system::SignalFd& signals) {
    return Session(request, signals).run();
}

} // namespace mutation::session
