#include "catch.hpp"

#include "mutation/core/error.hpp"
#include "mutation/system/unique_fd.hpp"
#include "mutation/trainlog/log_metrics.hpp"
#include "support/temporary_folder.hpp"

#include <chrono>
#include <cmath>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

using namespace mutation;
using trainlog::LogFindings;
using trainlog::LogReader;

namespace {

config::Metric metric(const std::string& pattern) {
    return {"m", pattern, std::nullopt};
}

LogFindings read(const std::string& pattern, std::string_view log, std::size_t block = LogReader::kBlockBytes) {
    return LogReader({metric(pattern)}, {}, {}, block).read_text(log);
}

/// The metric's value; -1 where it is null, -2 where nothing matched.
double value(const LogFindings& findings) {
    const auto found = findings.metrics.find("m");
    return found == findings.metrics.end() ? -2 : found->second.value_or(-1);
}

bool says(const LogFindings& findings, const std::string& part) {
    for (const std::string& remark : findings.remarks) {
        if (remark.find(part) != std::string::npos) {
            return true;
        }
    }
    return false;
}

std::string filler(std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) {
        text += "step " + std::to_string(text.size()) + " loss is falling\n";
    }
    return text;
}

struct LogFile {
    explicit LogFile(const std::string& content) { test::write_text(path(), content); }
    [[nodiscard]] std::filesystem::path path() const { return folder.path() / "training.log"; }

    test::TemporaryFolder folder;
};

constexpr const char* kAccuracy = R"((?m)^acc=([0-9.]+))";

/// `acc=0.25\nacc=0.5\n`, compressed.
const std::string kGzip("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x4b\x4c\x4e\xb6\x35\xd0\x33\x32\xe5\x4a"
                        "\x04\x33\x4c\xb9\x00\x7b\xd4\x13\x0e\x11\x00\x00\x00",
                        33);

} // namespace

TEST_CASE("the last match of a metric counts") {
    CHECK(value(read(kAccuracy, "acc=0.1\nacc=0.2\n")) == 0.2);
    CHECK(value(read(kAccuracy, "nothing here\n")) == -2);
    CHECK(value(read(kAccuracy, "")) == -2);
}

TEST_CASE("a metric may follow a progress bar that ends with a carriage return") {
    CHECK(value(read(kAccuracy, " 10%|#  |\r 100%|###|\racc=0.7\r\n")) == 0.7);
    CHECK(value(read(R"((?m)^acc=(\S+)$)", "acc=0.7\r\nend\r\n")) == 0.7);
}

TEST_CASE("colours and titles inside a metric line are ignored") {
    CHECK(value(read(kAccuracy, "\x1b[1;32macc=\x1b[0m0.\x1b[4m7\x1b[0m\n")) == 0.7);
    CHECK(value(read(kAccuracy, "\x1b]0;title\x07"
                                "acc=0.7")) == 0.7);
    CHECK(value(read(kAccuracy, "\x1b]8;;http://x\x1b\\acc=0.7")) == 0.7);
    CHECK(value(read(kAccuracy, "\x1b(B\x1b[A\x1b[2Kacc=0.7")) == 0.7);
    CHECK(value(read(kAccuracy, "\x1b]title that never ends\nacc=0.7")) == 0.7);
}

TEST_CASE("zero bytes are ignored") {
    CHECK(value(read(kAccuracy, std::string_view("\0\0acc=0.7\0\n", 11))) == 0.7);
    CHECK(value(read(kAccuracy, std::string_view("acc=0.9\0005\n", 10))) == 0.9);
}

TEST_CASE("the last line needs no newline") {
    CHECK(value(read(kAccuracy, "x\nacc=0.75")) == 0.75);
}

TEST_CASE("a pattern may span lines") {
    CHECK(value(read(R"(Test block\s+accuracy:\s+([0-9.]+))", "Test block\r\n  accuracy:\r\n 0.8\n")) == 0.8);
}

