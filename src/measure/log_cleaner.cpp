#include "log_cleaner.hpp"

namespace mutation::measure {

namespace {

constexpr char kEscape = '\033';
constexpr char kBell = '\007';

bool ends_control_sequence(char byte) {
    return byte >= '@' && byte <= '~';
}

} // namespace

void LogCleaner::clean(std::string_view piece, std::string& out) {
    std::size_t at = 0;
    while (at < piece.size()) {
        if (state_ != State::text) {
            step(piece[at++], out);
            continue;
        }
        const std::size_t special = piece.find_first_of("\r\033", at);
        out.append(piece.substr(at, special - at));
        if (special == std::string_view::npos) {
            return;
        }
        state_ = piece[special] == '\r' ? State::after_carriage_return : State::escape;
        at = special + 1;
    }
}

void LogCleaner::step(char byte, std::string& out) {
    switch (state_) {
    case State::after_carriage_return:
        out.push_back('\n');
        state_ = State::text;
        if (byte == '\r') {
            state_ = State::after_carriage_return;
        } else if (byte == kEscape) {
            state_ = State::escape;
        } else if (byte != '\n') {
            out.push_back(byte);
        }
        return;
    case State::escape:
        if (byte == '[') {
            state_ = State::control_sequence;
        } else if (byte == ']') {
            state_ = State::command;
        } else if (byte == '\n') { // an escape that leads to nothing
            out.push_back(byte);
            state_ = State::text;
        } else if (byte < ' ' || byte > '/') { // intermediate bytes are followed by one more
            state_ = State::text;
        }
        return;
    case State::control_sequence:
        if (byte == '\n') {
            out.push_back(byte);
            state_ = State::text;
        } else if (ends_control_sequence(byte)) {
            state_ = State::text;
        }
        return;
    case State::command:
    case State::command_escape:
        if (byte == '\n') {
            out.push_back(byte);
            state_ = State::text;
        } else if (byte == kBell || (state_ == State::command_escape && byte == '\\')) {
            state_ = State::text;
        } else {
            state_ = byte == kEscape ? State::command_escape : State::command;
        }
        return;
    case State::text:
        return;
    }
}

void LogCleaner::finish(std::string& out) {
    if (state_ == State::after_carriage_return) {
        out.push_back('\n');
    }
    state_ = State::text;
}

} // namespace mutation::measure
