#include "catch.hpp"

#include "mutation/trainlog/log_metrics.hpp"

#include <algorithm>

using namespace mutation;
using trainlog::LogFindings;
using trainlog::LogReader;

namespace {

LogFindings read_number(const std::string& pattern, const std::string& log) {
    return LogReader({{"m", pattern, std::nullopt}}, {}, {}).read_text(log);
}

/// The metric's value; -1 if it is null, -2 if nothing matched.
double number_in(const LogFindings& findings) {
    const auto found = findings.metrics.find("m");
    return found == findings.metrics.end() ? -2 : found->second.value_or(-1);
}

double number_after_label(const std::string& text) {
    return number_in(read_number("acc: ([0-9.]+)", "acc: " + text + "\n"));
}

} // namespace

TEST_CASE("a number that continues after the group is not a value") {
    for (const char* text : {
             "0,95", // decimal comma
             "12,34",
             "1,00,000", // India
             "1.234,56", // thousands with dots
             "1'000",
             "1\xe2\x80\x99"
             "000",       // Switzerland
             "1_000_000", // Python, Rust
             "1\xc2\xa0"
             "000", // no-break space
             "1\xe2\x80\xaf"
             "000", // narrow no-break space
             "1\xe2\x80\x89"
             "000,5", // thin space
             "1 000 000",
             "1 234,56",
             "12 345",
             "0\xd9\xab"
             "95", // Arabic decimal separator
             "1\xd9\xac"
             "000", // Arabic thousands separator
             "0\xc2\xb7"
             "95", // middle dot
             "0:04:47.43",
             "4:47",
             "1h 23m 4s",
             "0m4.743s",
             "4m47s",
             "1 day, 2:03:04",
             "2 days, 2:03:04",
             "1-02:03:04", // Slurm
             "4580/5000",
             "4580 / 5000",
             "4580/ 5000",
             "4580 /5000",
             "7.5 / 10",
             "0.93 / 1.00",
             "4580.0 / 5000.0",
             "4580\xe2\x81\x84"
             "5000", // fraction slash
             "9.3e-05",
             "9.3E5",
             "9.3e\xe2\x88\x92"
             "05",
             "9.3d-05",
             "9.3 x 10^-5",
             "9.3\xc3\x97"
             "10\xe2\x81\xbb\xe2\x81\xb5",
             "9.3*10**-5",
             "2^10",
             "0x1F",
             "0\xd9\xa9", // an Arabic digit
         }) {
        INFO(text);
        const LogFindings findings = read_number("acc: ([0-9.]+)", std::string("acc: ") + text + "\n");
        CHECK(number_in(findings) == -1);
        REQUIRE(findings.remarks.size() == 1);
        CHECK_THAT(findings.remarks[0], Catch::Contains("is only a part of the number in the line \"acc: "));
    }
}

TEST_CASE("a number followed by other text keeps its value") {
    for (const char* text : {"0.95, loss",
                             "0.95,",
                             "0.95.",
                             "0.95",
                             "0.95%",
                             "0.95 %",
                             "0.95 12:30:01",
                             "0.95 (0.93)",
                             "0.95 \xc2\xb1 0.01",
                             "0.95\xc2\xb1"
                             "0.01",
                             "0.95+/-0.01",
                             "0.95,0.97",
                             "0.95,0.97]",
                             "0.95, 0.97]",
                             "0.95,97",
                             "0.95;0.97",
                             "0.95|0.97",
                             "0.95\t0.97",
                             "0.95 0.97",
                             "0.95 123",
                             "0.95 / 0.97",
                             "0.95 at 10:20",
                             "0.95/epoch",
                             "0.95 / epoch",
                             "0.95'",
                             "0.95\"",
                             "0.95_best",
                             "0.95)",
                             "0.95}",
                             "0.95 x 3",
                             "0.95*",
                             "0.95:",
                             "0.95:12",
                             "0.95e",
                             "0.95 e5",
                             "0.95\xc2\xa0%",
                             "0.95->0.97",
                             "0.95-0.97",
                             "0.95.\n0.97",
                             "0.95\n/ 5000"}) {
        INFO(text);
        CHECK(number_after_label(text) == 0.95);
    }
    for (const char* text :
         {"7: done",   "7",      "7.",     "7,",      "7, 100", "7 12:30:01", "7 of 10", "7 100 0.93",
          "7 100/391", "7 1000", "7 12",   "7 s",     "7h",     "7 min",      "7 days",  "7 days, 3 hours",
          "7-fold",    "7x",     "7,0.95", "7 (2:30)"}) {
        INFO(text);
        CHECK(number_after_label(text) == 7);
    }
}

