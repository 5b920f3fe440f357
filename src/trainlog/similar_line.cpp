#include "similar_line.hpp"

#include "mutation/core/excerpt.hpp"
#include "mutation/core/text.hpp"

#include <algorithm>

namespace mutation::trainlog {

namespace {

constexpr std::size_t kSequence = 3;
constexpr std::size_t kLongestSimilarLine = 1000;
constexpr std::size_t kSimilarCharacters = 160;
constexpr std::size_t kHashes = std::size_t{1} << 16U;

char to_lower_case(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

std::size_t hash_at(std::string_view text, std::size_t at) {
    std::size_t hash = 0;
    for (std::size_t i = 0; i < kSequence; ++i) {
        hash = hash * 41 + static_cast<unsigned char>(to_lower_case(text[at + i]));
    }
    return hash % kHashes;
}

/// The literal text of a regular expression: every construct becomes a newline.
std::string literal_text(std::string_view pattern) {
    std::string text;
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        const char letter = pattern[at];
        if (letter == '\\') {
            ++at;
            const bool is_literal =
                at < pattern.size() &&
                std::string_view("\\.[]{}()*+?^$|/-#@: ").find(pattern[at]) != std::string_view::npos;
            text += is_literal ? pattern[at] : '\n';
        } else if (letter == '[') {
            at = std::min(pattern.find(']', at + 2), pattern.size());
            text += '\n';
        } else if (letter == '(' && pattern.substr(at).starts_with("(?")) {
            at = std::min(pattern.find_first_of(":|=!>)", at + 2), pattern.size());
            text += '\n';
        } else if (letter == '{') {
            at = std::min(pattern.find('}', at), pattern.size());
            text += '\n';
        } else {
            text += std::string_view("()*+?^$|.").find(letter) == std::string_view::npos ? letter : '\n';
        }
    }
    return text;
}

} // namespace

SimilarLine::SimilarLine(std::string_view pattern) : numbers_(kHashes, 0), found_in_(1, 0) {
    const std::string literal = literal_text(pattern);
    for (std::size_t at = 0; at + kSequence <= literal.size() && found_in_.size() < kSimilarCharacters; ++at) {
        const bool is_whole = std::string_view(literal).substr(at, kSequence).find('\n') == std::string_view::npos;
        std::uint16_t& number = numbers_[hash_at(literal, at)];
        if (is_whole && number == 0) {
            number = static_cast<std::uint16_t>(found_in_.size());
            found_in_.push_back(0);
        }
    }
}

void SimilarLine::add(std::string_view piece) {
    while (!piece.empty()) {
        const std::size_t newline = piece.find('\n');
        line_ += piece.substr(0, newline).substr(0, kLongestSimilarLine - std::min(kLongestSimilarLine, line_.size()));
        if (newline == std::string_view::npos) {
            return;
        }
        judge_line();
        piece.remove_prefix(newline + 1);
    }
}

void SimilarLine::judge_line() {
    ++line_number_;
    std::size_t count = 0;
    for (std::size_t at = 0; at + kSequence <= line_.size(); ++at) {
        const std::uint16_t number = numbers_[hash_at(line_, at)];
        if (number != 0 && found_in_[number] != line_number_) {
            found_in_[number] = line_number_;
            ++count;
        }
    }
    const bool has_digit = line_.find_first_of("0123456789") != std::string::npos;
    const std::size_t score = count * (has_digit ? 3 : 2); // the line that is meant has a number
    if (count > 0 && (score > best_score_ || (score == best_score_ && line_.size() <= best_.size()))) {
        best_score_ = score;
        best_count_ = count;
        best_ = line_;
    }
    line_.clear();
}

std::optional<std::string> SimilarLine::text() const {
    SimilarLine last_line_too(*this);
    last_line_too.judge_line();
    constexpr std::size_t kLeastShare = 6; // low: the pattern may have several alternatives
    const bool is_similar =
        last_line_too.best_count_ > 0 && last_line_too.best_count_ * kLeastShare >= last_line_too.found_in_.size() - 1;
    return is_similar ? std::optional(make_excerpt(trim(last_line_too.best_), kSimilarCharacters)) : std::nullopt;
}

} // namespace mutation::trainlog
