#include "mutation/core/counted.hpp"

namespace mutation {

std::string counted(std::size_t count, std::string_view noun, std::string_view plural) {
    std::string text = std::to_string(count) + ' ';
    if (count == 1) {
        return text.append(noun);
    }
    return plural.empty() ? text.append(noun).append("s") : text.append(plural);
}

} // namespace mutation
