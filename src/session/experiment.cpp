#include "mutation/session/experiment.hpp"

#include "mutation/core/error.hpp"
#include "mutation/plan/plan_json.hpp"
#include "mutation/record/judge.hpp"
#include "mutation/run/command_line.hpp"
#include "mutation/run/training_environment.hpp"
#include "mutation/session/machine.hpp"
#include "mutation/session/training_log.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/process.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace mutation::session {

namespace {

class ExperimentRun {
public:
    ExperimentRun(const plan::PlannedExperiment& experiment, SessionContext& session)
        : experiment_(experiment), session_(session),
          repository_(*session.registry.find(experiment.training.repository)),
          model_(*repository_.find_model(experiment.training.model)),
          earlier_attempts_(session.store.archive_for_resume(experiment)),
          directory_(session.store.create_experiment(experiment.id)),
          log_reader_(model_.metrics, repository_.success_patterns, repository_.failure_patterns,
                      trainlog::LogReader::kBlockBytes, repository_.remark_patterns) {}

    record::ExperimentRecord run() {
        session_.progress.experiment_started(experiment_);
        session_.loop.set_name(experiment_.id);
        record::ExperimentRecord record = blank_record();
        const int most = session_.plan.settings.max_retries + 1;
        start_background();
        while (true) {
            const int number = static_cast<int>(record.attempts.size()) + 1;
            const int tries = number - static_cast<int>(earlier_attempts_.size());
            session_.progress.attempt_started(tries, most);
            bool may_retry = false;
            record.attempts.push_back(run_attempt(number, record.command, may_retry));
            if (!may_retry || tries >= most || session_.interruption.is_requested()) {
                break;
            }
            announce_retry(record.attempts.back(), tries, most);
            record.attempts.back().directory = record::attempt_folder(number);
            complete(record);
            session_.store.archive_attempt(experiment_.id, number, record);
        }
        complete(record);
        return record;
    }

private:
    /// What is known only when an attempt has ended.
    void complete(record::ExperimentRecord& record) const {
        record.background = background_;
        record.timestamp = system::format_local(system::real_clock().wall());
    }

    /// Starts what is to run beside, and gives it time to load the GPU.
    void start_background() {
        try {
            if (!session_.backgrounds.prepare(experiment_)) {
                return;
            }
        } catch (const Error& error) {
            if (error.kind() == ErrorKind::storage) {
                throw;
            }
            background_trouble_ = "the background training cannot be started: " + error.message();
            return;
        }
        session_.loop.set_activity(rollup::Activity::waiting_for_background, {});
        wait_for_load(experiment_.background->startup_wait);
    }

    /// In steps: one that is given up meanwhile need not be waited for.
    void wait_for_load(Seconds duration) {
        constexpr Seconds kStep{1};
        for (; duration.count() > 0 && background_trouble().empty(); duration -= kStep) {
            rest(std::min(duration, kStep), session_.loop, session_.signals, session_.interruption);
        }
    }

    /// Why the measured training would not mean what its name says; "" when all is well.
    std::string background_trouble() {
        run::Background* background = session_.backgrounds.current();
        if (background != nullptr && background->given_up()) {
            return *background->given_up();
        }
        return background_trouble_;
    }

    /// Tells what ran beside the attempt, and marks figures of a training that was left alone for too long.
    void describe_background(const run::AttemptOutcome& outcome, energy::Measurement& measurement) {
        if (!experiment_.background) {
            return;
        }
        const MonotonicTime now = system::monotonic_now();
        background_ =
            session_.backgrounds.describe(*experiment_.background, outcome.lifetime ? outcome.lifetime->start : now,
                                          outcome.lifetime ? outcome.lifetime->end : now);
        constexpr Percent kLeastAlive{95};
        if (background_->alive.value_or(Percent(0)) < kLeastAlive) {
            for (energy::EnergyQuality* quality : {&measurement.cpu.quality, &measurement.gpu.quality}) {
                if (quality->verdict != energy::Verdict::absent) {
                    quality->verdict = energy::Verdict::poor;
                    quality->reason = fmt::format("the background was alive for {:.0f} % of the training",
                                                  background_->alive.value_or(Percent(0)).value());
                }
            }
        }
    }

    record::ExperimentRecord blank_record() {
        record::ExperimentRecord record;
        record.session = session_.store.name();
        record.id = experiment_.id;
        record.repository = experiment_.training.repository;
        record.model = experiment_.training.model;
        record.mode = plan::mode_name(experiment_.mode);
        record.hyperparameters = experiment_.training.hyperparameters;
        record.command = run::training_command(repository_, experiment_.training);
        record.replicate = experiment_.replicate;
        record.is_control = experiment_.is_control;
        record.cooldown = session_.cooldown;
        record.attempts = earlier_attempts_;
        record.environment = session_.environment;
        record.environment["repository"] = describe_repository(repository_, session_.signals.fd());
        return record;
    }