TEST_CASE("bytes that are not UTF-8 are ignored") {
    const LogFindings findings = read(kAccuracy, "\xff\xfe\nacc=0.7\n\xe6\xb5 end \x80");
    CHECK(value(findings) == 0.7);
    CHECK(findings.last_line == "\xEF\xBF\xBD\xEF\xBF\xBD end \xEF\xBF\xBD");
}

TEST_CASE("the last match decides whether there is a value") {
    CHECK(value(read(R"(a=(\d+))", "a=1/2\na=7")) == 7);
    CHECK(read(R"(a=(\d+))", "a=1/2\na=7").remarks.empty());
    CHECK(value(read(R"(a=(\d+))", "a=7\na=1/2")) == -1);
}

TEST_CASE("text that is not a finite number is not a value") {
    CHECK(value(read(R"(a=(\S+))", "a=nan")) == -1);
    CHECK(value(read(R"(a=(\S+))", "a=inf")) == -1);
    CHECK(value(read(R"(a=(\S+))", "a=-1e-05")) == -1e-05);
    CHECK(says(read(R"(a=(\S+))", "a=good"), "'good' is no number"));
    CHECK(says(read(R"(a=(\S+))", "a=1.2.3"), "'1.2.3' is no number"));
    CHECK(value(read(R"(a=(\d)?x)", "a=x")) == -1);
}

