#pragma once

#include "../plan/toy_registry.hpp"
#include "mutation/plan/plan.hpp"
#include "mutation/record/session_store.hpp"
#include "mutation/run/attempt.hpp"
#include "mutation/session/experiment_runner.hpp"
#include "mutation/session/observer.hpp"
#include "mutation/session/worker_listener.hpp"
#include "mutation/system/signals.hpp"
#include "support/temporary_folder.hpp"

#include <functional>
#include <string>
#include <vector>

namespace mutation::test {

/// A plan of `runs` trainings with default values, each the same.
inline plan::Plan plan_of_defaults(int runs) {
    return plan::make_plan(toy::config({toy::with_defaults("net", runs)}), toy::registry(), 0);
}

inline record::ExperimentRecord record_of(const plan::PlannedExperiment& experiment, const std::string& session,
                                          record::Status status = record::Status::ok) {
    record::ExperimentRecord record;
    record.session = session;
    record.id = experiment.id;
    record.repository = experiment.training.repository;
    record.model = experiment.training.model;
    record.mode = config::Mode::default_values;
    record.hyperparameters = experiment.training.hyperparameters;
    record.is_control = experiment.is_control;
    record.attempts.resize(1);
    record.last_attempt().status = status;
    record.last_attempt().duration = Seconds(2);
    return record;
}

/// Runs nothing: writes down what it was asked for, and returns records.
class FakeRunner final : public session::ExperimentRunner {
public:
    explicit FakeRunner(const record::SessionStore& store) : store_(store) {}

    [[nodiscard]] std::optional<std::string> find_obstacle() const override { return obstacle; }
    void cool_down(const session::Cooldown& cooldown) override {
        journal.push_back(describe(cooldown));
        if (on_cool_down) {
            on_cool_down();
        }
    }
    [[nodiscard]] record::ExperimentRecord run(const plan::PlannedExperiment& experiment) override {
        journal.push_back("run " + experiment.id);
        [[maybe_unused]] const auto folder = store_.create_experiment(experiment.id);
        if (on_run) {
            on_run();
        }
        return record_of(experiment, store_.name(), status);
    }
    void end_background(session::BackgroundEnd how) override {
        journal.emplace_back(how == session::BackgroundEnd::at_once ? "end at once" : "end");
    }

    std::vector<std::string> journal;
    record::Status status = record::Status::ok;
    std::optional<std::string> obstacle;
    std::function<void()> on_run;
    std::function<void()> on_cool_down;

private:
    static std::string describe(const session::Cooldown& cooldown) {
        if (cooldown.is_none()) {
            return cooldown.shares_background ? "no rest, shared" : "no rest";
        }
        return cooldown.shares_background ? "rest, shared" : "rest";
    }

    const record::SessionStore& store_;
};

/// Writes down what it hears.
class FakeObserver final : public session::Observer {
public:
    void on_standing(const record::ExperimentRecord& record) override { heard.push_back("standing " + record.id); }
    void on_started(const plan::PlannedExperiment& experiment) override { heard.push_back("started " + experiment.id); }
    void on_ended(const record::ExperimentRecord& record) override { heard.push_back("ended " + record.id); }
    void on_recorded(const record::ExperimentRecord& record) override { heard.push_back("recorded " + record.id); }

    std::vector<std::string> heard;
};

/// Keeps what a worker says.
class FakeListener final : public session::WorkerListener {
public:
    void on_attempt(int number, int most) override {
        attempts.push_back(std::to_string(number) + " of " + std::to_string(most));
    }
    void on_moment(const session::WorkerMoment& moment) override { moments.push_back(moment); }
    void on_poll() override {}
    void detail(const std::string& text) override { details.push_back(text); }
    void event(const std::string& text) override { events.push_back(text); }
    void warning(const std::string& text) override { warnings.push_back(text); }

    std::vector<std::string> attempts;
    std::vector<session::WorkerMoment> moments;
    std::vector<std::string> details;
    std::vector<std::string> events;
    std::vector<std::string> warnings;
};

} // namespace mutation::test
