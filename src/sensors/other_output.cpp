#include "mutation/sensors/other_output.hpp"

#include "mutation/core/excerpt.hpp"
#include "mutation/core/text.hpp"

namespace mutation::sensors {

namespace {

constexpr std::size_t kMostQuoted = 300;

} // namespace

void OtherOutput::add(std::string_view text) {
    for (const std::string_view line : split(text, '\n')) {
        if (text_.size() >= kMostQuoted) {
            return;
        }
        const std::string words = make_excerpt(trim(line), kMostQuoted);
        if (words.empty() || text_.find(words) != std::string::npos) {
            continue; // a program that repeats itself is quoted once
        }
        text_ = make_excerpt(text_ + (text_.empty() ? "" : " / ") + words, kMostQuoted);
    }
}

} // namespace mutation::sensors
