#include "catch.hpp"

#include "mutation/app/judge.hpp"

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

measure::LogFindings found(std::map<std::string, std::optional<double>> metrics) {
    measure::LogFindings findings;
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

TEST_CASE("a training that ends with 0 and shows its required metric is ok") {
    const app::Verdict verdict = app::judge_attempt(exited(0), found({{"accuracy", 0.9}}), demanding({"accuracy"}));
    CHECK(verdict.status == Status::ok);
    CHECK(verdict.error_message.empty());
}

TEST_CASE("a required metric that is missing or no number fails the run and is not retried") {
    for (const auto& metrics : {std::map<std::string, std::optional<double>>{}, {{"accuracy", std::nullopt}}}) {
        const app::Verdict verdict = app::judge_attempt(exited(0), found(metrics), demanding({"accuracy"}));
        CHECK(verdict.status == Status::failed);
        CHECK_FALSE(verdict.may_retry);
        CHECK(verdict.error_message.find("accuracy") != std::string::npos);
    }
}

TEST_CASE("a run without any metric is ok_without_metrics, not ok") {
    CHECK(app::judge_attempt(exited(0), found({}), demanding({})).status == Status::ok_without_metrics);
    CHECK(app::judge_attempt(exited(0), found({{"loss", std::nullopt}}), demanding({})).status ==
          Status::ok_without_metrics);
}

TEST_CASE("an exit status other than 0 fails whatever the log says") {
    const app::Verdict verdict = app::judge_attempt(exited(3), found({{"accuracy", 0.9}}), demanding({"accuracy"}));
    CHECK(verdict.status == Status::failed);
    CHECK(verdict.may_retry);
    CHECK(verdict.error_message.find("exit status 3") != std::string::npos);
}

TEST_CASE("a failure pattern fails a run that ended with 0") {
    measure::LogFindings findings = found({{"accuracy", 0.9}});
    findings.failure_matches = {"CUDA out of memory"};
    const app::Verdict verdict = app::judge_attempt(exited(0), findings, demanding({}));
    CHECK(verdict.status == Status::failed);
    CHECK(verdict.error_message.find("CUDA out of memory") != std::string::npos);
}

TEST_CASE("a success pattern that is demanded and absent fails the run") {
    measure::LogFindings findings = found({{"accuracy", 0.9}});
    findings.has_success_match = false;
    CHECK(app::judge_attempt(exited(0), findings, demanding({})).status == Status::failed);
}

TEST_CASE("what we ended ourselves is recorded as why we ended it") {
    run::AttemptOutcome outcome;
    outcome.exit_code = 0; // a training may well exit with 0 on SIGINT
    outcome.ending = run::Ending::timed_out;
    CHECK(app::judge_attempt(outcome, found({}), demanding({})).status == Status::timed_out);
    outcome.ending = run::Ending::stalled;
    CHECK(app::judge_attempt(outcome, found({}), demanding({})).status == Status::stalled);
    outcome.ending = run::Ending::interrupted;
    CHECK(app::judge_attempt(outcome, found({}), demanding({})).status == Status::interrupted);
    CHECK_FALSE(app::judge_attempt(outcome, found({}), demanding({})).may_retry);
}

TEST_CASE("a log that cannot be read fails a good exit and keeps the words of a bad one") {
    measure::LogFindings findings = found({});
    findings.trouble = "training.log: the log cannot be read: Input/output error";
    const app::Verdict good = app::judge_attempt(exited(0), findings, {});
    CHECK(good.status == Status::failed);
    CHECK_THAT(good.error_message, Catch::Contains("Input/output error"));
    const app::Verdict bad = app::judge_attempt(exited(3), findings, {});
    CHECK_THAT(bad.error_message, Catch::StartsWith("exit status 3; ") && Catch::Contains("Input/output error"));
}

TEST_CASE("a log whose reading was called off leaves an interrupted attempt") {
    measure::LogFindings findings = found({{"accuracy", 0.9}});
    findings.was_called_off = true;
    CHECK(app::judge_attempt(exited(0), findings, {}).status == Status::interrupted);
}
