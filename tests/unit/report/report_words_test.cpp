#include "catch.hpp"

#include "../src/report/describe_methods.hpp"
#include "../src/report/display.hpp"
#include "../src/report/group_labels.hpp"
#include "../src/report/list_tests.hpp"
#include "../src/report/report_warnings.hpp"
#include "made_group.hpp"
#include "support/sample_report.hpp"

#include <algorithm>
#include <limits>

namespace mutation::report {
namespace {

/// The warning about a section that has this text; empty if there is none.
Warning warning_with(const Report& report, const std::string& text) {
    for (const Warning& warning : report_warnings(report)) {
        if (warning.text.find(text) != std::string::npos) {
            return warning;
        }
    }
    return {};
}

Report report_of(const test::MadeGroup& made) {
    Report report;
    test::MadeGroup copy = made;
    report.groups = {copy.group()};
    return report;
}

/// Ten like runs without anything to warn of.
test::MadeGroup quiet_group() {
    test::MadeGroup made;
    for (std::size_t i = 0; i < 10; ++i) {
        made.add(i / 2, 100, .9);
    }
    Drift& drift = made.group().analyses.drift;
    drift.outcome = "energy";
    drift.is_order_random = true;
    drift.per_run_percent = .01;
    drift.ci95 = stats::Interval{-.1, .12};
    drift.permutation_p = .8;
    Fit fit;
    fit.outcome = "energy";
    fit.condition_number = 2;
    made.group().analyses.fits = {fit};
    return made;
}

} // namespace

TEST_CASE("numbers are shown with three significant digits and their unit", "[report]") {
    CHECK(show_number(1.9348) == "1.93");
    CHECK(show_number(1) == "1.00");
    CHECK(show_number(.9996) == "1.00");
    CHECK(show_number(.02134) == "0.0213");
    CHECK(show_number(-12.349) == "-12.3");
    CHECK(show_number(12349) == "12300");
    CHECK(show_number(0) == "0");
    CHECK(show_number(-1e-9) == "-1.00e-09");
    CHECK(show_number(2.5e7) == "2.50e+07");
    CHECK(show_number(std::numeric_limits<double>::quiet_NaN()) == "not a number");
    CHECK(show_ratio({1.929, {1.8812, 1.978}}) == "x1.93 [1.88, 1.98]");
    CHECK(show_joules(Joules(512)) == "512 J");
    CHECK(show_joules(Joules(4870)) == "4.87 kJ");
    CHECK(show_joules(Joules(3.48e6)) == "3.48 MJ");
    CHECK(show_time(Seconds(93.06)) == "93.1 s");
    CHECK(show_time(Seconds(744)) == "12.4 min");
    CHECK(show_time(Seconds(11520)) == "3.20 h");
    CHECK(show_p(.00099) == "p < 0.001");
    CHECK(show_p(.0344) == "p = 0.034");
    CHECK(show_p(.0034) == "p = 0.0034");
}

TEST_CASE("groups that differ only in their machine are told apart", "[report]") {
    std::vector<Group> groups(4);
    for (Group& group : groups) {
        group.key.repository = "digits";
        group.key.model = "mlp";
    }
    groups[1].key.background = BackgroundKey{"bert", "base", {}, false};
    groups[2].key.machine = {"AMD EPYC", {"A100", "A100"}, "", ""};
    groups[3].key.machine = groups[2].key.machine;
    groups[3].key.machine.driver = "535";
    const std::vector<std::string> labels = group_labels(groups);
    CHECK(labels[0] == "digits/mlp on an unknown machine");
    CHECK(labels[1] == "digits/mlp beside bert/base");
    CHECK(labels[2] == "digits/mlp on AMD EPYC, 2 x A100 (1)");
    CHECK(labels[3] == "digits/mlp on AMD EPYC, 2 x A100 (2)");
}

TEST_CASE("a report with nothing to warn of has no warnings", "[report]") {
    const auto warnings = report_warnings(report_of(quiet_group()));
    INFO((warnings.empty() ? "" : warnings.front().text));
    CHECK(warnings.empty());
}

TEST_CASE("each thing that spoils a report has a warning with its remedy", "[report]") {
    test::MadeGroup made = quiet_group();
    Group& group = made.group();
    group.analyses.drift.per_run_percent = .3;
    group.analyses.drift.ci95 = stats::Interval{.2, .4};
    group.analyses.drift.permutation_p = .001;
    group.analyses.drift.is_order_random = false;
    group.analyses.replicates.reason = "no configuration was run twice";
    group.analyses.fits[0].condition_number = 55;
    group.analyses.fits[0].checks = {{"lack_of_fit", 9, .0001, {}}};
    group.metrics["loss"] = std::nullopt;
    group.runs[0].flags = {{group.runs[0].key, "another process used GPU 0", FlagSource::record}};
    group.runs[1].exclusion = Exclusion{group.runs[1].key, Stage::energy, "the verdict is poor"};
    for (const std::size_t i : {2U, 3U}) {
        group.runs[i].exclusion = Exclusion{group.runs[i].key, Stage::succeeded, "exit 1"};
    }
    Report report = report_of(made);
    SessionSource session;
    session.name = "run_1";
    session.damaged = {"toy_9/experiment.json: not JSON"};
    report.sessions = {session};
    CHECK(warning_with(report, "1 record of run_1 could not be read: toy_9").anchor == "flow");
    CHECK_THAT(warning_with(report, "changed by 0.300 % [0.200, 0.400] a run").remedy,
               Catch::Contains("\"order\" to \"random\""));
    CHECK(warning_with(report, "2 of 10 runs did not succeed, most often: exit 1").anchor == "flow");
    CHECK(warning_with(report, "1 run is flagged and left out: another process used GPU 0.").anchor == "trust");
    CHECK(warning_with(report, "1 run is left out because of the energy: the verdict").anchor == "trust");
    CHECK_THAT(warning_with(report, "The noise is unknown").remedy, Catch::Contains("\"replicates\""));
    CHECK_THAT(warning_with(report, "whether more is better: loss").remedy, Catch::Contains("\"higher_is_better\""));
    CHECK(warning_with(report, "Some inputs changed together").anchor == "drives");
    CHECK(warning_with(report, "Straight lines do not describe the energy").anchor == "drives");
    CHECK(warning_with(report, "The order of the runs was not random").anchor == "noise");
}

TEST_CASE("a group without energy, without a model or without any run says so first", "[report]") {
    test::MadeGroup made = quiet_group();
    made.group().energy_parts.clear();
    made.group().no_energy = "a virtual machine has no RAPL";
    made.group().analyses.fits[0].outcome = "duration";
    made.group().analyses.fits[0].reason = "5 runs; 3 columns need 9";
    Report report = report_of(made);
    CHECK_THAT(report_warnings(report).at(0).text,
               Catch::Contains("No energy was measured: a virtual machine has no RAPL."));
    CHECK(warning_with(report, "There is no model of the duration: 5 runs; 3 columns need 9.").anchor == "drives");
    for (Run& run : report.groups[0].runs) {
        run.exclusion = Exclusion{run.key, Stage::succeeded, "exit 1"};
    }
    CHECK(report_warnings(report).at(0).text == "None of 10 planned runs can be analysed.");
    CHECK(report_warnings({}).at(0).text == "There is no run to report.");
}

TEST_CASE("warnings of several groups name the group", "[report]") {
    const Report report = test::sample_report();
    const auto warnings = report_warnings(report);
    CHECK_THAT(warnings.at(1).text, Catch::Contains("digits/mlp: "));
    CHECK_FALSE(warning_with(report, std::string(test::kHostileRepository)).text.empty());
}

TEST_CASE("every effect, check and permutation is in the list of tests", "[report]") {
    const Report report = test::sample_report();
    const std::vector<TestMade> tests = list_tests(report.groups);
    const auto count = [&](const std::string& name) {
        return std::count_if(tests.begin(), tests.end(),
                             [&](const TestMade& test) { return test.name.find(name) != std::string::npos; });
    };
    CHECK(count("t test") == 26); // 25 effects and a background
    CHECK(count("Breusch-Pagan") == 5);
    CHECK(count("Spearman") == 15);
    CHECK(count("permutation test of the") == 4); // two drifts, a temperature, control runs
    CHECK(count("least squares") == 2);
    CHECK(tests[0].subject == "energy: epochs x2");
    CHECK_THAT(tests[0].result, Catch::Contains("x1.93 [1.88, 1.98], p < 0.001 by Holm"));
    const auto missing = std::find_if(tests.begin(), tests.end(), [](const TestMade& test) { return !test.p; });
    REQUIRE(missing != tests.end());
    CHECK_THAT(missing->result, Catch::Contains("not made: "));
}

TEST_CASE("the methods name what was done and nothing else", "[report]") {
    Report report = test::sample_report();
    const std::string methods = describe_methods(report);
    for (const char* part :
         {"33 of 40 planned runs of digits/mlp on AMD EPYC 7713 64-Core Processor, NVIDIA A100-SXM4-80GB were analysed "
          "(1 not run, 2 failed, 1 without metrics, 1 without usable energy, 2 flagged).",
          "epochs (logarithm), learning_rate (logarithm), dropout (zero or not, and the logarithm) and optimizer "
          "(contrasts with sgd)",
          "over all 25 terms", "ln energy, ln duration, ln power, logit accuracy and loss", "Shapley values",
          "No energy was measured; the cost of a run is its duration.", "3 control runs", "Carbon and cost"}) {
        CHECK_THAT(methods, Catch::Contains(part));
    }
    CHECK(methods.find("two-way interactions") == std::string::npos);
    report.groups.resize(1);
    report.groups[0].analyses = {};
    report.carbon.reset();
    const std::string bare = describe_methods(report);
    CHECK(bare.find("Shapley") == std::string::npos);
    CHECK(bare.find("Pareto") == std::string::npos);
    CHECK(bare.find("Carbon") == std::string::npos);
}

} // namespace mutation::report
