#include "mutation/measure/log_metrics.hpp"

#include "log_scanner.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"

#include <cerrno>
#include <cmath>
#include <cstring>
#include <utility>
#include <zlib.h>

namespace mutation::measure {

namespace {

constexpr unsigned kReadBytes = 256U << 10U;

struct CloseGzip {
    void operator()(gzFile_s* file) const { gzclose(file); }
};
using GzipFile = std::unique_ptr<gzFile_s, CloseGzip>;

[[noreturn]] void throw_unreadable(const std::filesystem::path& file, const std::string& reason) {
    throw Error(ErrorKind::storage, file.string() + ": the log cannot be read: " + reason);
}

/// zlib hands a file that is not compressed through as it is.
GzipFile open_log(const std::filesystem::path& file) {
    errno = 0;
    GzipFile opened(gzopen(file.c_str(), "rbe"));
    if (!opened) {
        throw_unreadable(file, errno == 0 ? "out of memory" : std::strerror(errno));
    }
    gzbuffer(opened.get(), kReadBytes);
    return opened;
}

void read_pieces(const std::filesystem::path& file, LogScanner& scanner) {
    const GzipFile log = open_log(file);
    std::string piece(kReadBytes, '\0');
    int count = 0;
    while ((count = gzread(log.get(), piece.data(), kReadBytes)) > 0) {
        scanner.feed(std::string_view(piece).substr(0, static_cast<std::size_t>(count)));
    }
    int status = Z_OK;
    const std::string message = gzerror(log.get(), &status);
    if (count < 0 || (status != Z_OK && status != Z_STREAM_END)) {
        throw_unreadable(file,
                         status == Z_ERRNO ? std::strerror(errno) : "its compressed data are damaged: " + message);
    }
}

std::string in_quotes(std::string_view text) {
    return "\"" + std::string(text) + "\"";
}

/// The value of a metric that matched, or none and the reason.
std::optional<double> read_value(const std::string& name, const PatternTally& tally,
                                 std::vector<std::string>& remarks) {
    if (tally.is_cut) {
        remarks.push_back("metric " + in_quotes(name) + ": " + in_quotes(tally.group) + " is only a part of " +
                          in_quotes(tally.surrounding) + "; its pattern must take the whole number");
        return std::nullopt;
    }
    const std::optional<double> value = parse_double(tally.group);
    if (!value) {
        remarks.push_back("metric " + in_quotes(name) + ": " + in_quotes(first_characters(tally.group, 80)) +
                          " is no number; its pattern's group must hold the number alone");
        return std::nullopt;
    }
    if (!std::isfinite(*value)) {
        remarks.push_back("metric " + in_quotes(name) + ": the training printed " + in_quotes(tally.group));
        return std::nullopt;
    }
    return value;
}

std::string describe_limit(const std::string& what, const PatternTally& tally) {
    const std::string places = tally.limit_hits == 1 ? "1 place" : std::to_string(tally.limit_hits) + " places";
    return what + ": the pattern " + in_quotes(first_characters(tally.pattern->source(), 80)) +
           " takes too long on this log: " + places + " left out" + (tally.is_given_up() ? ", then given up" : "") +
           "; make it simpler";
}

} // namespace

struct LogReader::Patterns {
    std::size_t block_bytes = 0;
    std::vector<std::pair<std::string, Pattern>> metrics;
    std::vector<Pattern> successes;
    std::vector<Pattern> failures;

    [[nodiscard]] std::vector<PatternTally> start() const {
        std::vector<PatternTally> tallies;
        const auto add = [&tallies](const Pattern& pattern, bool stops_at_first) {
            tallies.emplace_back().pattern = &pattern;
            tallies.back().stops_at_first = stops_at_first;
        };
        for (const auto& [name, pattern] : metrics) {
            add(pattern, false);
        }
        for (const Pattern& pattern : successes) {
            add(pattern, true);
        }
        for (const Pattern& pattern : failures) {
            add(pattern, true);
        }
        return tallies;
    }

    [[nodiscard]] LogFindings conclude(const std::vector<PatternTally>& tallies) const {
        LogFindings findings;
        findings.has_success_match = successes.empty();
        for (std::size_t i = 0; i < tallies.size(); ++i) {
            const PatternTally& tally = tallies[i];
            std::string what = i < metrics.size() + successes.size() ? "a success pattern" : "a failure pattern";
            if (i < metrics.size()) {
                const std::string& name = metrics[i].first;
                what = "metric " + in_quotes(name);
                if (tally.has_match && tally.is_given_up()) {
                    findings.metrics[name] = std::nullopt; // whether that match is the last one is not known
                } else if (tally.has_match) {
                    findings.metrics[name] = read_value(name, tally, findings.remarks);
                }
            } else if (tally.has_match && i < metrics.size() + successes.size()) {
                findings.has_success_match = true;
            } else if (tally.has_match) {
                findings.failure_matches.push_back(tally.match_text);
            }
            if (tally.limit_hits > 0) {
                findings.remarks.push_back(describe_limit(what, tally));
            }
        }
        return findings;
    }
};

LogReader::LogReader(const std::vector<config::Metric>& metrics, const std::vector<std::string>& success_patterns,
                     const std::vector<std::string>& failure_patterns, std::size_t block_bytes)
    : patterns_(std::make_unique<Patterns>()) {
    patterns_->block_bytes = block_bytes;
    for (const config::Metric& metric : metrics) {
        patterns_->metrics.emplace_back(metric.name, Pattern(metric.pattern));
    }
    for (const std::string& pattern : success_patterns) {
        patterns_->successes.emplace_back(pattern);
    }
    for (const std::string& pattern : failure_patterns) {
        patterns_->failures.emplace_back(pattern);
    }
}

LogReader::LogReader(LogReader&&) noexcept = default;
LogReader& LogReader::operator=(LogReader&&) noexcept = default;
LogReader::~LogReader() = default;

LogFindings LogReader::read_file(const std::filesystem::path& file) const {
    std::vector<PatternTally> tallies = patterns_->start();
    LogScanner scanner(tallies, patterns_->block_bytes);
    read_pieces(file, scanner);
    scanner.finish();
    LogFindings findings = patterns_->conclude(tallies);
    findings.last_line = scanner.last_line();
    return findings;
}

LogFindings LogReader::read_text(std::string_view text) const {
    std::vector<PatternTally> tallies = patterns_->start();
    LogScanner scanner(tallies, patterns_->block_bytes);
    scanner.feed(text);
    scanner.finish();
    LogFindings findings = patterns_->conclude(tallies);
    findings.last_line = scanner.last_line();
    return findings;
}

} // namespace mutation::measure
