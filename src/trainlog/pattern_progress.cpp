#include "pattern_progress.hpp"

#include <algorithm>

namespace mutation::trainlog {

namespace {

constexpr int kMostLimitHits = 20;

} // namespace

std::size_t LogWindow::judged_until() const {
    return is_end ? text.size() + 1 : text.size() - std::min(text.size(), kLookahead);
}

std::optional<PatternMatch> PatternProgress::advance(const LogWindow& window) {
    std::optional<PatternMatch> counting;
    if (is_done_) {
        return counting;
    }
    leave_bad_line(window);
    const std::size_t until = window.judged_until();
    while (!is_done_ && !in_bad_line_ && position_in(window) < until) {
        const SearchResult result =
            pattern_->search({window.text, position_in(window), until, window.base == 0, window.is_end});
        if (result.match) {
            counting = result.match;
            // An empty match would be found again for ever.
            next_ = window.base + std::max(result.match->end, result.match->begin + 1);
            is_done_ = goal_ == Goal::first_match;
        } else if (result.hit_limit) {
            take_limit_hit(window, result.resume);
        } else {
            next_ = window.base + until;
        }
    }
    return counting;
}

bool PatternProgress::was_given_up() const {
    return limit_hits_ >= kMostLimitHits;
}

std::size_t PatternProgress::position_in(const LogWindow& window) const {
    return static_cast<std::size_t>(next_ - window.base);
}

void PatternProgress::leave_bad_line(const LogWindow& window) {
    if (!in_bad_line_) {
        return;
    }
    const std::size_t newline = window.text.find('\n', position_in(window));
    in_bad_line_ = newline == std::string_view::npos;
    next_ = window.base + (in_bad_line_ ? window.text.size() : newline + 1);
}

void PatternProgress::take_limit_hit(const LogWindow& window, std::size_t resume) {
    ++limit_hits_;
    is_done_ = was_given_up();
    next_ = window.base + resume;
    in_bad_line_ = resume == window.text.size() && !window.text.ends_with('\n');
}

} // namespace mutation::trainlog
