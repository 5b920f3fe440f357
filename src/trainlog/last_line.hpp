#pragma once

#include <string>
#include <string_view>

namespace mutation::trainlog {

/// Remembers the last line of a text that is not blank, as the text is read.
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

} // namespace mutation::trainlog
