#pragma once

#include <string>
#include <string_view>

namespace mutation::sensors {

/// What a sensor program printed beside readings: the first lines, each once, at most 300 characters, safe for JSON and
/// the screen.
class OtherOutput {
public:
    /// Takes the lines of `text`.
    void add(std::string_view text);
    void clear() { text_.clear(); }
    /// The lines, separated by " / "; empty if there were none.
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string text_;
};

} // namespace mutation::sensors
