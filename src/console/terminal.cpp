#include "mutation/console/terminal.hpp"

#include "mutation/core/text.hpp"
#include "mutation/system/patient_write.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace mutation::console {

namespace {

std::string_view colour_code(Colour colour) {
    switch (colour) {
    case Colour::red:
        return "31";
    case Colour::green:
        return "32";
    case Colour::yellow:
        return "33";
    case Colour::dim:
        return "2";
    case Colour::bold:
        return "1";
    case Colour::none:
        break;
    }
    return "0";
}

bool is_continuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

} // namespace

TerminalTraits terminal_traits(std::FILE* stream) {
    TerminalTraits traits;
    const int fd = ::fileno(stream);
    const char* kind = std::getenv("TERM");
    const char* no_colour = std::getenv("NO_COLOR");
    traits.is_terminal = ::isatty(fd) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
    traits.has_colours = traits.is_terminal && (no_colour == nullptr || *no_colour == '\0');
    return traits;
}

TerminalSize terminal_size(std::FILE* stream) {
    winsize found{};
    TerminalSize size;
    if (::ioctl(::fileno(stream), TIOCGWINSZ, &found) == 0 && found.ws_col > 0 && found.ws_row > 0) {
        size = {found.ws_col, found.ws_row};
    }
    return size;
}

std::string paint(std::string_view text, Colour colour, const TerminalTraits& traits) {
    if (!traits.has_colours || colour == Colour::none) {
        return std::string(text);
    }
    return fmt::format("\033[{}m{}\033[0m", colour_code(colour), text);
}

std::string fit(std::string_view text, int columns) {
    constexpr std::string_view kCut = "...";
    std::string shown;
    int width = 0;
    std::size_t cut_at = 0; // the place of the mark if the text is too long
    for (const char byte : text) {
        if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f) {
            continue;
        }
        if (!is_continuation(byte)) {
            if (width == columns) {
                return shown.substr(0, cut_at) + std::string(kCut);
            }
            if (width <= columns - static_cast<int>(kCut.size())) {
                cut_at = shown.size();
            }
            ++width;
        }
        shown.push_back(byte);
    }
    return shown;
}

LinePrinter::LinePrinter(std::FILE* stream, TerminalTraits traits) : stream_(stream), traits_(traits) {}

LinePrinter::~LinePrinter() {
    set_block({});
}

void LinePrinter::print_line(std::string_view line) {
    erase_block();
    print(fmt::format("{}\n", line));
    draw_block();
}

void LinePrinter::set_block(std::vector<BlockLine> lines) {
    if (!traits_.is_terminal || (lines.empty() && block_.empty())) {
        return;
    }
    erase_block();
    block_ = std::move(lines);
    draw_block();
}

void LinePrinter::print(std::string_view text) {
    constexpr Seconds kPatience{2};
    is_read_ = system::write_patiently(::fileno(stream_), text, is_read_ ? kPatience : Seconds(0));
}

void LinePrinter::erase_block() {
    if (!block_.empty()) {
        print("\r\033[J");
    }
}

void LinePrinter::draw_block() {
    constexpr std::string_view kWrapOff = "\033[?7l"; // a character may be wider than one column
    constexpr std::string_view kWrapOn = "\033[?7h";
    const TerminalSize size = terminal_size(stream_);
    const std::size_t count = std::min(block_.size(), static_cast<std::size_t>(std::max(1, size.rows - 1)));
    if (block_.empty()) {
        return;
    }
    std::string text(kWrapOff);
    for (std::size_t i = 0; i < count; ++i) {
        text += paint(fit(block_[i].text, size.columns - 1), block_[i].colour, traits_) + '\n';
    }
    print(fmt::format("{}{}\033[{}A", text, kWrapOn, count));
}

} // namespace mutation::console