TEST_CASE("a match is found at any block border") {
    const std::string before = filler(200'000);
    const std::string log = before + "acc=0.125\r\n" + filler(100'000);
    for (std::size_t block = 4'000; block < 4'016; ++block) {
        CHECK(value(read(kAccuracy, log, block)) == 0.125);
    }
}

TEST_CASE("a line begins at a newline, not at a block border") {
    CHECK(value(read(R"(^acc=([0-9.]+))", filler(100'000) + "acc=0.5\n" + filler(90'000), 1000)) == -2);
    std::string dense;
    while (dense.size() < 200'000) {
        dense += "xacc=0.5";
    }
    CHECK(value(read(kAccuracy, dense, 1001)) == -2);
    CHECK(value(read(R"((?<![a-z])acc=([0-9.]+))", dense, 1001)) == -2);
    CHECK(value(read(R"(5$)", dense + "\nend", 1001)) == -2);
}

TEST_CASE("escape sequences and line ends may be split at any block border") {
    std::string log = filler(70'000);
    for (int i = 0; i < 300; ++i) {
        log += "bar\r\x1b[1;31macc=\x1b]0;t\x1b\\0." + std::to_string(i + 100) + "\x1b[0m\r\n";
    }
    for (std::size_t block : {1000U, 1001U, 1013U}) {
        CHECK(value(read(R"((?m)^acc=([0-9.]+)$)", log, block)) == 0.399);
    }
}

TEST_CASE("a match that could continue waits for more text") {
    // Each window would end within this number if matches near its end were not left to the next one.
    const std::string log = filler(150'000) + "acc=0." + std::string(1000, '3') + "\n" + filler(70'000);
    CHECK(value(read(kAccuracy, log, 500)) == Approx(1.0 / 3));
}

TEST_CASE("a pattern with catastrophic backtracking is stopped and named, and later lines count") {
    const std::string hostile = std::string(50, 'a') + "!\n";
    const LogFindings findings = read(R"((?m)^(?:(?:a+)+$|acc=([0-9.]+)))", hostile + "acc=0.5\n");
    CHECK(value(findings) == 0.5);
    CHECK(says(findings, "took too long"));

    std::string many;
    for (int i = 0; i < 40; ++i) {
        many += hostile;
    }
    const auto start = std::chrono::steady_clock::now();
    CHECK(says(read(R"((?m)^(a+)+$)", many), "not tried any further"));
    const std::string one_line = std::string(3'000'000, 'a') + "!\nacc=0.5\n";
    CHECK(value(read(R"((?m)(?:(?:a+)+$|acc=([0-9.]+)))", one_line)) == 0.5);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
}

TEST_CASE("a match before its pattern was given up does not count as the last one") {
    std::string text = "acc=0.125\n";
    for (int line = 0; line < 40; ++line) {
        text += std::string(64, 'x') + "\n";
    }
    const trainlog::LogFindings findings = read("(?:(?:x|x)*)*z|acc=([0-9.]+)", text + "acc=0.75\n");
    CHECK(says(findings, "last match is not known"));
    REQUIRE(findings.metrics.size() == 1);
    CHECK_FALSE(findings.metrics.begin()->second);
}

TEST_CASE("a match longer than 64 KiB does not count") {
    const LogFindings findings = read(R"((?s)begin.*acc=([0-9.]+))", "begin\n" + filler(70'000) + "acc=0.5\n");
    CHECK(value(findings) == -2);
    CHECK(findings.remarks.empty()); // as for any pattern, the two ends simply lie too far apart
    CHECK(value(read(R"((?s)begin.*acc=([0-9.]+))", "begin\n" + filler(60'000) + "acc=0.5\n")) == 0.5);
}

TEST_CASE("an empty match ends") {
    CHECK(value(read("x*", "abc")) == -1);
}

TEST_CASE("each failure pattern gives its first match, in the patterns' order") {
    const LogReader reader({}, {}, {"CUDA out of memory", R"((?m)^Error during.*)", "absent"});
    const LogFindings findings = reader.read_text("Error during A\nError during B\nCUDA out of memory\n");
    const LogReader remarking({}, {}, {"never"}, LogReader::kBlockBytes, {"(?m)^SMOKE .*$"});
    const LogFindings remarked = remarking.read_text("SMOKE data: made up\nSMOKE weights: none\n");
    CHECK(remarked.remarks == std::vector<std::string>{"SMOKE data: made up"});
    CHECK(remarked.failure_matches.empty());
    REQUIRE(findings.failure_matches.size() == 2);
    CHECK(findings.failure_matches[0] == "CUDA out of memory");
    CHECK(findings.failure_matches[1] == "Error during A");
    CHECK(LogReader({}, {}, {"x+"}).read_text(std::string(1000, 'x')).failure_matches[0].size() == 203);
}

TEST_CASE("if success patterns are defined, one of them must match") {
    CHECK(LogReader({}, {}, {}).read_text("").has_success_match);
    CHECK(LogReader({}, {"a", "b"}, {}).read_text("only b").has_success_match);
    CHECK_FALSE(LogReader({}, {"a", "b"}, {}).read_text("c").has_success_match);
}

TEST_CASE("the last line that is not blank is kept, cleaned and cut") {
    CHECK(read("x", "first\n\x1b[31msecond\x1b[0m\n \n\t\n").last_line == "second");
    CHECK(read("x", "first\n  25%|##\r  50%|####").last_line == "50%|####");
    CHECK(read("x", "").last_line.empty());
    CHECK(read("x", std::string(3000, 'x')).last_line.size() == 503);
    CHECK(read("x", filler(300'000) + "end\n" + std::string(100'000, '\n'), 1000).last_line == "end");
    CHECK(read("x", filler(300'000) + "the end" + std::string(100'000, '.'), 1000).last_line.rfind("the end...", 0) ==
          0);
}

TEST_CASE("a log is read from a file, plain or compressed") {
    const LogReader reader({metric(kAccuracy)}, {}, {});
    CHECK(value(reader.read_file(LogFile("acc=0.25\nacc=0.5").path())) == 0.5);
    CHECK(value(reader.read_file(LogFile(kGzip).path())) == 0.5);
    CHECK(value(reader.read_file(LogFile("").path())) == -2);
    CHECK_THROWS_AS(reader.read_file("/nonexistent/training.log"), Error);
    CHECK_THROWS_AS(reader.read_file(std::filesystem::temp_directory_path()), Error);
}

TEST_CASE("a cut-off compressed log is read up to its end") {
    const LogReader reader({metric(kAccuracy)}, {}, {});
    const LogFindings findings = reader.read_file(LogFile(kGzip.substr(0, kGzip.size() - 9)).path());
    CHECK(value(findings) == 0.5);
    CHECK(says(findings, "is cut off"));
}

TEST_CASE("a pattern that cannot be compiled names its metric") {
    try {
        const LogReader reader({metric("(")}, {}, {});
        FAIL("no error");
    } catch (const Error& error) {
        CHECK(error.message().rfind("m: pattern '('", 0) == 0);
    }
}

TEST_CASE("a removed log is read through its descriptor, also with a hole") {
    const test::TemporaryFolder folder;
    const std::filesystem::path file = folder.path() / "log";
    test::write_text(file, "acc=0.25\n");
    const system::UniqueFd fd(::open(file.c_str(), O_RDWR | O_APPEND | O_CLOEXEC));
    std::filesystem::remove(file);
    const LogReader reader({metric(kAccuracy)}, {}, {});
    CHECK(value(reader.read_descriptor(fd.get(), "log")) == 0.25);
    constexpr off_t kHole = off_t{10} << 30U;
    REQUIRE(::ftruncate(fd.get(), kHole) == 0);
    CHECK(value(reader.read_descriptor(fd.get(), "log")) == 0.25);
    REQUIRE(::write(fd.get(), "\nacc=0.5\n", 9) == 9);
    const LogFindings findings = reader.read_descriptor(fd.get(), "log");
    CHECK(value(findings) == 0.5);
    CHECK(findings.last_line == "acc=0.5");
    CHECK(findings.remarks.empty());
}

TEST_CASE("only the end of a log that is too long is read, with a remark") {
    const LogFile file("acc=0.25\n" + filler(100'000) + "acc=0.5\n");
    const system::UniqueFd fd(::open(file.path().c_str(), O_RDONLY | O_CLOEXEC));
    const LogReader reader({metric(kAccuracy), {"first", "acc=(0.25)", std::nullopt}}, {}, {});
    const LogFindings findings = reader.read_descriptor(fd.get(), "log", {20'000, {}});
    CHECK(value(findings) == 0.5);
    CHECK(findings.metrics.count("first") == 0);
    CHECK(says(findings, "only its last 20000 bytes were read"));
}

TEST_CASE("reading a log can be interrupted between two blocks, with a remark") {
    const LogFile file(filler(400'000));
    const system::UniqueFd fd(::open(file.path().c_str(), O_RDONLY | O_CLOEXEC));
    const LogReader reader({metric(kAccuracy)}, {}, {}, 1024);
    int asked = 0;
    trainlog::LogLimits limits;
    limits.is_called_off = [&asked] { return ++asked == 3; };
    CHECK(reader.read_descriptor(fd.get(), "log", limits).was_called_off);
    CHECK(asked == 3);
    limits.is_called_off = [] { return false; };
    CHECK_FALSE(reader.read_descriptor(fd.get(), "log", limits).was_called_off);
}

TEST_CASE("a log that is a link, a pipe or a folder is refused at once") {
    const test::TemporaryFolder folder;
    test::write_text(folder.path() / "file", "acc=0.5\n");
    std::filesystem::create_symlink(folder.path() / "file", folder.path() / "link");
    std::filesystem::create_directory(folder.path() / "folder");
    REQUIRE(::mkfifo((folder.path() / "pipe").c_str(), 0644) == 0);
    const LogReader reader({metric(kAccuracy)}, {}, {});
    for (const auto& [name, words] : {std::pair("link", "it is a link"), std::pair("folder", "not a regular file"),
                                      std::pair("pipe", "not a regular file"), std::pair("nothing", "No such file")}) {
        INFO(name);
        CHECK_THROWS_WITH(reader.read_file(folder.path() / name), Catch::Contains(words));
    }
}
