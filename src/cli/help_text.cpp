#include "command_line.hpp"
#include "mutation/cli/options.hpp"

#include <fmt/format.h>

namespace mutation::cli {

namespace {

constexpr const char* kUsage =
    R"(Mutates hyperparameters of deep-learning trainings, runs each training unattended, and records its
energy (CPU and GPUs) and its quality metrics.

Usage:
  mutation -r REPO -m MODEL -mt LIST [-n N] [options]
  mutation -ec FILE [options]
  mutation COMMAND [options]

Examples:
  mutation --list                                      what can be trained, and with which hyperparameters
  mutation -ec quickstart                              a first result in minutes, without GPU or data
  mutation -r digits -m mlp -mt epochs,dropout -n 3    mutate two hyperparameters, three times
  mutation -ec settings/all.json --dry-run             show the exact plan, run nothing
  sudo mutation -ec settings/all.json -g performance   run it, with CPU energy
  mutation doctor                                      what this machine can measure, and how to fix the rest
  mutation validate settings/my_study.json             report all errors of a config
  mutation summarize results/run_20251112_150000       read the logs again, rebuild summary.csv
)";

constexpr const char* kExitStatus = R"(
Exit status:
  0 every experiment succeeded   1 some failed   2 wrong usage or config, nothing was run
  3 something is missing on this machine, or results cannot be written
  70 a defect of this program, please report it
  130, 143, 129 interrupted by INT, TERM, HUP
)";

std::string describe_option(const OptionName& option) {
    const std::string short_form = option.short_name.empty() ? "    " : "-" + option.short_name + ",";
    const std::string name = fmt::format("{:<4} --{} {}", short_form, option.long_name, option.value_name);
    return fmt::format("  {:<32}{}\n", name, option.help);
}

} // namespace

std::string help_text(const std::string& topic) {
    const CommandLine line;
    const VerbName* only = find_verb(topic);
    std::string text;
    if (only != nullptr) {
        text = fmt::format("mutation {}{}{}: {}\n", only->name, only->operands.empty() ? "" : " ", only->operands,
                           only->help);
    } else {
        text = kUsage;
        text += "\nCommands:\n";
        for (const VerbName& verb : verb_names()) {
            text += fmt::format("  {:<22}{}\n", verb.name + " " + verb.operands, verb.help);
        }
    }
    text += "\nOptions:\n";
    for (const OptionName& option : line.option_names()) {
        if (only == nullptr || option.has_effect(only->verb)) {
            text += describe_option(option);
        }
    }
    return only == nullptr ? text + kExitStatus : text;
}

} // namespace mutation::cli
