#include "catch.hpp"

#include "mutation/core/error.hpp"
#include "mutation/measure/log_metrics.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>
#include <zlib.h>

using namespace mutation;
using measure::LogFindings;
using measure::LogReader;

namespace {

/// Tries every way to split a row of x before it fails.
constexpr const char* kHostilePattern = "(?:(?:x|x)*)*y|value ([0-9])";

std::string hostile_line() {
    return std::string(64, 'x') + "\n";
}

LogFindings read(const std::string& text, const std::string& pattern,
                 std::size_t block_bytes = LogReader::kBlockBytes) {
    return LogReader({{"accuracy", pattern, {}}}, {}, {}, block_bytes).read_text(text);
}

std::optional<double> accuracy_of(const std::string& text, const std::string& pattern = "accuracy[:=\\s]+([0-9.]+)") {
    const LogFindings findings = read(text, pattern);
    const auto found = findings.metrics.find("accuracy");
    REQUIRE(found != findings.metrics.end());
    return found->second;
}

/// A file that is gone when the test is.
class TemporaryFile {
public:
    TemporaryFile() : path_(std::filesystem::temp_directory_path() / ("log_metrics_" + std::to_string(getpid()))) {}
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() { std::filesystem::remove(path_); }

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    void write(const std::string& text) const { std::ofstream(path_, std::ios::binary) << text; }
    void write_compressed(const std::string& text) const {
        const gzFile file = gzopen(path_.c_str(), "wb");
        REQUIRE(gzwrite(file, text.data(), static_cast<unsigned>(text.size())) == static_cast<int>(text.size()));
        REQUIRE(gzclose(file) == Z_OK);
    }

private:
    std::filesystem::path path_;
};

} // namespace

TEST_CASE("The last match of a metric counts") {
    CHECK(accuracy_of("accuracy: 0.5\naccuracy: 0.75\nend\n") == 0.75);
    CHECK(read("nothing\n", "accuracy ([0-9.]+)").metrics.empty());
}

TEST_CASE("A metric is found behind a progress bar that ends in a carriage return") {
    CHECK(accuracy_of("\r 10%|#\r100%|##\raccuracy 0.9\r", "(?m)^accuracy ([0-9.]+)$") == 0.9);
    CHECK(accuracy_of("a\r\naccuracy 0.9\r\n", "(?m)^a\naccuracy ([0-9.]+)$") == 0.9);
}

TEST_CASE("Colours inside a number do not hide it") {
    CHECK(accuracy_of("\x1b[1macc\x1b[0muracy: \x1b[0;34m0.\x1b[32m25\x1b[0m\n") == 0.25);
    CHECK(accuracy_of("\x1b]0;title accuracy 0.1\x07"
                      "accuracy 0.2\x1b]0;x\x1b\\\x1b(B\n") == 0.2);
}

TEST_CASE("A cut escape sequence swallows its line at most") {
    CHECK(accuracy_of("\x1b]0;never ended\naccuracy 0.4\n") == 0.4);
    CHECK(accuracy_of("\x1b[3\naccuracy 0.4\n\x1b") == 0.4);
}

TEST_CASE("An escape sequence may be cut between two reads") {
    for (std::size_t padding = 65520; padding < 65550; ++padding) {
        CHECK(accuracy_of(std::string(padding, 'x') + "\naccuracy \x1b[0;34m0.5\x1b[0m\r\n") == 0.5);
    }
}

TEST_CASE("The last line may lack its newline") {
    CHECK(accuracy_of("accuracy 0.5\naccuracy 0.625") == 0.625);
    CHECK(read("first\n  the \x1b[31mlast\x1b[0m line \r\n \n", "x(y)").last_line == "the last line");
    CHECK(read("first\nlast", "x(y)").last_line == "last");
    CHECK(read(std::string(3000, 'x') + "\n", "x(y)").last_line == std::string(500, 'x'));
    CHECK(read("", "x(y)").last_line.empty());
}

TEST_CASE("A pattern may span lines") {
    CHECK(accuracy_of("accuracy:\n\n  0.5\n") == 0.5);
}

TEST_CASE("A match across the border of blocks is found once, whole") {
    const std::string line = "noise noise noise\n";
    for (std::size_t block : {std::size_t{1000}, std::size_t{4096}, std::size_t{70001}}) {
        std::string text;
        while (text.size() < 300000) {
            text += line;
        }
        text += "accuracy\n" + std::string(60000, ' ') + "0.125\n";
        for (int i = 0; i < 20000; ++i) {
            text += line;
        }
        const LogFindings findings = read(text, "accuracy\\s+([0-9.]+)", block);
        REQUIRE(findings.metrics.count("accuracy") == 1);
        CHECK(findings.metrics.at("accuracy") == 0.125);
        CHECK(findings.last_line == "noise noise noise");
    }
}

