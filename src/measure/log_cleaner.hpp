#pragma once

#include <string>
#include <string_view>

namespace mutation::measure {

/// Turns what a training printed into plain lines, piece by piece: `\r\n` and lone `\r` become `\n`, escape sequences
/// (colours, cursor moves, titles) go away, also where one is cut between two pieces.
class LogCleaner {
public:
    /// Appends the cleaned piece to `out`.
    void clean(std::string_view piece, std::string& out);
    /// Appends what was held back when the log has ended.
    void finish(std::string& out);

private:
    enum class State { text, after_carriage_return, escape, control_sequence, command, command_escape };

    void step(char byte, std::string& out);

    State state_ = State::text;
};

} // namespace mutation::measure
