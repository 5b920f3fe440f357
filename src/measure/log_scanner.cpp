#include "log_scanner.hpp"

#include "mutation/core/text.hpp"

#include <algorithm>

namespace mutation::measure {

namespace {

/// What must lie behind a group to tell whether it ends inside a number.
constexpr std::size_t kLookahead = 64;
constexpr std::size_t kCarried = Pattern::kLongestMatch + kLookahead;
constexpr std::size_t kPieceBytes = std::size_t{64} << 10U;
constexpr std::size_t kLongestGroup = 400;
constexpr std::size_t kLongestMatchShown = 200;
constexpr std::size_t kLongestLine = 500;
constexpr std::size_t kLongestCharacter = 4;

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

bool has_digits(std::string_view text, std::size_t from, std::size_t count) {
    return text.size() >= from + count &&
           std::all_of(text.begin() + static_cast<std::ptrdiff_t>(from),
                       text.begin() + static_cast<std::ptrdiff_t>(from + count), is_digit);
}

/// Whether `rest`, which follows a number, still belongs to it.
bool continues_number(std::string_view rest) {
    if (rest.empty()) {
        return false;
    }
    switch (rest.front()) {
    case ',':
        return has_digits(rest, 1, 3) && !has_digits(rest, 4, 1);
    case '/':
    case '.':
        return has_digits(rest, 1, 1);
    case 'e':
    case 'E': {
        const bool has_sign = rest.size() > 1 && (rest[1] == '+' || rest[1] == '-');
        return has_digits(rest, has_sign ? 2 : 1, 1);
    }
    default:
        return is_digit(rest.front());
    }
}

bool is_number_part(char letter) {
    return is_digit(letter) || std::string_view(".,/eE+-").find(letter) != std::string_view::npos;
}

/// The group with the rest of the number that it is cut from.
std::string_view whole_number(std::string_view text, const PatternMatch& match) {
    std::size_t end = match.group_end;
    while (end < text.size() && end < match.group_end + kLookahead && is_number_part(text[end])) {
        ++end;
    }
    return text.substr(match.group_begin, end - match.group_begin);
}

} // namespace

std::string_view first_characters(std::string_view text, std::size_t count) {
    std::size_t end = 0;
    for (; end < text.size(); ++end) {
        const bool begins_character = (static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U;
        if (begins_character && count-- == 0) {
            break;
        }
    }
    return text.substr(0, end);
}

LogScanner::LogScanner(std::vector<PatternTally>& tallies, std::size_t block_bytes)
    : tallies_(tallies), block_bytes_(std::max(block_bytes, std::size_t{1})) {
    for (PatternTally& tally : tallies_) {
        tally.next_ = 0;
    }
}

void LogScanner::feed(std::string_view raw) {
    for (std::size_t from = 0; from < raw.size(); from += kPieceBytes) {
        const std::size_t size_before = window_.size();
        cleaner_.clean(raw.substr(from, kPieceBytes), window_);
        follow_lines(std::string_view(window_).substr(size_before));
        while (window_.size() - scanned_ >= block_bytes_ + kCarried) {
            // What begins in the carried rest may end in the next block.
            scan(std::min(window_.size() - kCarried, scanned_ + block_bytes_), false);
            drop_scanned();
        }
    }
}

void LogScanner::finish() {
    scan(window_.size() + 1, true);
    window_.clear();
}

void LogScanner::scan(std::size_t starts_before, bool is_text_end) {
    for (PatternTally& tally : tallies_) {
        search(tally, starts_before, is_text_end);
    }
    scanned_ = starts_before;
}

void LogScanner::search(PatternTally& tally, std::size_t starts_before, bool is_text_end) const {
    while (tally.next_ < starts_before && !tally.is_given_up() && !(tally.stops_at_first && tally.has_match)) {
        const SearchResult result =
            tally.pattern->search({window_, tally.next_, starts_before, is_text_start_, is_text_end});
        if (result.hit_limit) {
            ++tally.limit_hits;
            tally.next_ = std::max(result.resume, tally.next_ + 1);
        } else if (!result.match) {
            tally.next_ = starts_before;
        } else {
            note(tally, *result.match);
            tally.next_ = std::max(result.match->end, result.match->begin + 1);
        }
    }
}

void LogScanner::note(PatternTally& tally, const PatternMatch& match) const {
    const std::string_view text(window_);
    tally.has_match = true;
    if (tally.stops_at_first) {
        tally.match_text = first_characters(text.substr(match.begin, match.end - match.begin), kLongestMatchShown);
        return;
    }
    const std::size_t group_end = std::max(match.group_end, match.group_begin);
    tally.is_cut = continues_number(text.substr(group_end, kLookahead)) && group_end > match.group_begin &&
                   (is_digit(text[group_end - 1]) || text[group_end - 1] == '.');
    tally.group = text.substr(match.group_begin, std::min(group_end - match.group_begin, kLongestGroup));
    if (tally.is_cut) {
        tally.surrounding = first_characters(whole_number(text, match), kLongestMatchShown);
    }
}

/// Keeps what lookbehind may ask for before the place where the search goes on.
void LogScanner::drop_scanned() {
    const std::size_t dropped = scanned_ > Pattern::kLongestMatch ? scanned_ - Pattern::kLongestMatch : 0;
    if (dropped == 0) {
        return;
    }
    window_.erase(0, dropped);
    scanned_ -= dropped;
    is_text_start_ = false;
    for (PatternTally& tally : tallies_) {
        tally.next_ = std::max(tally.next_, dropped) - dropped;
    }
}

void LogScanner::follow_lines(std::string_view cleaned) {
    const std::size_t last_newline = cleaned.rfind('\n');
    if (last_newline != std::string_view::npos) {
        std::string_view ended = cleaned.substr(0, last_newline);
        std::string_view found;
        while (found.empty()) {
            const std::size_t newline = ended.rfind('\n');
            if (newline == std::string_view::npos) { // the line began in an earlier piece
                line_.append(ended.substr(0, kLongestCharacter * kLongestLine));
                found = trim(line_);
                break;
            }
            found = trim(ended.substr(newline + 1));
            ended = ended.substr(0, newline);
        }
        if (!found.empty()) {
            full_line_ = found.substr(0, kLongestCharacter * kLongestLine);
        }
        line_.clear();
        cleaned.remove_prefix(last_newline + 1);
    }
    if (line_.empty()) {
        cleaned.remove_prefix(std::min(cleaned.find_first_not_of(" \t"), cleaned.size()));
    }
    if (line_.size() < kLongestCharacter * kLongestLine) {
        line_.append(cleaned.substr(0, kLongestCharacter * kLongestLine));
    }
}

std::string LogScanner::last_line() const {
    const std::string_view line = trim(line_);
    return std::string(trim(first_characters(line.empty() ? std::string_view(full_line_) : line, kLongestLine)));
}

} // namespace mutation::measure
