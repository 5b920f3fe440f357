#include "mutation/trainlog/log_metrics.hpp"

#include "last_line.hpp"
#include "log_cleaner.hpp"
#include "log_source.hpp"
#include "metric_value.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/excerpt.hpp"
#include "mutation/core/pattern.hpp"
#include "non_finite.hpp"
#include "pattern_progress.hpp"
#include "similar_line.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

namespace mutation::trainlog {

namespace {

/// Text that stays behind in the window for `^`, `\b` and lookbehind.
constexpr std::size_t kContextBytes = std::size_t{4} << 10U;
constexpr std::size_t kFailureCharacters = 200;
constexpr std::size_t kPatternCharacters = 120;

/// Of a log in which a metric is missing, so many bytes at its end are searched for a similar line.
constexpr std::uint64_t kMostSimilarBytes = std::uint64_t{8} << 20U;

enum class Purpose { metric, success, failure, remark };

/// One pattern of the registry and what it is for.
struct Search {
    Purpose purpose;
    std::string name; ///< the metric's, or what remarks call the pattern
    Pattern pattern;
    std::optional<Pattern> widened; ///< of a metric: matches nan and inf in place of its numbers too

    [[nodiscard]] const Pattern& searched() const { return widened ? *widened : pattern; }
};

Search make_search(Purpose purpose, const std::string& name, const std::string& pattern) {
    try {
        Search search{purpose, name, Pattern(pattern), std::nullopt};
        if (purpose == Purpose::metric) {
            search.widened = search.pattern.widened(non_finite_numbers());
        }
        return search;
    } catch (const Error& error) {
        throw Error(error.kind(), name + ": " + error.message());
    }
}

/// The searches of one log under way, and what they have found.
class Reading {
public:
    explicit Reading(const std::vector<Search>& searches) {
        findings_.has_success_match = true;
        for (const Search& search : searches) {
            const bool is_metric = search.purpose == Purpose::metric;
            using Goal = PatternProgress::Goal;
            states_.push_back({&search, {search.searched(), is_metric ? Goal::last_match : Goal::first_match}, {}, {}});
            findings_.has_success_match = findings_.has_success_match && search.purpose != Purpose::success;
        }
    }

    void advance(const LogWindow& window) {
        for (State& state : states_) {
            if (const std::optional<PatternMatch> match = state.progress.advance(window)) {
                take(state, window, *match);
            }
        }
    }

    LogFindings finish(std::string last_line, const std::optional<std::string>& source_remark, bool was_called_off) {
        for (State& state : states_) { // in the patterns' order, wherever windows ended
            withdraw_early_value(state, was_called_off);
            if (state.matched) {
                (state.search->purpose == Purpose::remark ? findings_.remarks : findings_.failure_matches)
                    .push_back(*state.matched);
            }
            if (state.remark) {
                findings_.remarks.push_back(state.search->name + ": " + *state.remark);
                findings_.missing_metrics[state.search->name] = *state.remark;
            }
            add_limit_remark(state);
        }
        if (source_remark) {
            findings_.remarks.push_back(*source_remark);
        }
        findings_.was_called_off = was_called_off;
        findings_.last_line = std::move(last_line);
        return std::move(findings_);
    }

private:
    struct State {
        const Search* search;
        PatternProgress progress;
        std::optional<std::string> remark;  ///< why the last match of a metric is no value
        std::optional<std::string> matched; ///< by a failure or remark pattern
    };

    void take(State& state, const LogWindow& window, const PatternMatch& match) {
        const std::string_view text = window.text;
        if (state.search->purpose == Purpose::success) {
            findings_.has_success_match = true;
        } else if (state.search->purpose != Purpose::metric) {
            state.matched = make_excerpt(text.substr(match.begin, match.end - match.begin), kFailureCharacters);
        } else {
            MetricReading reading = read_widened_metric(
                state.search->pattern, {text, match.begin, match.end + 1, window.base == 0, window.is_end}, match);
            findings_.metrics[state.search->name] = reading.value;
            state.remark = std::move(reading.remark);
        }
    }

    /// A pattern that was given up, or a log that was not read to its end, may have a later match: the value that was
    /// found may be of an earlier epoch.
    void withdraw_early_value(State& state, bool was_called_off) {
        const auto metric = findings_.metrics.find(state.search->name);
        if (state.search->purpose != Purpose::metric || metric == findings_.metrics.end()) {
            return;
        }
        if (was_called_off) {
            state.remark = "the log was not read to its end, so the last value is not known";
        }
        if (was_called_off || state.progress.was_given_up()) {
            metric->second.reset();
        }
    }

    void add_limit_remark(const State& state) {
        const int hits = state.progress.limit_hits();
        if (hits == 0) {
            return;
        }
        findings_.remarks.push_back(
            state.search->name + ": the pattern '" + make_excerpt(state.search->pattern.source(), kPatternCharacters) +
            "' took too long, or spanned too much, in " + std::to_string(hits) +
            (hits == 1 ? " line, which was skipped" : " lines, which were skipped") +
            (state.progress.was_given_up() ? "; it was not tried any further, so its last match is not known" : "") +
            "; write it without repeats inside repeats, for a single line");
    }

