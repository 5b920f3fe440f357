#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::trainlog {

/// Finds the line of a log that is most similar to a pattern, so that the author sees what is different.
/// Similar lines have the same sequences of three characters as the literal text of the pattern, whatever the case;
/// a line with a digit is preferred.
class SimilarLine {
public:
    /// `pattern` is a regular expression.
    explicit SimilarLine(std::string_view pattern);

    /// Takes the next part of the cleaned log. Of equally similar lines the shorter one counts, then the later one.
    void add(std::string_view piece);

    /// The line, at most 160 characters; nullopt if no line is similar.
    [[nodiscard]] std::optional<std::string> text() const;

private:
    void judge_line();

    std::vector<std::uint16_t> numbers_;  ///< of each sequence that the pattern has, by its hash; 0: it has not
    std::vector<std::uint64_t> found_in_; ///< the last line that has the sequence of this number
    std::uint64_t line_number_ = 0;
    std::string line_;
    std::string best_;
    std::size_t best_count_ = 0; ///< of the sequences that the pattern has
    std::size_t best_score_ = 0;
};

} // namespace mutation::trainlog
