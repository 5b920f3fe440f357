#include "mutation/sensors/epoch_text.hpp"

#include <array>
#include <charconv>

namespace mutation::sensors {

void append_fixed(std::string& text, double value, int decimals) {
    std::array<char, 400> buffer{}; // the longest double in fixed notation has 309 digits before its point
    const auto [end, status] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, decimals);
    text.append(buffer.data(), end);
}

void append_epoch(std::string& text, Seconds since_epoch) {
    // Whole milliseconds in integers: this is the hot path of the sampler's files.
    const auto ms = std::chrono::floor<std::chrono::milliseconds>(since_epoch + std::chrono::microseconds(500)).count();
    std::array<char, 32> buffer{};
    const auto [end, status] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), ms < 0 ? 0 : ms / 1000);
    text.append(buffer.data(), end);
    const auto fraction = static_cast<int>(ms < 0 ? 0 : ms % 1000);
    const char digits[] = {'.', static_cast<char>('0' + fraction / 100), static_cast<char>('0' + fraction / 10 % 10),
                           static_cast<char>('0' + fraction % 10)};
    text.append(digits, sizeof digits);
}

} // namespace mutation::sensors
