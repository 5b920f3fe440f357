#include "catch.hpp"

#include "mutation/record/judge.hpp"

using namespace mutation;
using record::Status;

namespace {

run::AttemptOutcome exited(int code) {
    run::AttemptOutcome outcome;
    outcome.ending = run::Ending::exited;
    outcome.exit_code = code;
    outcome.message = code == 0 ? "" : "exit status " + std::to_string(code);
    return outcome;
}

trainlog::LogFindings found(std::map<std::string, std::optional<double>> metrics) {
    trainlog::LogFindings findings;
    findings.metrics = std::move(metrics);
    findings.has_success_match = true;
    return findings;
}

config::Model demanding(std::vector<std::string> metrics) {
    config::Model model;
    model.required_metrics = std::move(metrics);
    return model;
}

} // namespace

TEST_CASE("a training with exit status 0 and its required metric is ok") {
    const record::Verdict verdict =
        record::judge_attempt(exited(0), found({{"accuracy", 0.9}}), demanding({"accuracy"}));
    CHECK(verdict.status == Status::ok);
    CHECK(verdict.error_message.empty());
}

TEST_CASE("a required metric that is missing or not a number fails the run without a retry") {
    for (const auto& metrics : {std::map<std::string, std::optional<double>>{}, {{"accuracy", std::nullopt}}}) {
        const record::Verdict verdict = record::judge_attempt(exited(0), found(metrics), demanding({"accuracy"}));
        CHECK(verdict.status == Status::failed);
        CHECK_FALSE(verdict.may_retry);
        CHECK(verdict.error_message.find("accuracy") != std::string::npos);
    }
}

TEST_CASE("a run without any metric is ok_without_metrics, not ok") {
    CHECK(record::judge_attempt(exited(0), found({}), demanding({})).status == Status::ok_without_metrics);
    CHECK(record::judge_attempt(exited(0), found({{"loss", std::nullopt}}), demanding({})).status ==
          Status::ok_without_metrics);
}

TEST_CASE("an exit status other than 0 fails, whatever is in the log") {
    const record::Verdict verdict =
        record::judge_attempt(exited(3), found({{"accuracy", 0.9}}), demanding({"accuracy"}));
    CHECK(verdict.status == Status::failed);
    CHECK(verdict.may_retry);
    CHECK(verdict.error_message.find("exit status 3") != std::string::npos);
}

TEST_CASE("a failure pattern fails a run that ended with 0") {
    trainlog::LogFindings findings = found({{"accuracy", 0.9}});
    findings.failure_matches = {"CUDA out of memory"};
    const record::Verdict verdict = record::judge_attempt(exited(0), findings, demanding({}));
    CHECK(verdict.status == Status::failed);
    CHECK(verdict.error_message.find("CUDA out of memory") != std::string::npos);
}

TEST_CASE("a missing success pattern fails the run") {
    trainlog::LogFindings findings = found({{"accuracy", 0.9}});
    findings.has_success_match = false;
    CHECK(record::judge_attempt(exited(0), findings, demanding({})).status == Status::failed);
}

TEST_CASE("a run that the program ended is recorded with the reason") {
    run::AttemptOutcome outcome;
    outcome.exit_code = 0; // a training may well exit with 0 on SIGINT
    outcome.ending = run::Ending::timed_out;
    CHECK(record::judge_attempt(outcome, found({}), demanding({})).status == Status::timed_out);
    outcome.ending = run::Ending::stalled;
    CHECK(record::judge_attempt(outcome, found({}), demanding({})).status == Status::stalled);
    outcome.ending = run::Ending::interrupted;
    CHECK(record::judge_attempt(outcome, found({}), demanding({})).status == Status::interrupted);
    CHECK_FALSE(record::judge_attempt(outcome, found({}), demanding({})).may_retry);
}

