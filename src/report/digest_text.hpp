#pragma once

#include "mutation/report/digest.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mutation::report {

/// `text` without control characters, and with `?` for what is no UTF-8; for ASCII with `?` for each other letter.
[[nodiscard]] std::string printable(std::string_view text, Charset charset);

/// The columns of a terminal that `text` takes, which is UTF-8: two for each letter of Chinese, Japanese and Korean.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// At most `columns` columns of `text`, with `...` if it was cut.
[[nodiscard]] std::string cut_to_width(std::string_view text, std::size_t columns);

/// `text` in lines of at most `columns` columns, between words. Longer words are cut.
[[nodiscard]] std::vector<std::string> wrap_words(std::string_view text, std::size_t columns);

} // namespace mutation::report
