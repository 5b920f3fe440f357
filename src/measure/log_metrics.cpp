#include "mutation/measure/log_metrics.hpp"

#include "log_cleaner.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/pattern.hpp"
#include "mutation/core/text.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

namespace mutation::measure {

namespace {

constexpr std::size_t kBlock = std::size_t{1} << 20U;
/// Text before the searched part that `^`, `\b` and lookbehind may look at.
constexpr std::size_t kContext = 4096;
/// A pattern that gave up so often is not tried any more.
constexpr int kMostGivenUp = 20;
constexpr std::size_t kMostFailureText = 200;
constexpr std::size_t kMostLastLine = 500;

std::string shorten(std::string_view text, std::size_t most) {
    text = trim(text);
    return text.size() <= most ? std::string(text) : std::string(text.substr(0, most)) + "...";
}

/// Whether what follows a captured number shows that it was cut out of a longer one: `4580/5000`, `1,234`, `0.5e-3`.
bool is_inside_number(std::string_view group, std::string_view after) {
    const auto is_digit = [&](std::size_t i) { return i < after.size() && after[i] >= '0' && after[i] <= '9'; };
    if (group.empty() || after.empty()) {
        return false;
    }
    const char next = after[0];
    if (is_digit(0)) {
        return true;
    }
    if (next == ',') {
        return is_digit(1) && is_digit(2) && is_digit(3);
    }
    if (next == '/' || next == '.') {
        return is_digit(1);
    }
    if (next == 'e' || next == 'E') {
        const std::size_t sign = after.size() > 1 && (after[1] == '+' || after[1] == '-') ? 1 : 0;
        return is_digit(1 + sign);
    }
    return false;
}

/// One metric's last match.
struct MetricFinding {
    bool has_match = false;
    std::optional<double> value;
    std::string remark;
};

/// A pattern with where it stands in the window.
struct Search {
    const Pattern* pattern = nullptr;
    std::size_t from = 0;
    int given_up = 0;
    bool is_done = false; ///< it need not be searched any more
};

class Scan {
public:
    Scan(const std::vector<config::Metric>& metrics, const std::vector<Pattern>& metric_patterns,
         const std::vector<Pattern>& success, const std::vector<Pattern>& failure)
        : metrics_(metrics), found_(metrics.size()), success_count_(success.size()) {
        for (const auto* list : {&metric_patterns, &success, &failure}) {
            for (const Pattern& pattern : *list) {
                searches_.push_back({&pattern});
            }
        }
    }

    void add(std::string_view piece) {
        cleaner_.clean(piece, window_);
        if (window_.size() >= kContext + kBlock + Pattern::kLongestMatch) {
            search(window_.size() - Pattern::kLongestMatch, false);
            drop(window_.size() - Pattern::kLongestMatch - kContext);
        }
    }

    LogFindings finish() {
        cleaner_.finish(window_);
        search(window_.size() + 1, true);
        keep_last_line();
        LogFindings findings = std::move(findings_);
        for (std::size_t i = 0; i < metrics_.size(); ++i) {
            if (found_[i].has_match) {
                findings.metrics[metrics_[i].name] = found_[i].value;
            }
            if (!found_[i].remark.empty()) {
                findings.remarks.push_back(found_[i].remark);
            }
        }
        findings.has_success_match = findings.has_success_match || success_count_ == 0;
        findings.last_line = shorten(last_line_, kMostLastLine);
        return findings;
    }

private:
    void search(std::size_t starts_before, bool is_end) {
        for (std::size_t i = 0; i < searches_.size(); ++i) {
            search_one(i, starts_before, is_end);
        }
    }

    void search_one(std::size_t index, std::size_t starts_before, bool is_end) {
        Search& search = searches_[index];
        while (!search.is_done && search.from < starts_before) {
            const SearchResult result =
                search.pattern->search({window_, search.from, starts_before, is_text_start_, is_end});
            if (result.hit_limit) {
                search.from = std::max(result.resume, search.from + 1);
                give_up_once(search);
            } else if (result.match) {
                search.from = std::max(result.match->end, result.match->begin + 1);
                take(index, *result.match);
            } else {
                search.from = starts_before;
            }
        }
    }

    void give_up_once(Search& search) {
        if (++search.given_up == 1) {
            findings_.remarks.push_back(
                fmt::format("the pattern {} takes too long on this log; lines were skipped; make it simpler",
                            shorten(search.pattern->source(), kMostFailureText)));
        }
        search.is_done = search.given_up >= kMostGivenUp;
    }

    void take(std::size_t index, const PatternMatch& match) {
        const std::string_view text(window_);
        if (index < metrics_.size()) {
            take_metric(index, text, match);
        } else if (index < metrics_.size() + success_count_) {
            findings_.has_success_match = true;
            searches_[index].is_done = true;
        } else {
            findings_.failure_matches.push_back(
                shorten(text.substr(match.begin, match.end - match.begin), kMostFailureText));
            searches_[index].is_done = true;
        }
    }

