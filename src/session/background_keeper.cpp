#include "mutation/session/background_keeper.hpp"

#include "mutation/record/session_store.hpp"
#include "mutation/run/command_line.hpp"
#include "mutation/run/training_environment.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/file.hpp"
#include "mutation/system/process.hpp"

namespace mutation::session {

run::BackgroundSpec BackgroundKeeper::make_spec(const plan::PlannedExperiment& experiment) const {
    const plan::PlannedBackground& planned = *experiment.background;
    const config::Repository& repository = *registry_.find(planned.training.repository);
    run::BackgroundSpec spec;
    const record::SessionLayout layout(session_);
    spec.log_directory = planned.reuse ? layout.background_logs() : layout.experiment(experiment.id).background_logs();
    spec.restart_delay = planned.restart_delay;
    spec.stall = repository.find_model(planned.training.model)->stall;
    spec.launch.argv = run::training_command(repository, planned.training);
    spec.launch.directory = repository.directory;
    spec.launch.as_root = settings_.as_root;
    spec.launch.umask = system::found_umask();
    spec.launch.environment = run::training_environment(repository, system::own_environment(), settings_.user,
                                                        {experiment.id, spec.log_directory});
    return spec;
}

bool BackgroundKeeper::prepare(const plan::PlannedExperiment& experiment) {
    if (is_shared() && can_share_background(owner_, experiment)) {
        counted_from_ = described_until_;
        return false;
    }
    stop();
    if (!experiment.background) {
        return false;
    }
    run::BackgroundSpec spec = make_spec(experiment);
    system::create_directories(spec.log_directory);
    counted_from_ = system::monotonic_now();
    owner_ = experiment;
    background_ = std::make_unique<run::Background>(std::move(spec));
    background_->start();
    return true;
}

void BackgroundKeeper::stop(BackgroundEnd how) {
    if (background_) {
        background_->stop(how == BackgroundEnd::at_once ? run::StopRequest::kill : run::StopRequest::interrupt);
    }
    background_.reset();
}

record::BackgroundRecord BackgroundKeeper::describe(const plan::PlannedBackground& planned, MonotonicTime start,
                                                    MonotonicTime end) {
    record::BackgroundRecord record;
    record.repository = planned.training.repository;
    record.model = planned.training.model;
    record.hyperparameters = planned.training.hyperparameters;
    record.reuse = planned.reuse;
    if (!background_) {
        return record;
    }
    const run::BackgroundPresence presence = background_->presence(counted_from_, end);
    record.starts = presence.starts;
    record.failures = presence.failures;
    for (const Seconds gap : presence.restart_gaps) {
        record.restart_gaps_seconds.push_back(gap.count());
    }
    for (const std::filesystem::path& log : presence.logs) {
        record.logs.push_back(std::filesystem::relative(log, session_).string());
    }
    if (end > start) {
        record.alive = background_->alive(start, end);
    }
    described_until_ = end;
    return record;
}

} // namespace mutation::session
