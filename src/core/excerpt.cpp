#include "mutation/core/excerpt.hpp"

#include "mutation/core/text.hpp"

#include <algorithm>

namespace mutation {

namespace {

constexpr std::size_t kLongestCharacter = 4;

/// Bytes of the well-formed UTF-8 character at the beginning, 0 if there is none.
std::size_t character_length(std::string_view text) {
    for (std::size_t length = 1; length <= std::min(kLongestCharacter, text.size()); ++length) {
        if (is_valid_utf8(text.substr(0, length))) {
            return length;
        }
    }
    return 0;
}

bool is_control(char letter) {
    return (letter >= 0 && letter < ' ') || letter == '\x7f';
}

} // namespace

std::string make_excerpt(std::string_view text, std::size_t max_characters) {
    std::string excerpt;
    for (std::size_t count = 0; !text.empty(); ++count) {
        if (count == max_characters) {
            return excerpt + "...";
        }
        const std::size_t length = character_length(text);
        if (length == 0) {
            excerpt += "\xEF\xBF\xBD";
        } else if (is_control(text.front())) {
            excerpt += ' ';
        } else {
            excerpt += text.substr(0, length);
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return excerpt;
}

} // namespace mutation
