#pragma once

#include <string>
#include <vector>

namespace mutation::system {

/// `words` as exec and its kin want them: ended by a null pointer, good as long as `words` is.
[[nodiscard]] inline std::vector<char*> to_pointers(const std::vector<std::string>& words) {
    std::vector<char*> pointers;
    pointers.reserve(words.size() + 1);
    for (const std::string& word : words) {
        pointers.push_back(const_cast<char*>(word.c_str())); // their signature; they do not write
    }
    pointers.push_back(nullptr);
    return pointers;
}

} // namespace mutation::system
