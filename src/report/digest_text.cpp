#include "digest_text.hpp"

#include "mutation/core/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace mutation::report {

namespace {

/// Code points that take two columns: the blocks of Unicode's East Asian Width W and F, with the emoji.
struct WideRange {
    std::uint32_t first;
    std::uint32_t last;
};
constexpr std::array kWideRanges{WideRange{0x1100, 0x115F}, WideRange{0x2E80, 0xA4CF},   WideRange{0xAC00, 0xD7A3},
                                 WideRange{0xF900, 0xFAFF}, WideRange{0xFE30, 0xFE6F},   WideRange{0xFF00, 0xFF60},
                                 WideRange{0xFFE0, 0xFFE6}, WideRange{0x1F300, 0x1FAFF}, WideRange{0x20000, 0x3FFFD}};

/// The bytes of the first character of `text`, which is not empty; a byte that begins none is one by itself.
std::string_view first_character(std::string_view text) {
    for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
        if (is_valid_utf8(text.substr(0, length))) {
            return text.substr(0, length);
        }
    }
    return text.substr(0, 1);
}

std::uint32_t code_of(std::string_view character) {
    const auto lead = static_cast<unsigned char>(character[0]);
    std::uint32_t code = character.size() == 1 ? lead : lead & (0xFFU >> (character.size() + 1));
    for (const char byte : character.substr(1)) {
        code = (code << 6U) | (static_cast<unsigned char>(byte) & 0x3FU);
    }
    return code;
}

std::size_t width_of(std::string_view character) {
    const std::uint32_t code = code_of(character);
    return std::any_of(kWideRanges.begin(), kWideRanges.end(),
                       [&](const WideRange& range) { return code >= range.first && code <= range.last; })
               ? 2
               : 1;
}

/// The characters of Unicode's C0, C1 and DEL, and those that turn the direction of text.
bool is_control(std::uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x200B && code <= 0x200F) ||
           (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

} // namespace

std::string printable(std::string_view text, Charset charset) {
    std::string shown;
    while (!text.empty()) {
        const std::string_view character = first_character(text);
        text.remove_prefix(character.size());
        if (!is_valid_utf8(character)) {
            shown += '?';
            continue;
        }
        if (const std::uint32_t code = code_of(character); code == '\n' || code == '\t') {
            shown += ' ';
        } else if (!is_control(code)) {
            shown += charset == Charset::ascii && code > 0x7E ? "?" : character;
        }
    }
    return shown;
}

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const std::string_view character = first_character(text);
        width += width_of(character);
        text.remove_prefix(character.size());
    }
    return width;
}

std::string cut_to_width(std::string_view text, std::size_t columns) {
    constexpr std::string_view mark = "...";
    if (display_width(text) <= columns) {
        return std::string(text);
    }
    std::string shown;
    std::size_t width = mark.size();
    while (!text.empty()) {
        const std::string_view character = first_character(text);
        width += width_of(character);
        if (width > columns) {
            break;
        }
        shown += character;
        text.remove_prefix(character.size());
    }
    return shown.append(mark);
}

std::vector<std::string> wrap_words(std::string_view text, std::size_t columns) {
    std::vector<std::string> lines;
    std::size_t width = 0;
    for (const std::string_view word : split(text, ' ')) {
        const std::string shown = cut_to_width(word, columns);
        const std::size_t of_word = display_width(shown);
        if (lines.empty() || width + 1 + of_word > columns) {
            lines.push_back(shown);
            width = of_word;
        } else {
            lines.back().append(" ").append(shown);
            width += 1 + of_word;
        }
    }
    return lines;
}

} // namespace mutation::report
