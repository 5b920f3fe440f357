#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/measure/log_metrics.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/run/attempt.hpp"

#include <string>

namespace mutation::app {

/// What an attempt is to be recorded as.
struct Verdict {
    record::Status status = record::Status::failed;
    std::string error_message; ///< "" on success
    bool may_retry = false;    ///< false where the same values would only give the same again
};

/// Holds the training's own end and its log against what the registry demands: exit status 0, no failure pattern, a
/// success pattern where some are defined, every required metric. Pure.
[[nodiscard]] Verdict judge_attempt(const run::AttemptOutcome& outcome, const measure::LogFindings& findings,
                                    const config::Model& model);

} // namespace mutation::app