TEST_CASE("an unreadable log fails a good exit and keeps the message of a bad one") {
    trainlog::LogFindings findings = found({});
    findings.read_error = "training.log: the log cannot be read: Input/output error";
    const record::Verdict good = record::judge_attempt(exited(0), findings, {});
    CHECK(good.status == Status::failed);
    CHECK_THAT(good.error_message, Catch::Contains("Input/output error"));
    const record::Verdict bad = record::judge_attempt(exited(3), findings, {});
    CHECK_THAT(bad.error_message, Catch::StartsWith("exit status 3; ") && Catch::Contains("Input/output error"));
}

TEST_CASE("if reading the log was interrupted, the attempt is interrupted") {
    trainlog::LogFindings findings = found({{"accuracy", 0.9}});
    findings.was_called_off = true;
    CHECK(record::judge_attempt(exited(0), findings, {}).status == Status::interrupted);
}

TEST_CASE("the message on a missing metric has the reason") {
    trainlog::LogFindings findings = found({});
    findings.missing_metrics = {{"accuracy", "its pattern 'x' matches nothing in the log"}};
    CHECK_THAT(record::judge_attempt(exited(0), findings, demanding({"accuracy"})).error_message,
               Catch::EndsWith("required metric accuracy; accuracy: its pattern 'x' matches nothing in the log"));
}

TEST_CASE("the log is judged again only for trainings that ended by themselves") {
    const auto attempt = [](record::Status status, std::optional<int> code, std::optional<int> signal,
                            const char* message) {
        record::AttemptRecord recorded;
        recorded.status = status;
        recorded.exit_code = code;
        recorded.signal = signal;
        recorded.error_message = message;
        return recorded;
    };
    const auto ending = [](const record::AttemptRecord& recorded, bool has_background = false) {
        const auto outcome = record::recorded_outcome(recorded, has_background);
        return outcome ? std::optional(outcome->ending) : std::nullopt;
    };
    CHECK(ending(attempt(Status::ok, 0, std::nullopt, "")) == run::Ending::exited);
    CHECK(ending(attempt(Status::failed, 0, std::nullopt,
                         "the training ended well, but its log lacks the required metric a")) == run::Ending::exited);
    CHECK(ending(attempt(Status::failed, 3, std::nullopt, "exit status 3; the log says: x")) == run::Ending::exited);
    CHECK(record::recorded_outcome(attempt(Status::failed, 3, std::nullopt, "exit status 3; the log says: x"), false)
              ->message == "exit status 3");
    CHECK(ending(attempt(Status::failed, std::nullopt, 9, "killed by signal 9 (SIGKILL)")) == run::Ending::signalled);
    CHECK_FALSE(ending(attempt(Status::timed_out, 0, std::nullopt, "timed out: it ran longer than 5 s")));
    CHECK_FALSE(ending(attempt(Status::interrupted, 0, std::nullopt, "interrupted by signal 2 (SIGINT)")));
    CHECK_FALSE(ending(attempt(Status::stalled, std::nullopt, 9, "stalled: its log did not grow for 5 s")));
    CHECK_FALSE(
        ending(attempt(Status::failed, std::nullopt, std::nullopt, "the training could not be started: no such file")));
    CHECK_FALSE(ending(attempt(Status::failed, 0, std::nullopt, "the background was lost"), true));
    CHECK(ending(attempt(Status::failed, 0, std::nullopt, "the training ended with status 0, but the log says: x"),
                 true));
    CHECK_FALSE(ending(record::AttemptRecord()));
}

TEST_CASE("a successful training has a remark for each missing metric") {
    trainlog::LogFindings findings = found({{"loss", std::nullopt}});
    findings.remarks = {"loss: the training printed 'nan'"};
    findings.missing_metrics = {{"loss", "the training printed 'nan'"}, {"accuracy", "its pattern matches nothing"}};
    CHECK(record::log_remarks(findings, Status::ok) ==
          std::vector<std::string>{"loss: the training printed 'nan'", "accuracy: its pattern matches nothing"});
    CHECK(record::log_remarks(findings, Status::failed) == findings.remarks);
}
