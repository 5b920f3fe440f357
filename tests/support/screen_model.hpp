#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::test {

/// What a terminal shows after some output: knows line feeds, carriage returns, "cursor up", "erase below", colours and
/// the wrap mode, which is all that the status block uses. One that is resized wraps its lines anew, with the cursor
/// staying on its character, or cuts them.
class ScreenModel {
public:
    enum class OnResize { wraps_anew, cuts };

    ScreenModel(int columns, OnResize on_resize) : columns_(static_cast<std::size_t>(columns)), on_resize_(on_resize) {}

    void resize(int columns) {
        columns_ = static_cast<std::size_t>(columns);
        for (std::string& line : lines_) {
            if (on_resize_ == OnResize::cuts && line.size() > columns_) {
                line.resize(columns_);
            }
        }
        at_ = std::min(at_, lines_[line_].size());
    }

    void feed(std::string_view output) {
        while (!output.empty()) {
            const char byte = output.front();
            output.remove_prefix(1);
            if (byte == '\033') {
                run_sequence(output);
            } else if (byte == '\r') {
                at_ -= at_ % columns_;
            } else if (byte == '\n') {
                if (++line_ == lines_.size()) {
                    lines_.emplace_back();
                }
                at_ = std::min(at_, lines_[line_].size());
            } else {
                put(byte);
            }
        }
    }

    /// The lines that hold anything, as they were written: wrapped ones are whole.
    [[nodiscard]] std::vector<std::string> lines() const {
        std::vector<std::string> shown;
        std::copy_if(lines_.begin(), lines_.end(), std::back_inserter(shown),
                     [](const std::string& line) { return !line.empty(); });
        return shown;
    }

private:
    void put(char byte) {
        std::string& line = lines_[line_];
        const std::size_t place = wraps_ ? at_ : std::min(at_, columns_ - 1);
        if (place < line.size()) {
            line[place] = byte;
        } else {
            line.push_back(byte);
        }
        at_ = place + 1;
    }

    void run_sequence(std::string_view& output) {
        const std::size_t end = output.find_first_not_of("[?;0123456789");
        const std::string parameters(output.substr(0, end));
        const char command = end == std::string_view::npos ? '\0' : output[end];
        output.remove_prefix(std::min(output.size(), end + 1));
        if (command == 'A') {
            for (int rows = std::max(1, std::atoi(parameters.c_str() + 1)); rows > 0; --rows) {
                move_up();
            }
        } else if (command == 'J') {
            lines_.resize(line_ + 1);
            lines_[line_].resize(std::min(lines_[line_].size(), at_));
        } else if (parameters == "[?7") {
            wraps_ = command == 'h';
        }
    }

    /// By one row of the screen: a long line has several.
    void move_up() {
        if (at_ >= columns_) {
            at_ -= columns_;
        } else if (line_ > 0) {
            --line_;
            const std::size_t length = lines_[line_].size();
            const std::size_t last_row = length == 0 ? 0 : (length - 1) / columns_ * columns_;
            at_ = std::min(length, last_row + at_);
        }
    }

    std::vector<std::string> lines_{1};
    std::size_t line_ = 0;
    std::size_t at_ = 0;
    std::size_t columns_;
    bool wraps_ = true;
    OnResize on_resize_;
};

} // namespace mutation::test