    record::AttemptRecord run_attempt(int number, const std::vector<std::string>& command, bool& may_retry) {
        const TrainingLog log(directory_ / "training.log");
        run::AttemptRequest request;
        request.launch = launch_spec(command, log.file());
        request.timeout = experiment_.timeout;
        request.stall = experiment_.stall;
        const run::AttemptOutcome outcome =
            background_trouble().empty() ? run_measured(request) : run::AttemptOutcome();
        const trainlog::LogFindings findings = log.read(log_reader_, session_.signals, session_.interruption);
        record::Verdict verdict = record::judge_attempt(outcome, findings, model_);
        if (const std::string trouble = background_trouble();
            !trouble.empty() && verdict.status != record::Status::interrupted) {
            verdict = {record::Status::failed, trouble, false};
        }
        may_retry = verdict.may_retry;
        record::AttemptRecord record;
        record.number = number;
        record.status = verdict.status;
        record.error_message = verdict.error_message;
        record.exit_code = outcome.exit_code;
        record.signal = outcome.signal;
        record.metrics = findings.metrics;
        record.remarks = record::log_remarks(findings, record.status);
        tell_lost_log(log.put_back(), record);
        if (outcome.lifetime) {
            record.window = record::WallWindow{record::moment_of(outcome.lifetime->wall_start),
                                               record::moment_of(outcome.lifetime->wall_end)};
            record.duration = outcome.lifetime->end - outcome.lifetime->start;
        }
        record.measurement = finish_measurement(outcome);
        const std::vector<std::string>& remarks = record.measurement.remarks;
        record.remarks.insert(record.remarks.end(), remarks.begin(), remarks.end());
        describe_background(outcome, record.measurement);
        add_leftovers(outcome, record.remarks);
        return record;
    }

    /// A script that does not wait for what it started ends before its training: nothing of that was measured.
    void add_leftovers(const run::AttemptOutcome& outcome, std::vector<std::string>& remarks) {
        if (outcome.leftovers) {
            remarks.push_back(run::describe_leftovers("the training", *outcome.leftovers, outcome.exit_code == 0));
        }
        const run::Background* background = session_.backgrounds.current();
        if (background != nullptr && background->leftovers()) {
            remarks.push_back(run::describe_leftovers("the background training", *background->leftovers(), true));
        }
    }

    static void tell_lost_log(const std::string& words, record::AttemptRecord& record) {
        if (words.empty()) {
            return;
        }
        record.remarks.push_back(words);
        if (!record::is_success(record.status)) {
            record.error_message += "; " + words;
        }
    }

    run::LaunchSpec launch_spec(const std::vector<std::string>& command, const std::filesystem::path& log) const {
        run::LaunchSpec spec;
        spec.argv = command;
        spec.directory = repository_.directory;
        spec.log = log;
        spec.environment = run::training_environment(repository_, system::own_environment(), session_.user,
                                                     {experiment_.id, directory_});
        spec.as_root = session_.as_root;
        spec.umask = system::found_umask();
        return spec;
    }

    /// With perf around it where perf works; a perf that does not start the training costs its figure, not the
    /// training.
    run::AttemptOutcome run_measured(run::AttemptRequest& request) {
        const sensors::AttemptSensors sensors =
            session_.sensors.start_attempt(directory_ / "energy", request.launch.environment, session_.signals.fd());
        session_.loop.report_alerts();
        request.wrapper = sensors.wrapper;
        request.wrapper_fds = sensors.wrapper_fds;
        session_.loop.set_activity(rollup::Activity::training, request.launch.log);
        run::AttemptOutcome outcome = start(request);
        if (outcome.wrapper_refused && !session_.interruption.is_requested()) {
            session_.log.warning(
                fmt::format("{}: perf did not start the training, which now runs without CPU energy{}{}",
                            experiment_.id, outcome.wrapper_messages.empty() ? "" : ": ", outcome.wrapper_messages));
            const std::string words = outcome.wrapper_messages;
            request.wrapper.clear();
            request.wrapper_fds.clear();
            outcome = start(request);
            outcome.wrapper_messages = words;
            outcome.wrapper_refused = true;
        }
        return outcome;
    }

    run::AttemptOutcome start(const run::AttemptRequest& request) {
        try {
            return run::run_attempt(request, session_.signals, session_.interruption, session_.loop);
        } catch (const Error& error) {
            if (error.kind() == ErrorKind::storage) {
                throw;
            }
            run::AttemptOutcome
                outcome; // a process that could not be made: the experiment's failure, not the session's
            outcome.message = error.message();
            return outcome;
        }
    }

    energy::Measurement finish_measurement(const run::AttemptOutcome& outcome) {
        sensors::AttemptFacts facts;
        if (outcome.lifetime) {
            facts.window = energy::Window{outcome.lifetime->start, outcome.lifetime->end};
        }
        facts.perf_spawned = outcome.wrapper_spawned;
        facts.launcher_up = outcome.launcher_up;
        facts.perf_refused = outcome.wrapper_refused;
        facts.perf_crash = outcome.wrapper_crash;
        facts.perf_messages = outcome.wrapper_messages;
        facts.training_cpu_time = outcome.cpu_time;
        facts.is_interrupted = session_.interruption.is_requested();
        facts.has_background = experiment_.background.has_value();
        energy::Measurement measurement = session_.sensors.finish_attempt(facts, session_.signals.fd());
        session_.loop.report_alerts();
        return measurement;
    }

    void announce_retry(const record::AttemptRecord& attempt, int tries, int most) {
        session_.log.warning(fmt::format("{}: attempt {} of {} {}: {}", experiment_.id, tries, most,
                                         record::status_name(attempt.status), attempt.error_message));
    }

    const plan::PlannedExperiment& experiment_;
    SessionContext& session_;
    const config::Repository& repository_;
    const config::Model& model_;
    std::vector<record::AttemptRecord> earlier_attempts_;
    std::string background_trouble_;
    std::optional<record::BackgroundRecord> background_;
    std::filesystem::path directory_;
    trainlog::LogReader log_reader_;
};

} // namespace

record::ExperimentRecord run_experiment(const plan::PlannedExperiment& experiment, SessionContext& session) {
    return ExperimentRun(experiment, session).run();
}

} // namespace mutation::session
