#include "log_cleaner.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace mutation::trainlog {

namespace {

constexpr char kEscape = '\x1b';
constexpr unsigned char kBell = '\x07';

/// Finds the next byte that is not plain text. Each kind's next place is remembered, so that a rare kind is not
/// searched again behind every frequent one.
class SpecialFinder {
public:
    SpecialFinder(const char* text, std::size_t size) : text_(text), size_(size) {}

    std::size_t next(std::size_t from) {
        std::size_t nearest = size_;
        for (Kind& kind : kinds_) {
            if (!kind.is_known || kind.at < from) {
                const void* found = std::memchr(text_ + from, kind.byte, size_ - from);
                kind.at = found == nullptr ? size_ : static_cast<std::size_t>(static_cast<const char*>(found) - text_);
                kind.is_known = true;
            }
            nearest = std::min(nearest, kind.at);
        }
        return nearest;
    }

private:
    struct Kind {
        char byte;
        std::size_t at = 0;
        bool is_known = false;
    };

    const char* text_;
    std::size_t size_;
    std::array<Kind, 3> kinds_{Kind{'\r'}, Kind{kEscape}, Kind{'\0'}};
};

} // namespace

std::size_t LogCleaner::clean(char* piece, std::size_t size) {
    SpecialFinder finder(piece, size);
    std::size_t kept = 0;
    for (std::size_t at = 0; at < size;) {
        if (state_ != State::text) {
            at += takes(static_cast<unsigned char>(piece[at])) ? 1 : 0;
            continue;
        }
        const std::size_t special = finder.next(at);
        if (kept != at) {
            std::memmove(piece + kept, piece + at, special - at);
        }
        kept += special - at;
        if (special == size) {
            break;
        }
        if (piece[special] == '\r') {
            piece[kept++] = '\n';
            state_ = State::after_carriage_return;
        } else if (piece[special] == kEscape) {
            state_ = State::escape;
        } else if (kept > 0 && piece[kept - 1] >= '0' && piece[kept - 1] <= '9') {
            piece[kept++] = ' '; // a hole in the file: the digits on both sides are two numbers
        }
        at = special + 1;
    }
    return kept;
}

bool LogCleaner::takes(unsigned char byte) {
    const bool is_intermediate = byte >= 0x20 && byte <= 0x2F;
    switch (state_) {
    case State::after_carriage_return:
        state_ = State::text;
        return byte == '\n';
    case State::escape:
        if (!is_intermediate) {
            begin_sequence(byte);
        }
        return byte >= 0x20 && byte < 0x7F;
    case State::control:
        if (byte < 0x20 || byte > 0x3F) {
            state_ = State::text;
        }
        return byte >= 0x20 && byte < 0x7F;
    case State::string:
        if (byte == static_cast<unsigned char>(kEscape)) {
            state_ = State::escape; // ESC \ ends the string, and is itself a sequence of two
            return true;
        }
        if (byte == kBell || byte == '\n' || byte == '\r') {
            state_ = State::text;
        }
        return state_ == State::string || byte == kBell;
    case State::text:
        break;
    }
    return false;
}

void LogCleaner::begin_sequence(unsigned char byte) {
    switch (byte) {
    case '[':
        state_ = State::control;
        return;
    case ']': // a title or a link
    case 'P':
    case 'X':
    case '^':
    case '_':
        state_ = State::string;
        return;
    default:
        state_ = State::text;
    }
}

} // namespace mutation::trainlog
