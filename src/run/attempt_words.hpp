#pragma once

#include <cstring>
#include <fmt/format.h>
#include <string>
#include <unistd.h>

namespace mutation::run {

/// "signal 9 (SIGKILL)".
inline std::string describe_signal(int signal) {
    const char* name = ::sigabbrev_np(signal);
    return name != nullptr ? fmt::format("signal {} (SIG{})", signal, name) : fmt::format("signal {}", signal);
}

/// The beginning of what a wrapper printed into a memory file.
inline std::string read_words(int fd) {
    constexpr std::size_t kMostWords = 1000;
    std::string words(kMostWords, '\0');
    const ssize_t size = ::pread(fd, words.data(), words.size(), 0);
    words.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return words;
}

} // namespace mutation::run
