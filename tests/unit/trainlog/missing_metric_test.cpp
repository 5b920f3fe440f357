#include "catch.hpp"

#include "mutation/trainlog/log_metrics.hpp"
#include "support/temporary_folder.hpp"

using namespace mutation;
using trainlog::LogFindings;
using trainlog::LogReader;

namespace {

std::string reason_for(const std::string& pattern, std::string_view log) {
    const LogFindings findings = LogReader({{"m", pattern, std::nullopt}}, {}, {}).read_text(log);
    const auto reason = findings.missing_metrics.find("m");
    return reason == findings.missing_metrics.end() ? "" : reason->second;
}

} // namespace

TEST_CASE("a metric that is missing shows its pattern and the most similar line") {
    CHECK(
        reason_for("accuracy: ([0-9.]+)", "epoch 1\nAccuracy = 0.93 %\nsaved to out/\n") ==
        "its pattern 'accuracy: ([0-9.]+)' matches nothing in the log; the most similar line is \"Accuracy = 0.93 %\"");
    CHECK_THAT(reason_for(R"((?m)(?|^RESULT f1=([0-9.]+)|^\s+F1 score\s*:\s*([0-9.]+)))",
                          "Epoch 3: loss 0.5\nF1-Score: 0.8\nTotal score of all\nend\n"),
               Catch::Contains("the most similar line is \"F1-Score: 0.8\""));
    CHECK_THAT(reason_for(R"(Test Acuracy: ([0-9.]+)%)", "Train Accuracy: 91.2%\nTest Accuracy: 90.1%\nTime: 3\n"),
               Catch::Contains("\"Test Accuracy: 90.1%\""));
    CHECK_THAT(reason_for(R"(val_acc=([0-9.]+))", "loss=0.1\r loss=0.2, \x1b[1mval_acc\x1b[0m: 0.5"),
               Catch::Contains("\"loss=0.2, val_acc: 0.5\""));
}

TEST_CASE("if no line is similar, that is the reason") {
    CHECK_THAT(reason_for("accuracy: ([0-9.]+)", "epoch 1\nend\n"), Catch::Contains("no line is similar to it"));
    CHECK_THAT(reason_for("accuracy: ([0-9.]+)", ""), Catch::Contains("no line is similar to it"));
    CHECK_THAT(reason_for(R"(\d+)", "epoch\n"), Catch::Contains("no line is similar to it"));
}

TEST_CASE("a metric with a value is not missing, one without a number has a reason") {
    CHECK(reason_for("accuracy: ([0-9.]+)", "accuracy: 0.5\n").empty());
    CHECK_THAT(reason_for("accuracy: ([0-9.]+)", "accuracy: 0,5\n"), Catch::Contains("only a part of the number"));
}

TEST_CASE("a similar line is found in a file, at any block border") {
    const test::TemporaryFolder folder;
    test::write_text(folder.path() / "log", std::string(5000, '.') + "\nAccuracy = 0.5\n" + std::string(5000, '.'));
    const LogReader reader({{"m", "Accuracy: ([0-9.]+)", std::nullopt}}, {}, {}, 700);
    CHECK_THAT(reader.read_file(folder.path() / "log").missing_metrics.at("m"), Catch::Contains("\"Accuracy = 0.5\""));
}
