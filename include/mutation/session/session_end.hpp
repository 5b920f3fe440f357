#pragma once

#include "mutation/core/json.hpp"
#include "mutation/core/units.hpp"
#include "mutation/plan/plan.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/run/attempt.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mutation::session {

/// The energy of a session's control runs: the same training again and again, whose drift is the machine's, not a
/// hyperparameter's.
class ControlRuns {
public:
    explicit ControlRuns(Percent tolerance) : tolerance_(tolerance) {}

    /// Takes a record. Only successful control runs with a measured energy count, and only those that measured what the
    /// first one did. Returns the warning if they spread by more than the tolerance; "" if not.
    std::string add(const record::ExperimentRecord& record);
    /// A line for the end of the session; "" where no two could be compared.
    [[nodiscard]] std::string summary() const;
    /// For session.json; null where no two could be compared.
    [[nodiscard]] Json describe() const;

private:
    [[nodiscard]] std::optional<Percent> spread() const;

    Percent tolerance_;
    std::vector<double> joules_;
    bool has_cpu_ = false; ///< whether the first one has a CPU energy, which is then part of what is compared
    bool has_gpu_ = false; ///< likewise
};

/// What a command that is run at a session's end finds in its environment.
struct SessionCounts {
    std::filesystem::path session;
    std::size_t total = 0;
    std::size_t succeeded = 0;
    std::size_t failed = 0;
};

/// Runs a user's command with MUTATION_SESSION, MUTATION_TOTAL, MUTATION_SUCCEEDED and MUTATION_FAILED set, with the
/// user's rights and umask, for at most a minute. A signal ends it by the steps of a training, and is counted in
/// `interruption`. Returns why it failed; "" when it did not.
[[nodiscard]] std::string run_notice(const std::vector<std::string>& command, const SessionCounts& counts,
                                     system::SignalFd& signals, run::Interruption& interruption);

/// Runs `on_finish` in any case, `on_failure` where an experiment failed or the session stopped short; neither after
/// one that a signal ended. Returns what went wrong with them.
[[nodiscard]] std::vector<std::string> run_notices(const plan::SessionSettings& settings, const SessionCounts& counts,
                                                   bool has_stopped_short, system::SignalFd& signals,
                                                   run::Interruption& interruption);

} // namespace mutation::session