TEST_CASE("What stands before a block is seen by anchors and lookbehind") {
    std::string text(200000, 'x');
    text += "accuracy 0.5 ";
    text += std::string(200000, 'x');
    CHECK(read(text, "(?m)^accuracy ([0-9.]+)", 1000).metrics.empty());
    CHECK(read(text, "(?<=xxx)accuracy ([0-9.]+)", 1000).metrics.count("accuracy") == 1);
    CHECK(read(text, "\\A(x)accuracy", 1000).metrics.empty());
    CHECK(read(text, "\\A(x)", 1000).metrics.count("accuracy") == 1);
}

TEST_CASE("A group that ends inside a number is no value, and that is said") {
    for (const char* number : {"4552/5000", "12,345", "95.5", "1e-05", "12345", "7E+3", "3e8"}) {
        const LogFindings findings = read(std::string("accuracy ") + number + "\n", "accuracy (\\d)"
                                                                                    "(?:552|2|5|)");
        INFO(number);
        REQUIRE(findings.metrics.count("accuracy") == 1);
        CHECK_FALSE(findings.metrics.at("accuracy"));
        REQUIRE(findings.remarks.size() == 1);
        CHECK(findings.remarks[0].find("accuracy") != std::string::npos);
        CHECK(findings.remarks[0].find(number) != std::string::npos);
    }
    CHECK(accuracy_of("accuracy 4552/5000\naccuracy 0.5\n") == 0.5);
    CHECK(accuracy_of("accuracy 95, 3 of 4", "accuracy ([0-9]+)") == 95);
    CHECK(accuracy_of("accuracy 95%") == 95);
    CHECK(accuracy_of("accuracy 95 epochs", "accuracy ([0-9]+)") == 95);
    CHECK(accuracy_of("accuracy 95em", "accuracy ([0-9]+)") == 95);
}

TEST_CASE("What is no finite number is no value") {
    for (const char* text : {"accuracy nan", "accuracy -inf", "accuracy 1.2.3", "accuracy none"}) {
        const LogFindings findings = read(text, "accuracy (\\S+)");
        CHECK_FALSE(findings.metrics.at("accuracy"));
        CHECK(findings.remarks.size() == 1);
    }
}

TEST_CASE("A pattern that hits its limit goes on at the next line, and that is said") {
    const LogFindings findings = read(hostile_line() + "value 3\n", kHostilePattern);
    REQUIRE(findings.metrics.count("accuracy") == 1);
    CHECK(findings.metrics.at("accuracy") == 3);
    REQUIRE(findings.remarks.size() == 1);
    CHECK(findings.remarks[0].find("takes too long") != std::string::npos);
}

TEST_CASE("A pattern that hits its limit again and again is given up and harms no other") {
    const LogReader reader({{"bad", kHostilePattern, {}}, {"accuracy", "accuracy ([0-9.]+)", {}}}, {}, {});
    std::string text = "value 3\n";
    for (int i = 0; i < 100; ++i) {
        text += hostile_line() + "accuracy 0.5\n";
    }
    const LogFindings findings = reader.read_text(text);
    CHECK(findings.metrics.at("accuracy") == 0.5);
    CHECK_FALSE(findings.metrics.at("bad")); // what follows the last match was not looked at
    REQUIRE(findings.remarks.size() == 1);
    CHECK(findings.remarks[0].find("given up") != std::string::npos);
}

TEST_CASE("Bytes that are no UTF-8, and NUL, harm nothing") {
    const std::string text = std::string("\xff\xfe\0 accuracy", 12) + ": 0.5 \xc3\n\xe4\xb8 accuracy: 0.75\n\xf0";
    CHECK(accuracy_of(text) == 0.75);
}

TEST_CASE("Success and failure patterns report what they met") {
    const LogReader reader({}, {"done", "finished"}, {"out of memory", "\\bnan\\b", "E{300}"});
    const LogFindings good = reader.read_text("finished\n");
    CHECK(good.has_success_match);
    CHECK(good.failure_matches.empty());
    const LogFindings bad = reader.read_text("CUDA out of memory\nout of memory\n" + std::string(300, 'E'));
    CHECK_FALSE(bad.has_success_match);
    CHECK(bad.failure_matches == std::vector<std::string>{"out of memory", std::string(200, 'E')});
    CHECK(LogReader({}, {}, {}).read_text("").has_success_match);
}

TEST_CASE("A log is read plain and compressed") {
    const TemporaryFile file;
    std::string text(3000000, '.');
    text += "\naccuracy 0.5\n";
    const LogReader reader({{"accuracy", "accuracy ([0-9.]+)", {}}}, {}, {});
    file.write(text);
    CHECK(reader.read_file(file.path()).metrics.at("accuracy") == 0.5);
    file.write_compressed(text);
    CHECK(reader.read_file(file.path()).metrics.at("accuracy") == 0.5);
    file.write("");
    CHECK(reader.read_file(file.path()).last_line.empty());
}

TEST_CASE("A log that is not there or is damaged is an error of storage") {
    const LogReader reader({}, {}, {});
    const TemporaryFile file;
    CHECK_THROWS_AS(reader.read_file(file.path()), Error);
    file.write_compressed(std::string(100000, 'x'));
    std::filesystem::resize_file(file.path(), 60);
    CHECK_THROWS_AS(reader.read_file(file.path()), Error);
}
