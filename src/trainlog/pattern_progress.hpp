#pragma once

#include "mutation/core/pattern.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace mutation::trainlog {

/// The part of the cleaned log that is in memory.
struct LogWindow {
    /// Matches that begin so close to the end of the window wait for more text; what decides whether a number is cut
    /// off fits too.
    static constexpr std::size_t kLookahead = Pattern::kLongestMatch + 64;

    std::string_view text;
    std::uint64_t base = 0; ///< offset of `text` in the whole log
    bool is_end = false;    ///< whether the log ends with it

    /// Matches that begin before this offset in `text` can be judged by what is here.
    [[nodiscard]] std::size_t judged_until() const;
};

/// How far one pattern has come in one log.
class PatternProgress {
public:
    enum class Goal { first_match, last_match };

    /// `pattern` must outlive the object.
    PatternProgress(const Pattern& pattern, Goal goal) : pattern_(&pattern), goal_(goal) {}

    /// Runs the pattern over what is new in the window. Returns the match that counts among those found there, with
    /// offsets in `window.text`. Windows come in the log's order and overlap by `LogWindow::kLookahead`.
    [[nodiscard]] std::optional<PatternMatch> advance(const LogWindow& window);

    /// On how many lines matching took too long; those were left out.
    [[nodiscard]] int limit_hits() const { return limit_hits_; }
    /// Whether that happened so often that the pattern is not tried any more.
    [[nodiscard]] bool was_given_up() const;

private:
    [[nodiscard]] std::size_t position_in(const LogWindow& window) const;
    void leave_bad_line(const LogWindow& window);
    void take_limit_hit(const LogWindow& window, std::size_t resume);

    const Pattern* pattern_;
    Goal goal_;
    std::uint64_t next_ = 0; ///< where the next match may begin, in the whole log
    int limit_hits_ = 0;
    bool in_bad_line_ = false; ///< whether the line that hit a limit goes on behind `next_`
    bool is_done_ = false;
};

} // namespace mutation::trainlog
