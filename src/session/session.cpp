#include "mutation/session/session.hpp"

#include "mutation/console/plan_view.hpp"
#include "mutation/core/counted.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/rollup/rollup.hpp"
#include "mutation/run/abandoned_trainings.hpp"
#include "mutation/run/governor.hpp"
#include "mutation/session/cooldown.hpp"
#include "mutation/session/experiment.hpp"
#include "mutation/session/machine.hpp"
#include "mutation/session/other_sessions.hpp"
#include "mutation/session/preflight.hpp"
#include "mutation/session/session_end.hpp"
#include "mutation/system/abandoned.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/patient_write.hpp"
#include "mutation/system/process_tree.hpp"
#include "proposed_commands.hpp"

#include <algorithm>
#include <csignal>
#include <fmt/format.h>
#include <sstream>
#include <unistd.h>
#include <utility>

namespace mutation::session {

namespace {

void check_machine(const SessionRequest& request) {
    std::vector<std::string> missing = missing_for_plan(request.plan, request.registry);
    if (const std::optional<std::string> problem = results_problem(request.results)) {
        missing.push_back(*problem);
    }
    if (!missing.empty()) {
        throw Error(ErrorKind::machine, join(missing, "\n"));
    }
}

class Session {
public:
    Session(const SessionRequest& request, system::SignalFd& signals)
        : request_(request), signals_(signals), printer_(stderr, console::terminal_traits(stderr)),
          log_(printer_, request.verbosity),
          progress_(printer_, log_, request.plan, request.verbosity == console::Verbosity::quiet) {}

    int run() {
        warn(request_.warnings);
        check_machine(request_);
        if (!check_repositories()) {
            return exit_status();
        }
        const std::filesystem::path sysfs = sysfs_root();
        const std::optional<std::filesystem::path> perf = find_perf();
        const std::optional<std::filesystem::path> nvidia_smi = find_nvidia_smi();
        std::optional<run::GovernorGuard> governor;
        if (!request_.plan.settings.governor.empty()) {
            governor.emplace(sysfs, request_.plan.settings.governor);
        }
        Json environment = describe_machine(sysfs);
        record::SessionStore store = open_store(environment);
        if (open_.empty()) {
            return say_finished(store);
        }
        if (request_.check_resumed) {
            warn(request_.check_resumed());
        }
        announce(store);
        end_abandoned();
        sensors::Sensors sensors({perf, nvidia_smi, sysfs, request_.plan.settings.sample_interval, signals_.fd()});
        run::take_signals(signals_, interruption_);
        report_sensors(sensors);
        BackgroundKeeper backgrounds(request_.registry, store.directory(), request_.user, request_.as_root);
        SessionLoop loop(sensors, backgrounds, progress_, log_);
        loop.set_chore([this, &store] {
            report_abandoned();
            write_summary_if_due(store);
            say_last_run();
        });
        measure_baseline(sensors, store);
        environment.update(sensors.describe());
        SessionContext context{request_.plan,
                               request_.registry,
                               store,
                               sensors,
                               backgrounds,
                               loop,
                               progress_,
                               log_,
                               signals_,
                               interruption_,
                               request_.user,
                               request_.as_root,
                               std::move(environment)};
        try {
            run_experiments(context);
        } catch (const Error&) {
            backgrounds.stop();
            stop_short(store);
            throw;
        }
        backgrounds.stop();
        progress_.clear();
        rollup_->write(store.summary());
        finish(store);
        return exit_status();
    }

private:
    void warn(const std::vector<std::string>& warnings) {
        for (const std::string& warning : warnings) {
            log_.warning(warning);
        }
    }

    /// Throws Error(machine) with what the repositories say they lack: every run would fail of it. False where the
    /// session was interrupted meanwhile.
    bool check_repositories() {
        const std::vector<std::string> missing =
            ask_repositories(request_.plan, request_.registry, request_.user, signals_.fd());
        // What a check left running would be measured with everything after it.
        system::end_descendants({}, Seconds(2));
        run::take_signals(signals_, interruption_);
        if (interruption_.is_requested()) {
            log_.warning("interrupted before anything was begun");
            return false;
        }
        if (!missing.empty()) {
            throw Error(ErrorKind::machine, join(missing, "\n"));
        }
        return true;
    }

