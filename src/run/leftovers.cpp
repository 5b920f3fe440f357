#include "leftovers.hpp"

#include "mutation/run/launcher.hpp"
#include "mutation/system/process_tree.hpp"

#include <algorithm>
#include <cstddef>
#include <fmt/format.h>
#include <string_view>

namespace mutation::run {

namespace {

constexpr std::size_t kMostNamed = 3;
constexpr std::size_t kLongestCommand = 50;

/// Cut between two characters, not inside one.
std::string shorten(const std::string& text) {
    constexpr std::string_view kDots = "...";
    if (text.size() <= kLongestCommand) {
        return text;
    }
    std::size_t end = kLongestCommand - kDots.size();
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
        --end;
    }
    return text.substr(0, end).append(kDots);
}

} // namespace

std::string name_processes(const std::vector<pid_t>& processes) {
    std::string text;
    const std::size_t named = std::min(processes.size(), kMostNamed);
    for (std::size_t i = 0; i < named; ++i) {
        text += fmt::format("{}{} ({})", i == 0 ? "" : ", ", processes[i], shorten(system::command_of(processes[i])));
    }
    return named < processes.size() ? text + fmt::format(" and {} more", processes.size() - named) : text;
}

LaunchMessage pack_leftovers(const Leftovers& leftovers) {
    LaunchMessage message{.kind = LaunchMessage::Kind::left_behind, .pid = leftovers.count};
    message.wait_status = leftovers.ended_by_themselves ? 1 : 0;
    leftovers.names.copy(message.text, sizeof message.text - 1);
    return message;
}

Leftovers unpack_leftovers(const LaunchMessage& message) {
    return {message.pid, message.text, message.wait_status != 0};
}

std::string describe_leftovers(std::string_view who, const Leftovers& leftovers, bool has_succeeded) {
    const bool is_one = leftovers.count == 1;
    const std::string fate = leftovers.ended_by_themselves
                                 ? fmt::format("{} wrote to the log after that", is_one ? "it" : "they")
                                 : fmt::format("{} ended", is_one ? "it was" : "they were");
    return fmt::format("{} left {} process{} running when it ended: {}; {}, and what {} did after that is not "
                       "measured{}",
                       who, leftovers.count, is_one ? "" : "es", leftovers.names, fate, is_one ? "it" : "they",
                       has_succeeded ? "; if the training itself runs there, add `wait` to the end of the script" : "");
}

} // namespace mutation::run
