#pragma once

#include "mutation/plan/plan.hpp"
#include "mutation/run/attempt.hpp"
#include "mutation/session/observer.hpp"
#include "mutation/system/signals.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mutation::session {

/// How notices hear of a signal.
struct NoticeStop {
    system::SignalFd& signals;
    run::Interruption& interruption;
};

/// Runs a user's command with MUTATION_SESSION, MUTATION_TOTAL, MUTATION_SUCCEEDED and MUTATION_FAILED set, with the
/// user's rights and umask, for at most a minute. A signal ends it by the steps of a training, and is counted. Returns
/// why it failed; nullopt if it did not.
[[nodiscard]] std::optional<std::string> run_notice(const std::vector<std::string>& command,
                                                    const std::filesystem::path& session, const SessionTally& tally,
                                                    NoticeStop stop);

/// Runs the user's commands at the end of a session: `on_finish` in any case, `on_failure` if an experiment failed or
/// an error stopped the session; neither after one that a signal ended, nor if nothing was to run.
class Notices final : public Observer {
public:
    using Warn = std::function<void(const std::string&)>;

    /// `settings` outlives this object.
    Notices(const plan::SessionSettings& settings, std::filesystem::path session, NoticeStop stop, Warn warn)
        : settings_(settings), session_(std::move(session)), stop_(stop), warn_(std::move(warn)) {}

    void on_session_end(const SessionEnd& end) override;

private:
    const plan::SessionSettings& settings_;
    std::filesystem::path session_;
    NoticeStop stop_;
    Warn warn_;
};

} // namespace mutation::session
