#pragma once

#include "mutation/plan/plan.hpp"
#include "mutation/record/experiment_record.hpp"

#include <cstddef>
#include <utility>
#include <vector>

namespace mutation::session {

/// How many experiments of a session have a record, and which.
struct SessionTally {
    std::size_t planned = 0;
    std::size_t succeeded = 0;
    std::size_t failed = 0; ///< all others that are recorded, interrupted ones included

    [[nodiscard]] std::size_t recorded() const { return succeeded + failed; }
    void count(const record::ExperimentRecord& record) { ++(record::is_success(record.status()) ? succeeded : failed); }
};

/// How a session ended.
struct SessionEnd {
    enum class Kind {
        nothing_to_run,    ///< every experiment had a record already
        ran,               ///< to the end of its plan, or until it was interrupted
        stopped_after_run, ///< by `mutation stop --after-run`
        stopped_by_error
    };
    Kind kind = Kind::ran;
    SessionTally tally;
};

/// Hears what becomes of the experiments of a session, as typed records.
class Observer {
public:
    virtual ~Observer() = default;
    /// A record of an earlier run of the session stands. All of these come before anything else.
    virtual void on_standing(const record::ExperimentRecord& record) { static_cast<void>(record); }
    virtual void on_started(const plan::PlannedExperiment& experiment) { static_cast<void>(experiment); }
    /// An experiment has ended. Its record is not on the disk yet.
    virtual void on_ended(const record::ExperimentRecord& record) { static_cast<void>(record); }
    /// The record of an experiment is on the disk. Error(storage).
    virtual void on_recorded(const record::ExperimentRecord& record) { static_cast<void>(record); }
    /// At least once a second while an experiment runs or the machine rests. Must return quickly and not throw.
    virtual void on_poll() {}
    virtual void on_session_end(const SessionEnd& end) { static_cast<void>(end); }
};

/// Passes everything on to several observers, in their order.
class Observers final : public Observer {
public:
    explicit Observers(std::vector<Observer*> observers) : observers_(std::move(observers)) {}

    void on_standing(const record::ExperimentRecord& record) override {
        each([&](Observer& observer) { observer.on_standing(record); });
    }
    void on_started(const plan::PlannedExperiment& experiment) override {
        each([&](Observer& observer) { observer.on_started(experiment); });
    }
    void on_ended(const record::ExperimentRecord& record) override {
        each([&](Observer& observer) { observer.on_ended(record); });
    }
    void on_recorded(const record::ExperimentRecord& record) override {
        each([&](Observer& observer) { observer.on_recorded(record); });
    }
    void on_poll() override {
        each([](Observer& observer) { observer.on_poll(); });
    }
    void on_session_end(const SessionEnd& end) override {
        each([&](Observer& observer) { observer.on_session_end(end); });
    }

private:
    template <class Call>
    void each(Call call) {
        for (Observer* observer : observers_) {
            call(*observer);
        }
    }

    std::vector<Observer*> observers_;
};

} // namespace mutation::session
