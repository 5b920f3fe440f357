#include "mutation/plan/plan.hpp"

#include <algorithm>

namespace mutation::plan {

namespace {

bool fits_folder_name(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           letter == '.' || letter == '-' || letter == '+' || letter == '_';
}

} // namespace

std::string experiment_id(const std::string& repository, const std::string& model, config::Mode mode,
                          std::uint32_t number) {
    constexpr std::size_t kLongestName = 200; // a folder's name has at most 255 bytes
    constexpr std::size_t kLeastDigits = 3;
    std::string id = repository + "_" + model;
    std::replace_if(
        id.begin(), id.end(), [](char letter) { return !fits_folder_name(letter); }, '_');
    if (id.front() == '.' || id.front() == '-') { // neither hidden nor taken for an option
        id.front() = '_';
    }
    id.resize(std::min(id.size(), kLongestName));
    const std::string digits = std::to_string(number);
    id += "_" + std::string(kLeastDigits - std::min(kLeastDigits, digits.size()), '0') + digits;
    return mode == config::Mode::parallel ? id + "_parallel" : id;
}

} // namespace mutation::plan