    void take_metric(std::size_t index, std::string_view text, const PatternMatch& match) {
        MetricFinding finding;
        finding.has_match = true;
        const std::string_view group = text.substr(match.group_begin, match.group_end - match.group_begin);
        const std::optional<double> number = parse_double(group);
        const std::string where = shorten(text.substr(match.begin, match.end - match.begin + 16), kMostFailureText);
        if (is_inside_number(group, text.substr(match.group_end, 8))) {
            finding.remark = fmt::format("{}: \"{}\" in \"{}\" ends inside a number and is no value; mend its pattern",
                                         metrics_[index].name, group, where);
        } else if (!number) {
            finding.remark = fmt::format("{}: \"{}\" in \"{}\" is no number", metrics_[index].name,
                                         shorten(group, kMostFailureText), where);
        } else if (!std::isfinite(*number)) {
            finding.remark = fmt::format("{}: its last value is {}", metrics_[index].name, group);
        } else {
            finding.value = number;
        }
        found_[index] = std::move(finding);
    }

    void drop(std::size_t count) {
        keep_last_line(count);
        window_.erase(0, count);
        is_text_start_ = false;
        for (Search& search : searches_) {
            search.from -= std::min(search.from, count);
        }
    }

    /// Remembers the last line that is not empty within the first `count` bytes.
    void keep_last_line(std::size_t count = std::string::npos) {
        std::string_view text = std::string_view(window_).substr(0, count);
        while (!text.empty()) {
            const std::size_t newline = text.rfind('\n');
            const std::string_view line = newline == std::string_view::npos ? text : text.substr(newline + 1);
            if (!trim(line).empty()) {
                last_line_ = line.substr(0, 2 * kMostLastLine);
                return;
            }
            text = newline == std::string_view::npos ? std::string_view() : text.substr(0, newline);
        }
    }

    const std::vector<config::Metric>& metrics_;
    std::vector<MetricFinding> found_;
    std::size_t success_count_;
    std::vector<Search> searches_;
    LogCleaner cleaner_;
    std::string window_;
    bool is_text_start_ = true;
    std::string last_line_;
    LogFindings findings_;
};

std::vector<Pattern> compile_all(const std::vector<std::string>& sources) {
    std::vector<Pattern> patterns;
    for (const std::string& source : sources) {
        patterns.emplace_back(source);
    }
    return patterns;
}

/// zlib reads plain files too, which saves telling the two apart.
class ZipFile {
public:
    explicit ZipFile(const std::filesystem::path& file) : name_(file.string()) {
        const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        handle_ = fd < 0 ? nullptr : ::gzdopen(fd, "rb");
        if (handle_ == nullptr) {
            throw Error(ErrorKind::storage, fmt::format("cannot read {}: {}", name_, std::strerror(errno)));
        }
        ::gzbuffer(handle_, 128U << 10U);
    }
    ZipFile(const ZipFile&) = delete;
    ZipFile& operator=(const ZipFile&) = delete;
    ~ZipFile() { ::gzclose(handle_); }

    std::size_t read(std::string& block) {
        const int count = ::gzread(handle_, block.data(), static_cast<unsigned>(block.size()));
        if (count < 0) {
            int status = 0;
            throw Error(ErrorKind::storage, fmt::format("cannot read {}: {}", name_, ::gzerror(handle_, &status)));
        }
        return static_cast<std::size_t>(count);
    }

private:
    std::string name_;
    gzFile handle_ = nullptr;
};

} // namespace

struct LogReader::Patterns {
    std::vector<config::Metric> metrics;
    std::vector<Pattern> metric_patterns;
    std::vector<Pattern> success;
    std::vector<Pattern> failure;

    [[nodiscard]] Scan begin() const { return {metrics, metric_patterns, success, failure}; }
};

LogReader::LogReader(const std::vector<config::Metric>& metrics, const std::vector<std::string>& success_patterns,
                     const std::vector<std::string>& failure_patterns)
    : patterns_(std::make_unique<Patterns>()) {
    patterns_->metrics = metrics;
    for (const config::Metric& metric : metrics) {
        patterns_->metric_patterns.emplace_back(metric.pattern);
    }
    patterns_->success = compile_all(success_patterns);
    patterns_->failure = compile_all(failure_patterns);
}

LogReader::LogReader(LogReader&&) noexcept = default;
LogReader& LogReader::operator=(LogReader&&) noexcept = default;
LogReader::~LogReader() = default;

LogFindings LogReader::read_file(const std::filesystem::path& file) const {
    ZipFile log(file);
    Scan scan = patterns_->begin();
    std::string block(256U << 10U, '\0');
    while (const std::size_t count = log.read(block)) {
        scan.add(std::string_view(block).substr(0, count));
    }
    return scan.finish();
}

LogFindings LogReader::read_text(std::string_view text) const {
    Scan scan = patterns_->begin();
    for (std::size_t at = 0; at < text.size(); at += kBlock) {
        scan.add(text.substr(at, kBlock));
    }
    return scan.finish();
}

} // namespace mutation::measure
