#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/run/attempt.hpp"
#include "mutation/trainlog/log_metrics.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mutation::record {

/// The result that is recorded for an attempt.
struct Verdict {
    Status status = Status::failed;
    std::string error_message; ///< "" on success
    bool may_retry = false;    ///< false if the same values would fail again
};

/// Compares the end of the training and its log with the requirements of the registry: exit status 0, no failure
/// pattern, a success pattern if some are defined, every required metric. Pure.
[[nodiscard]] Verdict judge_attempt(const run::AttemptOutcome& outcome, const trainlog::LogFindings& findings,
                                    const config::Model& model);

/// How the training of a recorded attempt ended, if its log decides about the status. nullopt if something else
/// decided: a time limit, an interruption, a lost background, a training that did not start. `has_background`: whether
/// another training ran beside it.
[[nodiscard]] std::optional<run::AttemptOutcome> recorded_outcome(const AttemptRecord& attempt, bool has_background);

/// Remarks about the log of an attempt. A training that succeeded gets one for each metric that its log does not have.
[[nodiscard]] std::vector<std::string> log_remarks(const trainlog::LogFindings& findings, Status status);

} // namespace mutation::record
