#include "catch.hpp"

#include "mutation/console/terminal.hpp"
#include "mutation/system/unique_fd.hpp"
#include "support/screen_model.hpp"

#include <memory>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

using namespace mutation;
using console::BlockLine;
using test::ScreenModel;

namespace {

/// A terminal of 100 columns with a printer on it.
struct Terminal {
    explicit Terminal(ScreenModel::OnResize on_resize) : screen(100, on_resize) {
        int ends[2] = {-1, -1};
        REQUIRE(::openpty(&ends[0], &ends[1], nullptr, nullptr, nullptr) == 0);
        master = system::UniqueFd(ends[0]);
        stream.reset(::fdopen(ends[1], "w"));
        resize(100, 24);
        printer = std::make_unique<console::LinePrinter>(stream.get(), console::TerminalTraits{true, false});
    }

    void resize(int columns, int rows) {
        const winsize size{static_cast<unsigned short>(rows), static_cast<unsigned short>(columns), 0, 0};
        REQUIRE(::ioctl(master.get(), TIOCSWINSZ, &size) == 0);
        screen.resize(columns);
    }

    /// What the terminal shows now.
    std::vector<std::string> lines() {
        constexpr char kMark = '\x01'; // the output comes after a while: until this is read
        std::fputc(kMark, stream.get());
        std::fflush(stream.get());
        std::string output;
        while (output.find(kMark) == std::string::npos) {
            char buffer[512];
            const ssize_t count = ::read(master.get(), buffer, sizeof buffer);
            REQUIRE(count > 0);
            output.append(buffer, static_cast<std::size_t>(count));
        }
        screen.feed(std::string_view(output).substr(0, output.find(kMark)));
        return screen.lines();
    }

    system::UniqueFd master;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream{nullptr, std::fclose};
    std::unique_ptr<console::LinePrinter> printer; ///< before its stream goes
    ScreenModel screen;
};

std::vector<BlockLine> block_of(char letter, std::size_t length = 90) {
    return {{std::string(length, letter)}, {"second"}, {std::string(length, letter)}};
}

} // namespace

TEST_CASE("after a resize, no line of an earlier block remains") {
    for (const auto on_resize : {ScreenModel::OnResize::wraps_anew, ScreenModel::OnResize::cuts}) {
        Terminal terminal(on_resize);
        terminal.printer->print_line("event");
        terminal.printer->set_block(block_of('a'));
        CHECK(terminal.lines() ==
              std::vector<std::string>{"event", std::string(90, 'a'), "second", std::string(90, 'a')});
        terminal.resize(30, 24);
        terminal.printer->set_block(block_of('b'));
        const std::string cut = std::string(26, 'b') + "...";
        CHECK(terminal.lines() == std::vector<std::string>{"event", cut, "second", cut});
        terminal.resize(7, 24);
        terminal.printer->print_line("more");
        CHECK(terminal.lines() == std::vector<std::string>{"event", "more", "bbb...", "second", "bbb..."});
        terminal.resize(120, 24);
        terminal.printer->set_block(block_of('c', 4));
        CHECK(terminal.lines() == std::vector<std::string>{"event", "more", "cccc", "second", "cccc"});
        terminal.printer->set_block({});
        CHECK(terminal.lines() == std::vector<std::string>{"event", "more"});
    }
}

TEST_CASE("a block never takes more lines than the terminal has") {
    Terminal terminal(ScreenModel::OnResize::wraps_anew);
    terminal.resize(100, 3);
    terminal.printer->set_block(block_of('a', 5));
    CHECK(terminal.lines() == std::vector<std::string>{"aaaaa", "second"});
    terminal.printer->set_block({});
    CHECK(terminal.lines().empty());
}

TEST_CASE("characters of two columns do not make a line of the block wrap") {
    Terminal terminal(ScreenModel::OnResize::wraps_anew);
    terminal.printer->set_block({{"x"}});
    (void)terminal.lines();
    terminal.printer->set_block({{std::string(99, 'w')}});
    // The printer counts characters: with the wrap mode off, what is wider is cut by the terminal.
    terminal.screen.resize(60);
    CHECK(terminal.lines() == std::vector<std::string>{std::string(60, 'w')});
}

TEST_CASE("a stream without a terminal has a default size") {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), std::fclose);
    REQUIRE(file != nullptr);
    CHECK(console::terminal_size(file.get()).columns == 80);
    CHECK(console::terminal_size(file.get()).rows == 24);
}
