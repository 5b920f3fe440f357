#pragma once

#include <string>
#include <vector>

namespace mutation::cli {

/// One option of the command line.
struct OptionName {
    std::string long_name;  ///< without dashes
    std::string short_name; ///< without the dash; may have several letters (`mt`), or be ""
    bool takes_value = true;
    std::string value_name; ///< for the help
    std::string help;
};

/// Every option, in the order of the help.
[[nodiscard]] const std::vector<OptionName>& option_names();

/// Rewrites the spellings that argparse knew (and the packaged CLI11 does not) to `--name=value` and `--name`; words
/// that are no options stay as they are. What cannot be an option goes to `problems`.
[[nodiscard]] std::vector<std::string> spell_out(const std::vector<std::string>& arguments,
                                                 std::vector<std::string>& problems);

} // namespace mutation::cli
