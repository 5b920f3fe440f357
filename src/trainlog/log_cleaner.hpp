#pragma once

#include <cstddef>

namespace mutation::trainlog {

/// Turns the bytes of a training log into plain lines, piece by piece: `\r\n` and a lone `\r` become `\n`; terminal
/// escape sequences and NUL bytes are removed, even if they are split between two pieces.
class LogCleaner {
public:
    /// Cleans the next piece in place; returns how many bytes are left of it.
    [[nodiscard]] std::size_t clean(char* piece, std::size_t size);

private:
    enum class State {
        text,
        after_carriage_return,
        escape,  ///< behind ESC and its intermediate bytes
        control, ///< within ESC [ ...
        string,  ///< within ESC ] ..., which ends with BEL or ESC \, or with the line if that is missing
    };

    /// Takes one byte of a sequence; false when the byte belongs to the text behind it.
    bool takes(unsigned char byte);
    void begin_sequence(unsigned char byte);

    State state_ = State::text;
};

} // namespace mutation::trainlog
