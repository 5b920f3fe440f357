#include "mutation/session/notices.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/run/interruptible_run.hpp"
#include "mutation/system/process.hpp"

#include <fmt/format.h>

namespace mutation::session {

namespace {

constexpr Seconds kNoticeLimit{60};

system::SpawnRequest make_request(const std::vector<std::string>& command, const std::filesystem::path& session,
                                  const SessionTally& tally) {
    system::SpawnRequest request;
    request.argv = command;
    request.environment = system::own_environment();
    request.environment->push_back("MUTATION_SESSION=" + session.string());
    request.environment->push_back(fmt::format("MUTATION_TOTAL={}", tally.planned));
    request.environment->push_back(fmt::format("MUTATION_SUCCEEDED={}", tally.succeeded));
    request.environment->push_back(fmt::format("MUTATION_FAILED={}", tally.failed));
    request.umask = system::found_umask();
    return request;
}

} // namespace

std::optional<std::string> run_notice(const std::vector<std::string>& command, const std::filesystem::path& session,
                                      const SessionTally& tally, NoticeStop stop) {
    const int before = stop.interruption.count;
    try {
        const system::CapturedRun run = run::run_interruptible(make_request(command, session, tally), kNoticeLimit,
                                                               stop.signals, stop.interruption);
        if (stop.interruption.count > before) {
            return fmt::format("{} was interrupted{}", command.front(), run.hang_note());
        }
        if (run.timed_out) {
            return fmt::format("{} did not end within {:.0f} s and was killed{}", command.front(), kNoticeLimit.count(),
                               run.hang_note());
        }
        if (run.status.is_success()) {
            return std::nullopt;
        }
        const std::string_view printed = trim(run.err);
        return fmt::format("{} {}{}{}", command.front(),
                           run.status.code ? fmt::format("failed with status {}", *run.status.code)
                                           : "was killed by " + system::describe_signal(run.status.signal.value_or(0)),
                           printed.empty() ? "" : ": ", printed);
    } catch (const Error& error) {
        return error.message();
    }
}

void Notices::on_session_end(const SessionEnd& end) {
    if (end.kind == SessionEnd::Kind::nothing_to_run) {
        return;
    }
    const bool has_failed = end.tally.failed > 0 || end.kind == SessionEnd::Kind::stopped_by_error;
    const int before = stop_.interruption.count;
    for (const auto* command : {&settings_.on_finish, &settings_.on_failure}) {
        const bool is_due = command == &settings_.on_finish || has_failed;
        if (command->empty() || !is_due || stop_.interruption.count > before) {
            continue;
        }
        if (const std::optional<std::string> error = run_notice(*command, session_, end.tally, stop_)) {
            warn_("on_finish/on_failure: " + *error);
        }
    }
}

} // namespace mutation::session
