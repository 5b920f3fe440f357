#pragma once

#include "log_cleaner.hpp"
#include "mutation/core/pattern.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::measure {

/// What one pattern found in the log so far.
struct PatternTally {
    const Pattern* pattern = nullptr;
    bool stops_at_first = false; ///< failure and success patterns: later matches say nothing new

    bool has_match = false;
    bool is_cut = false;     ///< the number goes on behind the group
    std::string group;       ///< of the match that counts
    std::string surrounding; ///< the group and what it is cut from, for a remark
    std::string match_text;  ///< the whole match, shortened
    int limit_hits = 0;

    static constexpr int kMostLimitHits = 20;
    [[nodiscard]] bool is_given_up() const { return limit_hits >= kMostLimitHits; }

private:
    friend class LogScanner;
    std::size_t next_ = 0; ///< where to search on, an offset into the window
};

/// Holds patterns against a log that is fed piece by piece and kept only as a window of it. A match spans at most
/// `Pattern::kLongestMatch` bytes.
class LogScanner {
public:
    /// `tallies` and their patterns must outlive the scanner.
    LogScanner(std::vector<PatternTally>& tallies, std::size_t block_bytes);

    void feed(std::string_view raw);
    void finish();

    /// The last line that is not blank, shortened.
    [[nodiscard]] std::string last_line() const;

private:
    void scan(std::size_t starts_before, bool is_text_end);
    void search(PatternTally& tally, std::size_t starts_before, bool is_text_end) const;
    void note(PatternTally& tally, const PatternMatch& match) const;
    void drop_scanned();
    void follow_lines(std::string_view cleaned);

    std::vector<PatternTally>& tallies_;
    std::size_t block_bytes_;
    LogCleaner cleaner_;
    std::string window_;
    std::size_t scanned_ = 0; ///< matches that begin before this offset of the window are all known
    bool is_text_start_ = true;
    std::string line_;      ///< the line that is not ended yet
    std::string full_line_; ///< the last ended one that is not blank
};

/// The first `count` characters of `text`.
[[nodiscard]] std::string_view first_characters(std::string_view text, std::size_t count);

} // namespace mutation::measure
