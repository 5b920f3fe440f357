#include "last_line.hpp"

#include "mutation/core/excerpt.hpp"
#include "mutation/core/text.hpp"

#include <algorithm>

namespace mutation::trainlog {

namespace {

constexpr std::size_t kLongestCharacter = 4;
constexpr std::size_t kLastLineCharacters = 500;
constexpr std::size_t kKeptBytes = (kLastLineCharacters + 1) * kLongestCharacter;

/// What `trim` takes away.
constexpr std::string_view kBlanks = " \t\r\n";

} // namespace

void LastLine::add(std::string_view piece) {
    const std::size_t newline = piece.rfind('\n');
    if (newline == std::string_view::npos) {
        current_ += piece.substr(0, kKeptBytes - std::min(kKeptBytes, current_.size()));
        return;
    }
    std::string_view ended = piece.substr(0, newline);
    ended = ended.substr(0, ended.find_last_not_of(kBlanks) + 1); // to the end of its last line that is not blank
    const std::size_t before = ended.rfind('\n');
    if (before == std::string_view::npos) {
        current_ += ended.substr(0, kKeptBytes - std::min(kKeptBytes, current_.size()));
        keep_current();
    } else {
        last_ = ended.substr(before + 1).substr(0, kKeptBytes);
    }
    current_ = piece.substr(newline + 1).substr(0, kKeptBytes);
}

void LastLine::keep_current() {
    if (!trim(current_).empty()) {
        last_ = current_;
    }
}

std::string LastLine::text() const {
    const std::string_view line = trim(trim(current_).empty() ? last_ : current_);
    return make_excerpt(line, kLastLineCharacters);
}

} // namespace mutation::trainlog