TEST_CASE("a number that begins before the group is not a value") {
    CHECK(number_in(read_number(R"(loss.*?([0-9.]+))", "loss: -0.5")) == -1);
    CHECK(number_in(read_number(R"(loss=-?([0-9.]+))", "loss=-0.5")) == -1);
    CHECK(number_in(read_number(R"(([0-9.]+)$)", "time 0:04:47.43")) == -1);
    CHECK(number_in(read_number(R"(top-([0-9]+))", "top-5")) == 5);
    CHECK(number_in(read_number(R"(- ([0-9.]+))", "acc - 0.95")) == 0.95);
    CHECK(number_in(read_number(R"(Rank@1:([0-9.]+))", "Rank@1:45.3")) == 45.3);
    CHECK(number_in(read_number(R"(\d+-([0-9]+))", "2024-05")) == 5);
    CHECK(number_in(read_number(R"(([0-9.]+)$)", "12:30:01 0.95")) == 0.95);
}

TEST_CASE("a number without its integer part, lost to a greedy pattern, is not a value") {
    CHECK(number_in(read_number(R"(acc:.*([0-9.]+))", "acc: 12.5")) == -1);
    for (const char* text : {"acc: 12.5", "acc: 0.5", "acc: 1e-5", "acc: 1e5", "acc: 1,5", "acc: .5", "acc: 1'005"}) {
        INFO(text);
        CHECK(number_in(read_number(R"(acc:.*(\d))", text)) == -1);
    }
    CHECK(number_in(read_number(R"(acc.*?(\d+\.\d+))", "acc: 12,345.67")) == -1);
    CHECK(number_in(read_number(R"(acc:.*?([0-9.]+))", "acc: 12.5")) == 12.5);
    CHECK(number_in(read_number(R"(acc, ([0-9.]+))", "acc, 12.5")) == 12.5);
    CHECK(number_in(read_number(R"(([0-9]+)$)", "a,b,7")) == 7);
    CHECK(number_in(read_number(R"(acc\. ([0-9.]+))", "acc. 12.5")) == 12.5);
}

TEST_CASE("a comma that the pattern has after its group separates columns") {
    CHECK(number_in(read_number(R"(loss,([0-9]+),)", "loss,7,9")) == 7);
    CHECK(number_in(read_number(R"(^\d+,([0-9.]+))", "3,0.95")) == 0.95);
    CHECK(number_in(read_number(R"(^3,([0-9]+))", "3,7,9")) == -1);
    CHECK(number_in(read_number(R"((?:a|b),acc=([0-9]+))", "b,acc=0,95")) == -1);
}

TEST_CASE("numbers in other notations are not values") {
    for (const char* text : {"12h30", "1\xc2\xbd", "10\xc2\xb2", "0b101", "0o17", "1.#J"}) {
        INFO(text);
        CHECK(number_after_label(text) == -1);
    }
}

TEST_CASE("blanks in the group do not hide that the number continues") {
    CHECK(number_in(read_number(R"(acc: ([^/]+))", "acc: 4580 / 5000")) == -1);
    CHECK(number_in(read_number(R"(acc: ([0-9. ]+))", "acc: 0.95 (best)")) == 0.95);
}
