#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::console {

/// What a stream can show.
struct TerminalTraits {
    bool is_terminal = false; ///< lines can be redrawn
    bool has_colours = false; ///< a terminal, and NO_COLOR is not set
};

[[nodiscard]] TerminalTraits terminal_traits(std::FILE* stream);

/// What a terminal shows at once.
struct TerminalSize {
    int columns = 80;
    int rows = 24;
};

/// The size at this moment: a window can be resized at any time. The default if the stream has none.
[[nodiscard]] TerminalSize terminal_size(std::FILE* stream);

enum class Colour { none, red, green, yellow, dim, bold };

/// `text` in a colour, or unchanged if the stream has no colours.
[[nodiscard]] std::string paint(std::string_view text, Colour colour, const TerminalTraits& traits);

/// At most `columns` columns of `text` (code points are counted, control characters dropped), with `...` at the cut.
[[nodiscard]] std::string fit(std::string_view text, int columns);

/// A line of the block. It is cut to the width that the terminal has when it is drawn.
struct BlockLine {
    std::string text;
    Colour colour = Colour::none;
};

/// Lines that stay, above a block that is redrawn in place. Elsewhere than on a terminal only the lines. The cursor
/// rests on the first line of the block: a terminal that is resized wraps the lines anew, and only this place stays
/// known.
class LinePrinter {
public:
    LinePrinter(std::FILE* stream, TerminalTraits traits);
    LinePrinter(const LinePrinter&) = delete;
    LinePrinter& operator=(const LinePrinter&) = delete;
    ~LinePrinter();

    void print_line(std::string_view line);
    /// Replaces the block; an empty one removes it. Does nothing without a terminal.
    void set_block(std::vector<BlockLine> lines);
    [[nodiscard]] const TerminalTraits& traits() const { return traits_; }

private:
    /// Drops the text if nobody reads the stream: a stopped terminal or an unread pipe must not hold up a session.
    void print(std::string_view text);
    void erase_block();
    void draw_block();

    std::FILE* stream_;
    TerminalTraits traits_;
    std::vector<BlockLine> block_;
    bool is_read_ = true; ///< whether the last text was taken
};

} // namespace mutation::console
