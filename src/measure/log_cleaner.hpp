#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mutation::measure {

/// Turns what a training wrote into plain lines, piece by piece: `\r\n` and a lone `\r` become `\n`, the escape
/// sequences of terminals (colours, cursor moves, titles) are dropped, also when they are cut between two pieces.
class LogCleaner {
public:
    /// Appends the cleaned `piece` to `out`.
    void clean(std::string_view piece, std::string& out);

private:
    enum class State { text, escape, intermediate, control_sequence, string, string_escape };

    std::size_t skip_text(std::string_view piece, std::string& out);
    std::size_t skip_sequence(std::string_view piece);
    void begin_sequence(char letter);
    bool take_string(char letter);

    State state_ = State::text;
    bool was_carriage_return_ = false; ///< the `\n` of a `\r\n` may follow
};

} // namespace mutation::measure
