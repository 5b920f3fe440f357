#include "experiment_run.hpp"

#include "mutation/core/error.hpp"
#include "mutation/plan/plan_json.hpp"
#include "mutation/record/judge.hpp"
#include "mutation/run/command_line.hpp"
#include "mutation/session/machine.hpp"
#include "mutation/session/recover_attempt.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace mutation::session {

namespace {

/// A background that was alive for less of the training makes the training's figures poor.
constexpr Percent kLeastAlive{95};

record::AttemptRecord record_of(const AttemptResult& result, const record::Verdict& verdict) {
    record::AttemptRecord record;
    record.status = verdict.status;
    record.error_message = verdict.error_message;
    record.exit_code = result.outcome.exit_code;
    record.signal = result.outcome.signal;
    record.metrics = result.log.metrics;
    if (result.lost_log && !record::is_success(record.status)) {
        record.error_message += "; " + *result.lost_log;
    }
    if (const std::optional<run::Lifetime>& lifetime = result.outcome.lifetime) {
        record.window =
            record::WallWindow{record::moment_of(lifetime->wall_start), record::moment_of(lifetime->wall_end)};
        record.duration = lifetime->end - lifetime->start;
    }
    record.measurement = result.measurement;
    return record;
}

} // namespace

ExperimentRun::ExperimentRun(const plan::PlannedExperiment& experiment, WorkerState& worker)
    : experiment_(experiment), worker_(worker),
      repository_(*worker.setup.registry.find(experiment.training.repository)),
      earlier_attempts_(recover_attempts(worker.setup.store.archive_for_resume(experiment),
                                         worker.setup.store.directory() / experiment.id)),
      directory_(worker.setup.store.create_experiment(experiment.id)), attempt_run_(experiment, directory_, worker) {}

record::ExperimentRecord ExperimentRun::run() {
    worker_.loop.set_name(experiment_.id);
    record::ExperimentRecord record = blank_record();
    const int most = worker_.setup.settings.max_retries + 1;
    start_background();
    for (int tries = 1;; ++tries) {
        worker_.listener.on_attempt(tries, most);
        const bool may_retry = run_attempt(record);
        record::AttemptRecord& attempt = record.last_attempt();
        if (!may_retry || tries >= most || worker_.is_interrupted()) {
            break;
        }
        worker_.listener.warning(fmt::format("{}: attempt {} of {} {}: {}", experiment_.id, tries, most,
                                             record::status_name(attempt.status), attempt.error_message));
        attempt.directory = record::ExperimentLayout::attempt_name(attempt.number);
        complete(record);
        worker_.setup.store.archive_attempt(experiment_.id, attempt.number, record);
    }
    complete(record);
    return record;
}

record::ExperimentRecord ExperimentRun::blank_record() const {
    record::ExperimentRecord record;
    record.session = worker_.setup.store.name();
    record.id = experiment_.id;
    record.repository = experiment_.training.repository;
    record.model = experiment_.training.model;
    record.mode = experiment_.mode;
    record.hyperparameters = experiment_.training.hyperparameters;
    record.command = run::training_command(repository_, experiment_.training);
    record.replicate = experiment_.replicate;
    record.is_control = experiment_.is_control;
    record.cooldown = worker_.cooldown;
    record.attempts = earlier_attempts_;
    record.environment = record::Environment{worker_.setup.machine, worker_.sensor_facts,
                                             describe_repository(repository_, worker_.setup.signals.fd()), Json()};
    return record;
}

void ExperimentRun::complete(record::ExperimentRecord& record) const {
    record.background = background_;
    record.timestamp = system::format_local(system::wall_now());
}

/// Starts what is to run beside, and gives it time to load the GPU.
void ExperimentRun::start_background() {
    try {
        if (!worker_.backgrounds.prepare(experiment_)) {
            return;
        }
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::storage) {
            throw;
        }
        start_error_ = "the background training cannot be started: " + error.message();
        return;
    }
    worker_.loop.begin_phase(WorkerPhase::waiting_for_background, {}, system::monotonic_now());
    wait_for_load(experiment_.background->startup_wait);
}

/// In steps: a background that is given up meanwhile need not be waited for.
void ExperimentRun::wait_for_load(Seconds duration) {
    constexpr Seconds kStep{1};
    for (; duration.count() > 0 && !background_error(); duration -= kStep) {
        worker_.rest_for(std::min(duration, kStep));
    }
}

/// Why a training would not run beside what was planned; nullopt if all is well.
std::optional<std::string> ExperimentRun::background_error() const {
    return start_error_ ? start_error_ : worker_.backgrounds.lost();
}

/// Records what ran beside the attempt, and marks the figures of a training that ran alone for too long.
void ExperimentRun::describe_background(const run::AttemptOutcome& outcome, energy::Measurement& measurement) {
    if (!experiment_.background) {
        return;
    }
    const MonotonicTime now = system::monotonic_now();
    background_ =
        worker_.backgrounds.describe(*experiment_.background, outcome.lifetime ? outcome.lifetime->start : now,
                                     outcome.lifetime ? outcome.lifetime->end : now);
    const Percent alive = background_->alive.value_or(Percent(0));
    if (alive >= kLeastAlive) {
        return;
    }
    for (energy::EnergyQuality* quality : {&measurement.cpu.quality, &measurement.gpu.quality}) {
        if (quality->verdict != energy::Verdict::absent) {
            quality->verdict = energy::Verdict::poor;
            quality->reason = fmt::format("the background was alive for {:.0f} % of the training", alive.value());
        }
    }
}

bool ExperimentRun::run_attempt(record::ExperimentRecord& record) {
    const AttemptResult result = background_error() ? attempt_run_.skip() : attempt_run_.run(record.command);
    record::Verdict verdict =
        record::judge_attempt(result.outcome, result.log, *repository_.find_model(experiment_.training.model));
    const std::optional<std::string>& error = start_error_ ? start_error_ : result.lost_background;
    if (error && verdict.status != record::Status::interrupted) {
        verdict = {record::Status::failed, *error, false};
    }
    record::AttemptRecord attempt = record_of(result, verdict);
    attempt.number = static_cast<int>(record.attempts.size()) + 1;
    attempt.remarks = remarks_on(result, attempt.status);
    describe_background(result.outcome, attempt.measurement);
    record.attempts.push_back(std::move(attempt));
    return verdict.may_retry;
}

std::vector<std::string> ExperimentRun::remarks_on(const AttemptResult& result, record::Status status) const {
    std::vector<std::string> remarks = record::log_remarks(result.log, status);
    if (result.lost_log) {
        remarks.push_back(*result.lost_log);
    }
    const std::vector<std::string>& measured = result.measurement.remarks;
    remarks.insert(remarks.end(), measured.begin(), measured.end());
    // A script that does not wait for what it started ends before its training, which is then not measured.
    if (result.outcome.leftovers) {
        remarks.push_back(
            run::describe_leftovers("the training", *result.outcome.leftovers, result.outcome.exit_code == 0));
    }
    const run::Background* background = worker_.backgrounds.current();
    if (background != nullptr && background->leftovers()) {
        remarks.push_back(run::describe_leftovers("the background training", *background->leftovers(), true));
    }
    return remarks;
}

} // namespace mutation::session
