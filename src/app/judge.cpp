#include "mutation/app/judge.hpp"

#include "mutation/core/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace mutation::app {

namespace {

std::vector<std::string> missing_metrics(const measure::LogFindings& findings, const config::Model& model) {
    std::vector<std::string> missing;
    for (const std::string& name : model.required_metrics) {
        const auto found = findings.metrics.find(name);
        if (found == findings.metrics.end() || !found->second) {
            missing.push_back(name);
        }
    }
    return missing;
}

bool has_any_metric(const measure::LogFindings& findings) {
    return std::any_of(findings.metrics.begin(), findings.metrics.end(),
                       [](const auto& metric) { return metric.second.has_value(); });
}

Verdict judge_failed_exit(const run::AttemptOutcome& outcome, const measure::LogFindings& findings) {
    std::string message = outcome.message;
    if (!findings.failure_matches.empty()) {
        message += fmt::format("; the log says: {}", findings.failure_matches.front());
    } else if (!findings.last_line.empty()) {
        message += fmt::format("; the log ends with: {}", findings.last_line);
    } else if (!findings.trouble.empty()) {
        message += "; " + findings.trouble;
    }
    return {record::Status::failed, message, true};
}

Verdict judge_good_exit(const measure::LogFindings& findings, const config::Model& model) {
    if (!findings.trouble.empty()) {
        return {record::Status::failed, "the training ended with status 0, but " + findings.trouble, true};
    }
    if (!findings.failure_matches.empty()) {
        return {record::Status::failed,
                fmt::format("the training ended with status 0, but its log says: {}", findings.failure_matches.front()),
                true};
    }
    if (!findings.has_success_match) {
        return {record::Status::failed, "the training ended with status 0, but no success pattern is in its log", true};
    }
    const std::vector<std::string> missing = missing_metrics(findings, model);
    if (!missing.empty()) {
        return {record::Status::failed,
                fmt::format("the training ended well, but its log lacks the required metric {}", join(missing, ", ")),
                false};
    }
    return {has_any_metric(findings) ? record::Status::ok : record::Status::ok_without_metrics, "", false};
}

} // namespace

Verdict judge_attempt(const run::AttemptOutcome& outcome, const measure::LogFindings& findings,
                      const config::Model& model) {
    if (findings.was_called_off) {
        return {record::Status::interrupted, "interrupted while the training's log was read", false};
    }
    switch (outcome.ending) {
    case run::Ending::interrupted:
        return {record::Status::interrupted, outcome.message, false};
    case run::Ending::abandoned:
        return {record::Status::failed, outcome.message, false};
    case run::Ending::timed_out:
        return {record::Status::timed_out, outcome.message, true};
    case run::Ending::stalled:
        return {record::Status::stalled, outcome.message, true};
    case run::Ending::not_started:
        return {record::Status::failed, "the training could not be started: " + outcome.message, true};
    case run::Ending::signalled:
        return judge_failed_exit(outcome, findings);
    case run::Ending::exited:
        break;
    }
    return outcome.exit_code == 0 ? judge_good_exit(findings, model) : judge_failed_exit(outcome, findings);
}

} // namespace mutation::app
