#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mutation::measure {

/// The first `max_characters` of a piece of log, fit for JSON and for a terminal: what is no UTF-8 becomes U+FFFD,
/// control characters become spaces; "..." tells that something was cut off.
[[nodiscard]] std::string make_excerpt(std::string_view text, std::size_t max_characters);

/// Remembers the last line of a text that is not blank, while the text goes by.
class LastLine {
public:
    void add(std::string_view piece);

    /// At most 500 characters of it.
    [[nodiscard]] std::string text() const;

private:
    void keep_current();

    std::string current_; ///< beginning of the line that is not ended yet
    std::string last_;    ///< beginning of the last ended line that is not blank
};

} // namespace mutation::measure
