#include "log_cleaner.hpp"

#include <algorithm>
#include <cstring>

namespace mutation::measure {

namespace {

constexpr char kEscape = '\x1b';
constexpr char kBell = '\a';

/// Where a letter stands next; searched for again only once it was passed, so that a rare letter costs one pass.
class NextLetter {
public:
    NextLetter(std::string_view text, char letter) : text_(text), letter_(letter) {}

    std::size_t at_or_after(std::size_t from) {
        if (!is_known_ || next_ < from) {
            const void* found =
                from < text_.size() ? std::memchr(text_.data() + from, letter_, text_.size() - from) : nullptr;
            next_ = found == nullptr ? text_.size()
                                     : static_cast<std::size_t>(static_cast<const char*>(found) - text_.data());
            is_known_ = true;
        }
        return next_;
    }

private:
    std::string_view text_;
    char letter_;
    std::size_t next_ = 0;
    bool is_known_ = false;
};

} // namespace

void LogCleaner::clean(std::string_view piece, std::string& out) {
    while (!piece.empty()) {
        piece.remove_prefix(state_ == State::text ? skip_text(piece, out) : skip_sequence(piece));
    }
}

/// Copies text up to the end or to an escape sequence. Returns the bytes taken.
std::size_t LogCleaner::skip_text(std::string_view piece, std::string& out) {
    NextLetter escape(piece, kEscape);
    NextLetter carriage_return(piece, '\r');
    const std::size_t end = escape.at_or_after(0);
    std::size_t from = 0;
    while (from < end) {
        if (was_carriage_return_ && piece[from] == '\n') {
            ++from;
        }
        was_carriage_return_ = false;
        const std::size_t to = std::min(carriage_return.at_or_after(from), end);
        out.append(piece.substr(from, to - from));
        from = to;
        if (from < end) {
            out.push_back('\n');
            was_carriage_return_ = true;
            ++from;
        }
    }
    if (end == piece.size()) {
        return end;
    }
    state_ = State::escape;
    return end + 1;
}

/// Drops an escape sequence, or the part of it that is there. Returns the bytes taken.
std::size_t LogCleaner::skip_sequence(std::string_view piece) {
    for (std::size_t i = 0; i < piece.size(); ++i) {
        const char letter = piece[i];
        // A sequence never spans lines: one that was cut off must not swallow the rest of the log.
        if (letter == '\n' || letter == '\r') {
            state_ = State::text;
            return i;
        }
        if (state_ == State::escape) {
            begin_sequence(letter);
        } else if (state_ == State::intermediate && letter > '/') {
            state_ = State::text;
        } else if (state_ == State::control_sequence && (letter < ' ' || letter > '?')) {
            const bool is_final = letter >= '@' && letter <= '~';
            state_ = letter == kEscape ? State::escape : State::text;
            if (!is_final && letter != kEscape) {
                return i; // no control sequence after all: what follows is text
            }
        } else if (state_ == State::string || state_ == State::string_escape) {
            state_ = take_string(letter) ? State::text : state_;
        }
        if (state_ == State::text) {
            return i + 1;
        }
    }
    return piece.size();
}

/// The letter after the escape character says which kind of sequence it is.
void LogCleaner::begin_sequence(char letter) {
    if (letter == '[') {
        state_ = State::control_sequence;
    } else if (std::strchr("]PX^_", letter) != nullptr && letter != '\0') {
        state_ = State::string;
    } else if (letter >= ' ' && letter <= '/') {
        state_ = State::intermediate;
    } else if (letter != kEscape) {
        state_ = State::text;
    }
}

/// One letter of a title and the like; they end by a bell, or by an escape character and a backslash.
bool LogCleaner::take_string(char letter) {
    const bool is_end = letter == kBell || (state_ == State::string_escape && letter == '\\');
    state_ = letter == kEscape ? State::string_escape : State::string;
    return is_end;
}

} // namespace mutation::measure
