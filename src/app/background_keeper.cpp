#include "mutation/app/background_keeper.hpp"

#include "mutation/core/text.hpp"
#include "mutation/run/command_line.hpp"
#include "mutation/run/training_environment.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/file.hpp"

#include <algorithm>

namespace mutation::app {

namespace {

constexpr const char* kLogFolder = "background_logs";

} // namespace

run::BackgroundSpec BackgroundKeeper::make_spec(const plan::PlannedExperiment& experiment) const {
    const plan::PlannedBackground& planned = *experiment.background;
    const config::Repository& repository = *registry_.find(planned.training.repository);
    run::BackgroundSpec spec;
    spec.log_directory = (planned.reuse ? session_ : session_ / experiment.id) / kLogFolder;
    spec.restart_delay = planned.restart_delay;
    spec.launch.argv = run::training_command(repository, planned.training);
    spec.launch.directory = repository.directory;
    spec.launch.environment =
        run::training_environment(repository, system::own_environment(), user_, {experiment.id, spec.log_directory});
    return spec;
}

bool BackgroundKeeper::prepare(const plan::PlannedExperiment& experiment) {
    if (!experiment.background) {
        stop();
        return false;
    }
    run::BackgroundSpec spec = make_spec(experiment);
    const std::string key = join(spec.launch.argv, "\n");
    if (background_ && is_reused_ && experiment.background->reuse && key == key_ && !background_->given_up()) {
        return false;
    }
    stop();
    system::create_directories(spec.log_directory);
    counted_until_ = system::real_clock().monotonic();
    background_ = std::make_unique<run::Background>(std::move(spec));
    key_ = key;
    is_reused_ = experiment.background->reuse;
    background_->start();
    return true;
}

void BackgroundKeeper::release() {
    if (!is_reused_) {
        stop();
    }
}

void BackgroundKeeper::stop() {
    background_.reset();
    key_.clear();
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
    const run::BackgroundPresence presence = background_->presence(counted_until_, end);
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
    counted_until_ = end;
    return record;
}

} // namespace mutation::app
