#include "mutation/record/judge.hpp"

#include "mutation/core/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace mutation::record {

namespace {

constexpr const char* kGoodExit = "the training ended with status 0, but ";

/// What the messages of earlier versions began with, if a required metric was missing.
constexpr const char* kOldGoodExit = "the training ended well, but ";

std::vector<std::string> missing_metrics(const trainlog::LogFindings& findings, const config::Model& model) {
    std::vector<std::string> missing;
    for (const std::string& name : model.required_metrics) {
        const auto found = findings.metrics.find(name);
        if (found == findings.metrics.end() || !found->second) {
            missing.push_back(name);
        }
    }
    return missing;
}

std::string describe_missing(const std::vector<std::string>& missing, const trainlog::LogFindings& findings) {
    std::string message =
        fmt::format("{}the log has no value of the required metric {}", kGoodExit, join(missing, ", "));
    for (const std::string& name : missing) {
        if (const auto reason = findings.missing_metrics.find(name); reason != findings.missing_metrics.end()) {
            message += fmt::format("; {}: {}", name, reason->second);
        }
    }
    return message;
}

bool has_any_metric(const trainlog::LogFindings& findings) {
    return std::any_of(findings.metrics.begin(), findings.metrics.end(),
                       [](const auto& metric) { return metric.second.has_value(); });
}

Verdict judge_failed_exit(const run::AttemptOutcome& outcome, const trainlog::LogFindings& findings) {
    std::string message = outcome.message;
    if (!findings.failure_matches.empty()) {
        message += fmt::format("; the log says: {}", findings.failure_matches.front());
    } else if (!findings.last_line.empty()) {
        message += fmt::format("; the log ends with: {}", findings.last_line);
    } else if (findings.read_error) {
        message += "; " + *findings.read_error;
    }
    return {Status::failed, message, true};
}

Verdict judge_good_exit(const trainlog::LogFindings& findings, const config::Model& model) {
    if (findings.read_error) {
        return {Status::failed, kGoodExit + *findings.read_error, true};
    }
    if (!findings.failure_matches.empty()) {
        return {Status::failed, fmt::format("{}its log says: {}", kGoodExit, findings.failure_matches.front()), true};
    }
    if (!findings.has_success_match) {
        return {Status::failed, fmt::format("{}no success pattern is in its log", kGoodExit), true};
    }
    const std::vector<std::string> missing = missing_metrics(findings, model);
    if (!missing.empty()) {
        return {Status::failed, describe_missing(missing, findings), false};
    }
    return {has_any_metric(findings) ? Status::ok : Status::ok_without_metrics, "", false};
}

} // namespace

Verdict judge_attempt(const run::AttemptOutcome& outcome, const trainlog::LogFindings& findings,
                      const config::Model& model) {
    if (findings.was_called_off) {
        return {Status::interrupted, "interrupted while the training's log was read", false};
    }
    switch (outcome.ending) {
    case run::Ending::interrupted:
        return {Status::interrupted, outcome.message, false};
    case run::Ending::abandoned:
        return {Status::failed, outcome.message, false};
    case run::Ending::timed_out:
        return {Status::timed_out, outcome.message, true};
    case run::Ending::stalled:
        return {Status::stalled, outcome.message, true};
    case run::Ending::not_started:
        return {Status::failed, "the training could not be started: " + outcome.message, true};
    case run::Ending::signalled:
        return judge_failed_exit(outcome, findings);
    case run::Ending::exited:
        break;
    }
    return outcome.exit_code == 0 ? judge_good_exit(findings, model) : judge_failed_exit(outcome, findings);
}

std::optional<run::AttemptOutcome> recorded_outcome(const AttemptRecord& attempt, bool has_background) {
    const std::string& message = attempt.error_message;
    if (attempt.status != Status::failed && !is_success(attempt.status)) {
        return std::nullopt;
    }
    run::AttemptOutcome outcome;
    outcome.message = message.substr(0, message.find("; "));
    if (attempt.signal) {
        outcome.ending = run::Ending::signalled;
        outcome.signal = *attempt.signal;
        return message.starts_with("killed by ") ? std::optional(outcome) : std::nullopt;
    }
    if (!attempt.exit_code) {
        return std::nullopt;
    }
    outcome.ending = run::Ending::exited;
    outcome.exit_code = *attempt.exit_code;
    const bool is_of_log = message.starts_with(kGoodExit) || message.starts_with(kOldGoodExit) || !has_background;
    const bool is_judged =
        outcome.exit_code == 0 ? is_success(attempt.status) || is_of_log : message.starts_with("exit status ");
    return is_judged ? std::optional(outcome) : std::nullopt;
}

std::vector<std::string> log_remarks(const trainlog::LogFindings& findings, Status status) {
    std::vector<std::string> remarks = findings.remarks;
    for (const auto& [name, reason] : findings.missing_metrics) {
        if (is_success(status) && findings.metrics.find(name) == findings.metrics.end()) {
            remarks.push_back(fmt::format("{}: {}", name, reason));
        }
    }
    return remarks;
}

} // namespace mutation::record