    std::vector<State> states_;
    LogFindings findings_;
};

} // namespace

struct LogReader::Patterns {
    using Open = std::function<std::unique_ptr<LogSource>(std::uint64_t most_bytes)>;

    std::vector<Search> searches;
    std::size_t block_bytes = kBlockBytes;

    /// Reads a log, which `open` opens, and once more its end if a metric is missing.
    [[nodiscard]] LogFindings read_log(const Open& open, const LogLimits& limits = {}) const {
        LogFindings findings = read(*open(limits.most_bytes), limits.is_called_off);
        for (const Search& search : searches) {
            const bool is_missing =
                search.purpose == Purpose::metric && findings.metrics.find(search.name) == findings.metrics.end();
            if (is_missing && !findings.was_called_off) {
                findings.missing_metrics[search.name] =
                    describe_no_match(search.pattern.source(), *open(kMostSimilarBytes));
            }
        }
        return findings;
    }

    /// Why a metric is missing whose pattern matched nothing.
    [[nodiscard]] std::string describe_no_match(const std::string& pattern, LogSource& source) const {
        SimilarLine line(pattern);
        LogCleaner cleaner;
        std::vector<char> block(block_bytes);
        std::size_t got = block.size();
        while (got == block.size()) {
            got = source.read(block.data(), block.size());
            line.add({block.data(), cleaner.clean(block.data(), got)});
        }
        const std::optional<std::string> similar = line.text();
        return "its pattern '" + make_excerpt(pattern, kPatternCharacters) + "' matches nothing in the log; " +
               (similar ? "the most similar line is \"" + *similar + "\"" : "no line is similar to it");
    }

    /// Moves a window over the source: at its front the text that patterns still look back at, then what could not be
    /// judged yet, then the new block.
    [[nodiscard]] LogFindings read(LogSource& source, const std::function<bool()>& is_called_off = {}) const {
        const std::size_t capacity = kContextBytes + LogWindow::kLookahead + block_bytes;
        const std::unique_ptr<char[]> buffer(new char[capacity]); // not zeroed on purpose
        Reading reading(searches);
        LogCleaner cleaner;
        LastLine last_line;
        std::size_t size = 0;
        LogWindow window;
        bool was_called_off = false;
        while (!window.is_end && !was_called_off) {
            char* const block = buffer.get() + size;
            const std::size_t wanted = capacity - size;
            const std::size_t got = source.read(block, wanted);
            const std::size_t kept = cleaner.clean(block, got);
            last_line.add({block, kept});
            size += kept;
            window.text = {buffer.get(), size};
            window.is_end = got < wanted;
            reading.advance(window);
            const std::size_t judged = std::min(window.judged_until(), size);
            const std::size_t gone = judged - std::min(judged, kContextBytes);
            std::memmove(buffer.get(), buffer.get() + gone, size - gone);
            size -= gone;
            window.base += gone;
            was_called_off = !window.is_end && is_called_off && is_called_off();
        }
        return reading.finish(last_line.text(), source.remark(), was_called_off);
    }
};

LogReader::LogReader(const std::vector<config::Metric>& metrics, const std::vector<std::string>& success_patterns,
                     const std::vector<std::string>& failure_patterns, std::size_t block_bytes,
                     const std::vector<std::string>& remark_patterns)
    : patterns_(std::make_unique<Patterns>()) {
    patterns_->block_bytes = std::max<std::size_t>(block_bytes, 1);
    std::vector<Search>& searches = patterns_->searches;
    for (const config::Metric& metric : metrics) {
        searches.push_back(make_search(Purpose::metric, metric.name, metric.pattern));
    }
    for (const std::string& pattern : success_patterns) {
        searches.push_back(make_search(Purpose::success, "success pattern", pattern));
    }
    for (const std::string& pattern : failure_patterns) {
        searches.push_back(make_search(Purpose::failure, "failure pattern", pattern));
    }
    for (const std::string& pattern : remark_patterns) {
        searches.push_back(make_search(Purpose::remark, "remark pattern", pattern));
    }
}

LogReader::LogReader(LogReader&& other) noexcept = default;
LogReader& LogReader::operator=(LogReader&& other) noexcept = default;
LogReader::~LogReader() = default;

LogFindings LogReader::read_file(const std::filesystem::path& file) const {
    return patterns_->read_log([&](std::uint64_t most_bytes) { return open_log(file, most_bytes); });
}

LogFindings LogReader::read_descriptor(int fd, const std::string& name, const LogLimits& limits) const {
    return patterns_->read_log([&](std::uint64_t most_bytes) { return view_descriptor(fd, name, most_bytes); }, limits);
}

LogFindings LogReader::read_text(std::string_view text) const {
    return patterns_->read_log([text](std::uint64_t) { return view_log(text); });
}

} // namespace mutation::trainlog
