#include "mutation/app/session.hpp"

#include "mutation/app/experiment.hpp"
#include "mutation/app/machine.hpp"
#include "mutation/app/preflight.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/plan/plan_json.hpp"
#include "mutation/rollup/rollup.hpp"
#include "mutation/run/governor.hpp"
#include "mutation/system/clock.hpp"

#include <fmt/format.h>

#include <csignal>
#include <iostream>

namespace mutation::app {

namespace {

void check_machine(const SessionRequest& request) {
    std::vector<std::string> missing = missing_for_plan(request.plan, request.registry);
    if (free_disk(request.results) < kLeastFreeDisk) {
        missing.push_back(fmt::format("less than {} MiB are free where {} lies; make room", kLeastFreeDisk >> 20U,
                                      request.results.string()));
    }
    if (!missing.empty()) {
        throw Error(ErrorKind::machine, join(missing, "\n"));
    }
}

class Session {
public:
    Session(const SessionRequest& request, system::SignalFd& signals)
        : request_(request), signals_(signals), printer_(stderr, report::terminal_traits(stderr)),
          log_(printer_, request.verbosity),
          progress_(printer_, log_, request.plan, request.verbosity == report::Verbosity::quiet) {}

    int run() {
        check_machine(request_);
        const std::filesystem::path sysfs = sysfs_root();
        const std::optional<std::filesystem::path> perf = find_perf();
        std::optional<run::GovernorGuard> governor;
        if (!request_.plan.settings.governor.empty()) {
            governor.emplace(sysfs, request_.plan.settings.governor);
        }
        record::SessionStore store = record::SessionStore::create(request_.results, system::real_clock().wall());
        rollup_.emplace(store.name());
        log_.open_file(store.directory() / "session.log");
        Json environment = describe_machine(sysfs);
        store.write_session(describe_session(environment));
        announce(store);
        measure::Sensors sensors({perf, find_nvidia_smi(), sysfs, request_.plan.settings.sample_interval});
        report_sensors(sensors);
        SessionLoop loop(sensors, progress_);
        measure_baseline(sensors, store);
        environment.update(sensors.describe());
        SessionContext context{request_.plan, request_.registry, store,         sensors,       loop, progress_, log_,
                               signals_,      interruption_,     request_.user, std::move(environment)};
        run_experiments(context);
        progress_.clear();
        rollup_->write(store.summary());
        finish(store);
        return exit_status();
    }

private:
    Json describe_session(const Json& environment) const {
        Json session;
        session["schema_version"] = record::kSchemaVersion;
        session["tool_version"] = tool_version();
        session["started"] = system::format_iso(system::real_clock().wall());
        session["command_line"] = request_.command_line;
        session["environment"] = environment;
        session["config"] = request_.config;
        session["plan"] = plan::plan_to_json(request_.plan);
        return session;
    }

    void announce(const record::SessionStore& store) {
        const plan::SessionSettings& settings = request_.plan.settings;
        log_.event(fmt::format("session {}: {} experiments, seed {}{}", store.directory().string(), request_.plan.experiments.size(),
                               settings.seed, settings.seed_was_drawn ? " (drawn; --seed repeats it)" : ""));
        if (system::has_root() && !request_.user) {
            log_.detail("trainings run as root");
        }
    }

    void report_sensors(const measure::Sensors& sensors) {
        for (const std::string& line : sensors.findings()) {
            log_.event(line);
        }
        for (const std::string& line : sensors.warnings()) {
            log_.warning(line);
        }
    }

    void measure_baseline(measure::Sensors& sensors, const record::SessionStore& store) {
        const Seconds length = request_.plan.settings.baseline;
        if (length.count() <= 0 || !sensors.can_measure()) {
            return;
        }
        log_.event(fmt::format("measuring the idle machine for {} s", length.count()));
        const std::string found = sensors.measure_baseline(length, store.directory() / "baseline", signals_.fd());
        if (!found.empty()) {
            log_.event("idle: " + found);
        }
        run::take_signals(signals_, interruption_);
    }

    void run_experiments(SessionContext& context) {
        const std::vector<plan::PlannedExperiment>& experiments = request_.plan.experiments;
        for (std::size_t i = 0; i < experiments.size() && !interruption_.is_requested(); ++i) {
            if (free_disk(context.store.directory()) < kLeastFreeDisk) {
                throw Error(ErrorKind::storage, fmt::format("less than {} MiB are free where {} lies: the session stops here; make room and resume it",
                                                            kLeastFreeDisk >> 20U, context.store.directory().string()));
            }
            const record::ExperimentRecord record = run_experiment(experiments[i], context);
            const Json json = record::record_to_json(record);
            context.store.write_record(record.id, json);
            rollup_->add(json);
            rollup_->write_if_due(context.store.summary(), system::real_clock().monotonic());
            lines_.push_back(report::run_line(record));
            progress_.experiment_ended(record);
            if (i + 1 < experiments.size() && !interruption_.is_requested()) {
                cool_down(context);
            }
        }
    }

    void cool_down(SessionContext& context) {
        const Seconds length = request_.plan.settings.cooldown;
        if (length.count() > 0) {
            log_.detail(fmt::format("cooling down for {} s", length.count()));
            context.loop.set_phase("cooling down", {});
            rest(length, context.loop, signals_, interruption_);
        }
    }

    void finish(const record::SessionStore& store) {
        if (interruption_.is_requested()) {
            log_.warning(fmt::format("interrupted with {} of {} experiments recorded; go on with: mutation resume {}", lines_.size(),
                                     request_.plan.experiments.size(), store.directory().string()));
        }
        report::print_run_table(std::cout, lines_, store.directory());
        std::cout.flush();
    }

    [[nodiscard]] int exit_status() const {
        if (interruption_.is_requested()) {
            return 128 + *interruption_.signal;
        }
        for (const report::RunLine& line : lines_) {
            if (!record::is_success(line.status)) {
                return 1;
            }
        }
        return 0;
    }

    const SessionRequest& request_;
    system::SignalFd& signals_;
    run::Interruption interruption_;
    report::LinePrinter printer_;
    report::EventLog log_;
    report::Progress progress_;
    std::optional<rollup::Rollup> rollup_;
    std::vector<report::RunLine> lines_;
};

} // namespace

int run_session(const SessionRequest& request, system::SignalFd& signals) { return Session(request, signals).run(); }

} // namespace mutation::app
