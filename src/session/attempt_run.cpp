#include "attempt_run.hpp"

#include "mutation/core/error.hpp"
#include "mutation/run/training_environment.hpp"
#include "mutation/session/training_log.hpp"
#include "mutation/system/process.hpp"

#include <fmt/format.h>

namespace mutation::session {

namespace {

sensors::AttemptFacts facts_of(const run::AttemptOutcome& outcome) {
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
    return facts;
}

} // namespace

AttemptRun::AttemptRun(const plan::PlannedExperiment& experiment, const std::filesystem::path& directory,
                       WorkerState& worker)
    : experiment_(experiment), directory_(directory), worker_(worker),
      repository_(*worker.setup.registry.find(experiment.training.repository)),
      log_reader_(repository_.find_model(experiment.training.model)->metrics, repository_.success_patterns,
                  repository_.failure_patterns, trainlog::LogReader::kBlockBytes, repository_.remark_patterns) {}

AttemptResult AttemptRun::run(const std::vector<std::string>& command) {
    const TrainingLog log(record::ExperimentLayout(directory_).log());
    AttemptResult result;
    result.outcome = run_measured(make_request(command));
    worker_.idle_since = result.outcome.lifetime ? result.outcome.lifetime->end : system::monotonic_now();
    result.lost_background = worker_.backgrounds.lost();
    result.log = log.read(log_reader_, worker_.setup.signals, worker_.setup.interruption);
    result.lost_log = log.restore();
    result.measurement = finish_measurement(result.outcome);
    return result;
}

AttemptResult AttemptRun::skip() {
    const TrainingLog log(record::ExperimentLayout(directory_).log());
    AttemptResult result;
    result.lost_background = worker_.backgrounds.lost();
    result.log = log.read(log_reader_, worker_.setup.signals, worker_.setup.interruption);
    result.measurement = finish_measurement(result.outcome);
    return result;
}

run::AttemptRequest AttemptRun::make_request(const std::vector<std::string>& command) const {
    run::AttemptRequest request;
    request.launch.argv = command;
    request.launch.directory = repository_.directory;
    request.launch.log = record::ExperimentLayout(directory_).log();
    request.launch.environment = run::training_environment(repository_, system::own_environment(),
                                                           worker_.setup.settings.user, {experiment_.id, directory_});
    request.launch.as_root = worker_.setup.settings.as_root;
    request.launch.umask = system::found_umask();
    request.timeout = experiment_.timeout;
    request.stall = experiment_.stall;
    return request;
}

/// If perf does not start the training, the figure is lost, not the training.
run::AttemptOutcome AttemptRun::run_measured(run::AttemptRequest request) {
    const sensors::AttemptSensors sensors = worker_.sensors->start_attempt(
        record::ExperimentLayout(directory_).energy(), request.launch.environment, worker_.setup.signals.fd());
    worker_.loop.report_alerts();
    request.wrapper = sensors.wrapper;
    request.wrapper_fds = sensors.wrapper_fds;
    worker_.loop.begin_phase(WorkerPhase::training, request.launch.log, system::monotonic_now());
    run::AttemptOutcome outcome = start(request);
    if (outcome.wrapper_refused && !worker_.is_interrupted()) {
        const std::string messages = outcome.wrapper_messages;
        worker_.listener.warning(
            fmt::format("{}: perf did not start the training, which now runs without CPU energy{}{}", experiment_.id,
                        messages.empty() ? "" : ": ", messages));
        request.wrapper.clear();
        request.wrapper_fds.clear();
        outcome = start(request);
        outcome.wrapper_messages = messages;
        outcome.wrapper_refused = true;
    }
    return outcome;
}

/// A process that cannot be created is a failure of the experiment, not of the session.
run::AttemptOutcome AttemptRun::start(const run::AttemptRequest& request) {
    try {
        return worker_.setup.run_attempt(request, worker_.setup.signals, worker_.setup.interruption, worker_.loop);
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::storage) {
            throw;
        }
        run::AttemptOutcome outcome;
        outcome.message = error.message();
        return outcome;
    }
}

energy::Measurement AttemptRun::finish_measurement(const run::AttemptOutcome& outcome) {
    sensors::AttemptFacts facts = facts_of(outcome);
    facts.is_interrupted = worker_.is_interrupted();
    facts.has_background = experiment_.background.has_value();
    energy::Measurement measurement = worker_.sensors->finish_attempt(facts, worker_.setup.signals.fd());
    worker_.loop.report_alerts();
    return measurement;
}

} // namespace mutation::session
