#pragma once

#include "mutation/report/report.hpp"

#include <string>

namespace mutation::report {

/// What a terminal can show.
enum class Charset { ascii, utf8 };

/// That of the locale of this process's environment (LC_ALL, LC_CTYPE or LANG).
[[nodiscard]] Charset locale_charset();

/// The report in a few lines for a terminal: at most 12 a group, of at most 80 columns, without colours. For each
/// group: runs and losses, the three strongest effects, the best and the cheapest nearly as good, the smallest ratio
/// that can be seen; then the warnings, as many as fit. Ends with a line end.
[[nodiscard]] std::string make_digest(const Report& report, Charset charset);

} // namespace mutation::report
