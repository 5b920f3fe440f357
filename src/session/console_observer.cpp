#include "mutation/session/console_observer.hpp"

#include "mutation/console/plan_view.hpp"
#include "mutation/core/counted.hpp"
#include "mutation/core/text.hpp"
#include "mutation/session/other_sessions.hpp"
#include "mutation/system/abandoned.hpp"
#include "mutation/system/patient_write.hpp"
#include "mutation/system/unique_fd.hpp"
#include "proposed_commands.hpp"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <fmt/format.h>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace mutation::session {

namespace {

rollup::Activity activity_of(WorkerPhase phase) {
    switch (phase) {
    case WorkerPhase::waiting_for_background:
        return rollup::Activity::waiting_for_background;
    case WorkerPhase::cooling_down:
        return rollup::Activity::cooling_down;
    case WorkerPhase::training:
        break;
    }
    return rollup::Activity::training;
}

} // namespace

ConsoleObserver::ConsoleObserver(const SessionRequest& request, const ControlRuns& controls)
    : request_(request), controls_(controls), printer_(stderr, console::terminal_traits(stderr)),
      log_(printer_, request.verbosity), progress_(printer_, log_, request.plan, request.verbosity) {}

void ConsoleObserver::open(const std::filesystem::path& session, const Schedule& schedule) {
    session_ = session;
    progress_.set_summarize_command(ProposedCommands(request_, session_).summarize());
    progress_.expect(
        {request_.plan.settings, schedule.open(), rollup::load_past_runs(request_.results, request_.plan)});
}

void ConsoleObserver::announce(const Schedule& schedule) {
    const plan::SessionSettings& settings = request_.plan.settings;
    const std::size_t open = schedule.open().size();
    if (request_.resumed) {
        log_.event(fmt::format("continuing {}: {} of {} to run", session_.string(), open,
                               counted(request_.plan.experiments.size(), "experiment")));
    } else {
        log_.event(fmt::format("session {}: {}, seed {}{}", session_.string(), counted(open, "experiment"),
                               settings.seed, settings.seed_was_drawn ? " (drawn; --seed repeats it)" : ""));
        if (request_.plan.history) {
            log_.event(console::describe_history(*request_.plan.history));
        }
    }
    if (system::has_root() && !request_.user) {
        log_.detail("trainings run as root");
    }
    for (const pid_t other : other_sessions()) {
        log_.warning(fmt::format("another session is running on this machine (process {}): the figures of each include "
                                 "the load of the other",
                                 other));
    }
}

void ConsoleObserver::on_moment(const WorkerMoment& moment) {
    if (progress_.is_live()) {
        progress_.show({activity_of(moment.phase), moment.elapsed, moment.cpu, moment.gpu,
                        moment.log.empty() ? std::string() : last_line_of(moment.log)});
    }
}

void ConsoleObserver::report_abandoned() {
    for (const std::string& process : system::take_abandoned()) {
        log_.warning(process + "; the session goes on without it");
    }
}

void ConsoleObserver::on_ended(const record::ExperimentRecord& record) {
    report_abandoned();
    progress_.experiment_ended(record);
}

void ConsoleObserver::on_session_end(const SessionEnd& end) {
    progress_.clear();
    report_abandoned();
    if (end.kind == SessionEnd::Kind::stopped_by_error) {
        log_.warning(fmt::format("stopped with {} of {} recorded; fix the error below, then: {}", end.tally.recorded(),
                                 counted(end.tally.planned, "experiment"),
                                 ProposedCommands(request_, session_).resume()));
        return;
    }
    const console::RunCounts counts = console::count_runs(lines_, end.tally.planned);
    if (end.kind == SessionEnd::Kind::nothing_to_run) {
        log_.event("this session is finished: every planned experiment has a record; nothing to run");
        propose_retry();
    } else if (counts.interrupted + counts.not_run() > 0) {
        propose_resume(end);
    } else {
        propose_retry();
    }
    print_table();
}

void ConsoleObserver::propose_resume(const SessionEnd& end) {
    log_.warning(fmt::format("{}: {}; to continue: {}",
                             end.kind == SessionEnd::Kind::stopped_after_run ? "stopped after a run" : "interrupted",
                             console::describe_counts(console::count_runs(lines_, end.tally.planned)),
                             ProposedCommands(request_, session_).resume()));
}

void ConsoleObserver::propose_retry() {
    if (const std::size_t failed = console::count_runs(lines_, lines_.size()).failed; failed > 0) {
        log_.event(fmt::format("{} failed; to run what failed again: {}", counted(failed, "experiment"),
                               ProposedCommands(request_, session_).retry_failed()));
    }
}

void ConsoleObserver::print_table() const {
    constexpr Seconds kReaderPatience{5};
    std::ostringstream text;
    console::print_run_table(text, lines_, request_.plan.experiments.size(), session_);
    text << controls_.summary().value_or("");
    system::write_patiently(STDOUT_FILENO, text.str(), kReaderPatience);
}

std::string last_line_of(const std::filesystem::path& log) {
    constexpr off_t kTail = 2048;
    // A training may put anything in the place of its log; opening it must not wait.
    const system::UniqueFd fd(::open(log.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat facts {};
    if (!fd.is_open() || ::fstat(fd.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
        return {};
    }
    std::array<char, kTail> tail{};
    const ssize_t count = ::pread(fd.get(), tail.data(), tail.size(), std::max<off_t>(0, facts.st_size - kTail));
    std::string text(tail.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
    std::replace(text.begin(), text.end(), '\r', '\n'); // a progress bar's newest state follows its last \r
    const std::vector<std::string_view> lines = split(text, '\n');
    const auto last =
        std::find_if(lines.rbegin(), lines.rend(), [](std::string_view line) { return !trim(line).empty(); });
    return last == lines.rend() ? std::string() : std::string(trim(*last));
}

} // namespace mutation::session
