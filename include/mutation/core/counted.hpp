#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mutation {

/// `1 retry`, `2 retries`: the number with the word that fits it.
[[nodiscard]] inline std::string count_of(std::size_t count, std::string_view one, std::string_view several) {
    return std::to_string(count) + " " + std::string(count == 1 ? one : several);
}

/// `1 run`, `2 runs`: the same for a word that takes an s.
[[nodiscard]] inline std::string count_of(std::size_t count, std::string_view word) {
    return count_of(count, word, std::string(word) + "s");
}

} // namespace mutation
