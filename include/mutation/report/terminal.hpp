#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::report {

/// What a stream can show.
struct TerminalTraits {
    bool is_terminal = false; ///< lines can be redrawn
    bool has_colours = false; ///< a terminal, and NO_COLOR is not set
    int columns = 80;
};

[[nodiscard]] TerminalTraits terminal_traits(std::FILE* stream);

enum class Colour { none, red, green, yellow, dim, bold };

/// `text` in a colour, or as it is where the stream has none.
[[nodiscard]] std::string paint(std::string_view text, Colour colour, const TerminalTraits& traits);

/// At most `columns` columns of `text` (code points are counted, control characters dropped), with `...` where it was
/// cut.
[[nodiscard]] std::string fit(std::string_view text, int columns);

/// Lines that stay, above a block that is redrawn in place. Elsewhere than on a terminal only the lines.
class LinePrinter {
public:
    LinePrinter(std::FILE* stream, TerminalTraits traits);
    LinePrinter(const LinePrinter&) = delete;
    LinePrinter& operator=(const LinePrinter&) = delete;
    ~LinePrinter();

    void print_line(std::string_view line);
    /// Replaces the block; an empty one takes it away. Does nothing where there is no terminal.
    void set_block(const std::vector<std::string>& lines);
    [[nodiscard]] const TerminalTraits& traits() const { return traits_; }

private:
    void erase_block();
    void draw_block();

    std::FILE* stream_;
    TerminalTraits traits_;
    std::vector<std::string> block_;
};

} // namespace mutation::report
