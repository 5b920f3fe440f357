#include "mutation/session/prepare.hpp"

#include "mutation/core/counted.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/record/session_document.hpp"
#include "mutation/run/abandoned_trainings.hpp"
#include "mutation/session/disk_space.hpp"
#include "mutation/session/machine.hpp"
#include "mutation/session/preflight.hpp"
#include "mutation/session/sensor_programs.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/process_tree.hpp"

#include <fmt/format.h>

namespace mutation::session {

namespace {

void warn(const std::vector<std::string>& warnings, console::EventLog& log) {
    for (const std::string& warning : warnings) {
        log.warning(warning);
    }
}

void throw_if_missing(const std::vector<std::string>& missing) {
    if (!missing.empty()) {
        throw Error(ErrorKind::machine, join(missing, "\n"));
    }
}

void check_machine(const SessionRequest& request) {
    std::vector<std::string> missing = missing_for_plan(request.plan, request.registry);
    if (const std::optional<std::string> problem = results_problem(request.results)) {
        missing.push_back(*problem);
    }
    throw_if_missing(missing);
}

record::SessionStore open_store(const SessionRequest& request) {
    record::SessionStore store = request.resumed ? record::SessionStore::open(*request.resumed, request.resumed_name)
                                                 : record::SessionStore::create(request.results, system::wall_now());
    store.lock();
    return store;
}

bool must_run_again(const record::ExperimentRecord& record, const SessionRequest& request) {
    return record.status() == record::Status::interrupted ||
           (request.retry_failed && !record::is_success(record.status()));
}

/// The state of a session follows from its records alone.
std::vector<record::ExperimentRecord> read_standing(const SessionRequest& request, const record::SessionStore& store) {
    std::vector<record::ExperimentRecord> standing;
    for (const plan::PlannedExperiment& experiment : request.plan.experiments) {
        std::optional<record::ExperimentRecord> record = store.read_record(experiment);
        if (record && !must_run_again(*record, request)) {
            standing.push_back(std::move(*record));
        } else {
            // A damaged attempt must be reported now, not when its experiment's turn comes at night.
            [[maybe_unused]] const auto attempts = store.read_attempts(experiment);
        }
    }
    return standing;
}

void end_abandoned_trainings(console::EventLog& log) {
    if (const std::size_t count = run::end_abandoned_trainings(); count > 0) {
        log.warning(fmt::format("{} of a training whose session was killed still ran; ended now",
                                counted(count, "process", "processes")));
    }
}

/// Error(machine) if a repository reports that something is missing: every run would fail. False if a signal came.
bool check_repositories(const SessionRequest& request, system::SignalFd& signals, run::Interruption& interruption) {
    const std::vector<std::string> missing =
        ask_repositories(request.plan, request.registry, request.user, signals.fd());
    // Processes that a check left running would be measured with everything after it.
    system::end_descendants({}, Seconds(2));
    run::take_signals(signals, interruption);
    if (interruption.is_requested()) {
        return false;
    }
    throw_if_missing(missing);
    return true;
}

sensors::SensorSources find_sensor_sources(const SessionRequest& request, const system::SignalFd& signals) {
    sensors::SensorSources sources;
    sources.perf = find_perf();
    sources.nvidia_smi = find_nvidia_smi();
    sources.sysfs = sysfs_root();
    sources.sample_interval = request.plan.settings.sample_interval;
    sources.stop_fd = signals.fd();
    return sources;
}

std::unique_ptr<run::GovernorGuard> set_governor(const plan::SessionSettings& settings,
                                                 const std::filesystem::path& sysfs) {
    return settings.governor.empty() ? nullptr : std::make_unique<run::GovernorGuard>(sysfs, settings.governor);
}

/// The content of session.json at the beginning of a session.
record::SessionDocument describe_session(const SessionRequest& request, const PreparedSession& session) {
    record::SessionDocument document;
    document.session = session.store.name();
    document.tool_version = tool_version();
    document.started = system::format_iso(system::wall_now());
    document.command_line = request.command_line;
    document.machine = session.machine;
    document.config = request.config;
    document.registry_source = request.registry_source;
    document.is_registry_file = request.is_registry_file;
    document.registry_digests = record::registry_digests(request.registry, request.plan);
    document.models = record::describe_models(request.plan, request.registry);
    document.plan = request.plan;
    return document;
}

} // namespace

std::optional<PreparedSession> prepare_session(const SessionRequest& request, system::SignalFd& signals,
                                               run::Interruption& interruption, console::EventLog& log) {
    warn(request.warnings, log);
    check_machine(request);
    if (!check_repositories(request, signals, interruption)) {
        log.warning("interrupted before anything was started");
        return std::nullopt;
    }
    sensors::SensorSources sources = find_sensor_sources(request, signals);
    std::unique_ptr<run::GovernorGuard> governor = set_governor(request.plan.settings, sources.sysfs);
    record::MachineFacts machine = describe_machine(sources.sysfs); // with the governor that was set
    PreparedSession session{.store = open_store(request),
                            .governor = std::move(governor),
                            .machine = std::move(machine),
                            .sensor_sources = std::move(sources),
                            .standing = {}};
    log.open_file(session.store.layout().log());
    if (!signals.accept_requests(session.store.directory(), record::SessionLayout::kStopSocket,
                                 record::SessionLayout::kStopAfterRunSocket)) {
        log.detail("`mutation stop` cannot reach this session: its file system has no sockets");
    }
    if (request.resumed) {
        session.standing = read_standing(request, session.store);
    } else {
        record::write_session_document(session.store.directory(), describe_session(request, session));
    }
    if (session.standing.size() < request.plan.experiments.size()) {
        if (request.check_resumed) {
            warn(request.check_resumed(), log);
        }
        end_abandoned_trainings(log);
    }
    return session;
}

} // namespace mutation::session
