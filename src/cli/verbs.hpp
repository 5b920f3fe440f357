#pragma once

#include "mutation/cli/options.hpp"
#include "mutation/system/signals.hpp"
#include "mutation/system/user.hpp"

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::cli {

/// One option of the command line.
struct OptionName {
    std::string long_name;  ///< without dashes
    std::string short_name; ///< without the dash; may have several letters (`mt`), or be ""
    std::string value_name; ///< for the help; "" : it is a flag
    std::string help;
    /// Of an option that a command declares: what is wrong with the value, or nullopt.
    std::function<std::optional<std::string>(const std::string&)> find_error = {};
};

/// The words that follow a command.
struct Operands {
    std::string name; ///< for the help: `FILE...`; "" : there are none
    std::size_t least = 0;
    std::size_t most = std::numeric_limits<std::size_t>::max();
    std::string remedy = {}; ///< the error for too few or too many: `name the files to check`
};

/// What a command works with.
struct Call {
    const Options& options;
    const std::vector<std::string>& arguments; ///< as they were typed
    const std::optional<system::User>& user;   ///< for trainings, if not the current one
    system::SignalFd& signals;
};

/// How the process runs a command.
enum class Rights {
    user,    ///< it acts as the user who ran sudo
    session, ///< as the user, and below a guardian that restores the machine after a kill (not for `--dry-run`)
    root,    ///< it keeps root's rights
};

/// All that is known about a command: its help, its options, and what it does.
struct VerbInfo {
    std::string name;
    Operands operands;
    std::string help;
    std::vector<std::string> options;         ///< long names of the options that it shares with others and uses
    std::vector<OptionName> own_options = {}; ///< of this command only; `Options::own` has their values
    int (*run)(const Call&) = nullptr;        ///< returns the exit status
    Rights rights = Rights::user;

    [[nodiscard]] bool has_effect(const std::string& long_name) const;
};

/// Every command, in the order of the help.
[[nodiscard]] const std::vector<VerbInfo>& verbs();
/// nullptr if there is none of this name.
[[nodiscard]] const VerbInfo* find_verb(std::string_view name);

// Each command has a file of its name.
[[nodiscard]] int compare(const Call& call);
[[nodiscard]] int doctor(const Call& call);
[[nodiscard]] int list(const Call& call);
[[nodiscard]] int report(const Call& call);
[[nodiscard]] int stop(const Call& call);
[[nodiscard]] int summarize(const Call& call);
[[nodiscard]] int validate(const Call& call);

/// `5%`, `5 %` or `0.05` as 0.05; nullopt if it is not a number above 0 and below 1.
[[nodiscard]] std::optional<double> parse_margin(std::string_view word);

} // namespace mutation::cli