    record::SessionStore open_store(const Json& environment) {
        record::SessionStore store = request_.resumed
                                         ? record::SessionStore::open(*request_.resumed, request_.resumed_name)
                                         : record::SessionStore::create(request_.results, system::real_clock().wall());
        store.lock();
        rollup_.emplace(store.name());
        log_.open_file(store.directory() / "session.log");
        if (!signals_.accept_requests(store.directory())) {
            log_.detail("`mutation stop` cannot reach this session: its file system has no sockets");
        }
        if (!request_.resumed) {
            store.write_session(describe_session(request_, store.name(), environment));
        }
        for (const plan::PlannedExperiment& experiment : request_.plan.experiments) {
            sort_out(experiment, store);
        }
        progress_.set_summarize_command(ProposedCommands(request_, store.directory()).summarize());
        progress_.expect({request_.plan.settings, open_, rollup::load_past_runs(request_.results, request_.plan)});
        return store;
    }

    /// What has a record that stands need not be run; the session's state is its records and nothing else.
    void sort_out(const plan::PlannedExperiment& experiment, const record::SessionStore& store) {
        const std::optional<record::ExperimentRecord> record =
            request_.resumed ? store.read_record(experiment) : std::nullopt;
        const bool is_to_run = !record || record->status() == record::Status::interrupted ||
                               (request_.retry_failed && !record::is_success(record->status()));
        if (is_to_run) {
            if (request_.resumed) {
                [[maybe_unused]] const auto found = store.read_attempts(experiment); // damage is told now, not at night
            }
            open_.push_back(&experiment);
        } else {
            rollup_->add(*record);
            controls_.add(*record);
            lines_.push_back(console::run_line(*record));
        }
    }

    int say_finished(const record::SessionStore& store) {
        log_.event("this session is finished: every experiment of its plan has its record; nothing is run");
        propose_retry(store);
        rollup_->write(store.summary());
        print_results(store);
        return exit_status();
    }

    void announce(const record::SessionStore& store) {
        const plan::SessionSettings& settings = request_.plan.settings;
        if (request_.resumed) {
            log_.event(fmt::format("continuing {}: {} of {} to run", store.directory().string(), open_.size(),
                                   counted(request_.plan.experiments.size(), "experiment")));
        } else {
            log_.event(fmt::format("session {}: {}, seed {}{}", store.directory().string(),
                                   counted(open_.size(), "experiment"), settings.seed,
                                   settings.seed_was_drawn ? " (drawn; --seed repeats it)" : ""));
            if (request_.plan.history) {
                log_.event(console::describe_history(*request_.plan.history));
            }
        }
        if (system::has_root() && !request_.user) {
            log_.detail("trainings run as root");
        }
        warn_of_other_sessions();
    }

    void end_abandoned() {
        if (const std::size_t count = run::end_abandoned_trainings(); count > 0) {
            log_.warning(fmt::format("{} of a training whose session was killed still ran; ended now",
                                     counted(count, "process", "processes")));
        }
    }

    void warn_of_other_sessions() {
        for (const pid_t session : other_sessions()) {
            log_.warning(
                fmt::format("another session runs on this machine (process {}): each one's figures include the "
                            "other's load",
                            session));
        }
    }

    void report_abandoned() {
        for (const std::string& process : system::take_abandoned()) {
            log_.warning(process + "; the session goes on without it");
        }
    }

    void report_sensors(const sensors::Sensors& sensors) {
        if (interruption_.is_requested()) {
            return; // they were not asked to the end
        }
        for (const std::string& line : sensors.findings()) {
            log_.event(line);
        }
        for (const std::string& line : sensors.warnings()) {
            log_.warning(line);
        }
    }

    void measure_baseline(sensors::Sensors& sensors, const record::SessionStore& store) {
        const Seconds length = request_.plan.settings.baseline;
        if (length.count() <= 0 || !sensors.can_measure() || interruption_.is_requested()) {
            return;
        }
        log_.event(fmt::format("measuring the idle machine for {} s", length.count()));
        const std::string found = sensors.measure_baseline(length, store.directory() / "baseline", signals_.fd());
        if (!found.empty()) {
            log_.event("idle: " + found);
        }
        for (const std::string& alert : sensors.take_alerts()) {
            log_.warning(alert);
        }
        run::take_signals(signals_, interruption_);
    }

    void run_experiments(SessionContext& context) {
        for (std::size_t i = 0; i < open_.size() && !interruption_.is_requested(); ++i) {
            if (const std::string full = describe_full_disk(context.store.directory()); !full.empty()) {
                throw Error(ErrorKind::storage, full);
            }
            interruption_.is_in_run = true;
            keep(run_experiment(*open_[i], context), context.store);
            interruption_.is_in_run = false;
            run::take_signals(signals_, interruption_);
            const bool goes_on = i + 1 < open_.size() && !interruption_.is_requested();
            // Before the cooldown: only a background that the next one shares runs on in it.
            context.backgrounds.release(goes_on ? open_[i + 1] : nullptr, interruption_.count > 1);
            if (goes_on) {
                context.cooldown = cool_down(context);
            }
        }
    }

