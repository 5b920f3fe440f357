#pragma once

#include "mutation/cli/options.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::cli {

/// One command of the command line.
struct VerbName {
    Verb verb;
    std::string name;
    std::string operands;             ///< for the help: "FILE...", or ""
    std::string help;                 ///< what it does
    std::vector<std::string> options; ///< long names of those that have an effect
};

/// Every command, in the order of the help.
[[nodiscard]] const std::vector<VerbName>& verb_names();

[[nodiscard]] const VerbName* find_verb(std::string_view name);
[[nodiscard]] const VerbName& name_of(Verb verb);

/// Whether the option has an effect with that command. `--help` and `--version` have one with each.
[[nodiscard]] bool has_effect(const std::string& option, const VerbName& verb);

/// The commands with which the option has an effect: `list, doctor`.
[[nodiscard]] std::string verbs_with_effect(const std::string& option);

/// The error for a word that is no command, with the nearest one.
[[nodiscard]] std::string describe_unknown_verb(const std::string& word);

} // namespace mutation::cli
