#include "catch.hpp"

#include "../src/report/digest_text.hpp"
#include "made_group.hpp"
#include "mutation/core/text.hpp"
#include "mutation/report/digest.hpp"
#include "support/sample_report.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace mutation::report {
namespace {

std::vector<std::string> lines_of(const std::string& digest) {
    std::vector<std::string> lines;
    for (const std::string_view line : split(digest, '\n')) {
        lines.emplace_back(line);
    }
    REQUIRE(lines.back().empty());
    lines.pop_back();
    return lines;
}

Report one_group() {
    Report report = test::sample_report();
    report.groups.resize(1);
    report.warnings.clear();
    return report;
}

} // namespace

TEST_CASE("a digest says what drives energy, what is worth it and what can be seen", "[report]") {
    const std::vector<std::string> lines = lines_of(make_digest(one_group(), Charset::ascii));
    REQUIRE(lines.size() == 8);
    CHECK(lines[0] == "digits/mlp on AMD EPYC 7713 64-Core Processor, NVIDIA A100-SXM4-80GB");
    CHECK(lines[1] == "  Runs     33 of 40 analysed: 1 not run, 2 failed, 1 without metrics, 1 without");
    CHECK(lines[2] == "           usable energy, 2 flagged");
    CHECK(lines[3] == "  Effects  epochs x2 -> energy x1.93 [1.88, 1.98]");
    CHECK(lines[4] == "           optimizer adam against sgd -> energy x1.13 [1.10, 1.15]");
    CHECK(lines[5] == "           learning_rate x2 -> energy x1.008 [0.995, 1.021] (no clear effect)");
    CHECK(lines[6] == "  Quality  best accuracy 0.942 for 348 kJ; 0.941 for 301 kJ saves 13.5 %");
    CHECK(lines[7] == "  Noise    5 runs a side show a ratio of x1.030 or more (like runs: CV 1.44 %)");
}

TEST_CASE("a digest has at most 12 lines a group and 80 columns, with the warnings that fit", "[report]") {
    Report report = test::sample_report();
    for (const Charset charset : {Charset::ascii, Charset::utf8}) {
        const std::vector<std::string> lines = lines_of(make_digest(report, charset));
        CHECK(lines.size() <= 24);
        CHECK(lines.size() > 18);
        for (const std::string& line : lines) {
            INFO(line);
            CHECK(display_width(line) <= 80);
        }
        CHECK_THAT(lines.back(), Catch::Contains("more warnings are in the report"));
    }
    for (std::size_t i = 0; i < 30; ++i) {
        report.warnings.push_back({std::string(300, 'y') + " and more", "Do it.", "flow"});
    }
    report.groups.resize(1);
    CHECK(lines_of(make_digest(report, Charset::ascii)).size() <= 12);
}

TEST_CASE("a digest for ASCII has no other letters, and one for UTF-8 has them", "[report]") {
    const Report report = test::sample_report();
    const std::string ascii = make_digest(report, Charset::ascii);
    CHECK(std::all_of(ascii.begin(), ascii.end(),
                      [](char letter) { return letter == '\n' || (letter >= ' ' && letter <= '~'); }));
    const std::string utf8 = make_digest(report, Charset::utf8);
    CHECK(is_valid_utf8(utf8));
    CHECK_THAT(utf8, Catch::Contains("epochs ×2 → energy ×1.93 [1.88, 1.98]"));
    CHECK_THAT(utf8, Catch::Contains("模型"));
}

TEST_CASE("names cannot send commands to the terminal", "[report]") {
    Report report = one_group();
    report.groups[0].key.repository = "a\x1b[31mb\x9b\xff\nc\u202Ed";
    report.groups[0].analyses.effects[0].hyperparameter = "\x1b]0;title\x07";
    for (const Charset charset : {Charset::ascii, Charset::utf8}) {
        const std::string digest = make_digest(report, charset);
        CHECK(digest.find('\x1b') == std::string::npos);
        CHECK(digest.find('\x07') == std::string::npos);
        CHECK(is_valid_utf8(digest));
        CHECK_THAT(digest, Catch::Contains("a[31mb?? cd/mlp"));
    }
}

TEST_CASE("a group without energy says so in its first lines, and no warning repeats it", "[report]") {
    Report report = test::sample_report();
    report.groups.erase(report.groups.begin());
    const std::string digest = make_digest(report, Charset::utf8);
    CHECK_THAT(digest, Catch::Contains("  Energy   not measured: no sensor: this is a virtual machine"));
    CHECK(digest.find("No energy was measured") == std::string::npos);
    CHECK_THAT(digest, Catch::Contains("Effects  none: 6 runs"));
    CHECK_THAT(digest, Catch::Contains("Noise    unknown: no configuration was run twice"));
}

TEST_CASE("a report without runs has a digest with its warning", "[report]") {
    Report report;
    report.warnings = {{"There is no run to report.", "", "flow"}};
    CHECK(make_digest(report, Charset::ascii) == "  !        There is no run to report.\n");
    report.groups.emplace_back();
    report.groups[0].key.repository = "toy";
    CHECK_THAT(make_digest(report, Charset::ascii), Catch::Contains("0 of 0 analysed"));
}

TEST_CASE("text is cut and wrapped by columns, in which Chinese takes two", "[report]") {
    CHECK(display_width("模型 a") == 6);
    CHECK(cut_to_width("模型模型", 7) == "模型...");
    CHECK(cut_to_width("abcdef", 6) == "abcdef");
    CHECK(cut_to_width("abcdefg", 6) == "abc...");
    CHECK(wrap_words("one two three", 7) == std::vector<std::string>{"one two", "three"});
    CHECK(wrap_words("extraordinary", 8) == std::vector<std::string>{"extra..."});
    CHECK(printable("é\t\x80", Charset::ascii) == "? ?");
    CHECK(printable("é\t\x80", Charset::utf8) == "é ?");
}

} // namespace mutation::report