    /// Once, when `mutation stop --after-run` was heard while a training runs.
    void say_last_run() {
        if (interruption_.is_last_run && !std::exchange(has_said_last_run_, true)) {
            log_.event("asked by `mutation stop --after-run`: the session ends when this run is recorded");
        }
    }

    /// While a training runs: what could not be written then is tried, and reported, with the next record.
    void write_summary_if_due(const record::SessionStore& store) {
        try {
            rollup_->write_if_due(store.summary(), system::monotonic_now());
        } catch (const Error& error) {
            log_.detail(error.message());
        }
    }

    void keep(const record::ExperimentRecord& record, const record::SessionStore& store) {
        report_abandoned();
        progress_.experiment_ended(record); // first: a disk that is full must not take the figures away
        store.write_record(record.id, record);
        rollup_->add(record);
        rollup_->write_if_due(store.summary(), system::monotonic_now());
        lines_.push_back(console::run_line(record));
        if (const std::string drift = controls_.add(record); !drift.empty()) {
            log_.warning(drift);
            record_controls(store); // at once: who looks into the session need not wait for its end
        }
    }

    void finish(const record::SessionStore& store) {
        const console::RunCounts counts = console::count_runs(lines_, request_.plan.experiments.size());
        if (counts.interrupted + counts.not_run() > 0) {
            log_.warning(
                fmt::format("{}: {}; go on with: {}", interruption_.is_last_run ? "stopped after a run" : "interrupted",
                            console::describe_counts(counts), ProposedCommands(request_, store.directory()).resume()));
        } else {
            propose_retry(store);
        }
        print_results(store);
        record_controls(store);
        give_notice(store);
    }

    void print_results(const record::SessionStore& store) const {
        constexpr Seconds kReaderPatience{5};
        std::ostringstream text;
        console::print_run_table(text, lines_, request_.plan.experiments.size(), store.directory());
        text << controls_.summary();
        system::write_patiently(STDOUT_FILENO, text.str(), kReaderPatience);
    }

    void propose_retry(const record::SessionStore& store) {
        const std::size_t failed = console::count_runs(lines_, lines_.size()).failed;
        if (failed > 0) {
            log_.event(fmt::format("{} failed; to run what failed again: {}", counted(failed, "experiment"),
                                   ProposedCommands(request_, store.directory()).retry_failed()));
        }
    }

    void record_controls(const record::SessionStore& store) const {
        const Json controls = controls_.describe();
        if (!controls.is_null()) {
            Json session = store.read_session();
            session["controls"] = controls;
            store.write_session(session);
        }
    }

    /// Nobody may be looking at the screen: whoever waits is told that it is over, and how to go on.
    void stop_short(const record::SessionStore& store) {
        progress_.clear();
        try {
            rollup_->write(store.summary());
        } catch (const Error& error) {
            log_.warning(error.message() + "; the records are complete, and resume makes the table anew");
        }
        log_.warning(fmt::format("stopped with {} of {} recorded; fix the error below, then: {}", lines_.size(),
                                 counted(request_.plan.experiments.size(), "experiment"),
                                 ProposedCommands(request_, store.directory()).resume()));
        give_notice(store, true);
    }

    void give_notice(const record::SessionStore& store, bool has_stopped_short = false) {
        report_abandoned();
        const std::size_t succeeded = count_successes();
        const SessionCounts counts{store.directory(), request_.plan.experiments.size(), succeeded,
                                   lines_.size() - succeeded};
        for (const std::string& trouble :
             run_notices(request_.plan.settings, counts, has_stopped_short, signals_, interruption_)) {
            log_.warning("on_finish/on_failure: " + trouble);
        }
        report_abandoned();
    }

    [[nodiscard]] std::size_t count_successes() const {
        return static_cast<std::size_t>(std::count_if(lines_.begin(), lines_.end(), [](const console::RunLine& line) {
            return record::is_success(line.status);
        }));
    }

    [[nodiscard]] int exit_status() const {
        if (interruption_.is_requested()) {
            return 128 + *interruption_.signal;
        }
        return count_successes() == lines_.size() ? 0 : 1;
    }

    const SessionRequest& request_;
    system::SignalFd& signals_;
    run::Interruption interruption_;
    bool has_said_last_run_ = false;
    console::LinePrinter printer_;
    console::EventLog log_;
    console::Progress progress_;
    std::optional<rollup::Rollup> rollup_;
    ControlRuns controls_{request_.plan.settings.control_tolerance};
    std::vector<console::RunLine> lines_;
    std::vector<const plan::PlannedExperiment*> open_; ///< what is still to run, in the plan's order
};

} // namespace

int run_session(const SessionRequest& request, system::SignalFd& signals) {
    return Session(request, signals).run();
}

} // namespace mutation::session
