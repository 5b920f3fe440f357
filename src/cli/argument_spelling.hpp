#pragma once

#include "verbs.hpp"

#include <string>
#include <vector>

namespace mutation::cli {

/// Rewrites the spellings of v3.0's argparse that CLI11 does not know: short names of several letters (`-mt`), a value
/// after `-x=`, and unique prefixes of long names. Everything else stays as it is. To `errors`: ambiguous prefixes,
/// options without their value, and flags with one.
[[nodiscard]] std::vector<std::string> spell_out(const std::vector<std::string>& arguments,
                                                 const std::vector<OptionName>& options,
                                                 std::vector<std::string>& errors);

} // namespace mutation::cli
