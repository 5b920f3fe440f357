#include "mutation/cli/options.hpp"

#include "argument_spelling.hpp"
#include "command_line.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace mutation::cli {

namespace {

/// The commands with which the option has an effect: `list, doctor`.
std::string verbs_with_effect(const OptionName& option) {
    std::vector<std::string> names;
    for (const VerbInfo& verb : verbs()) {
        if (verb.has_effect(option.long_name)) {
            names.push_back(verb.name == "run" && option.long_name == "json" ? "--dry-run" : verb.name);
        }
    }
    return join(names, ", ");
}

std::string describe_unknown_verb(const std::string& word) {
    if (word.ends_with(".json")) {
        return fmt::format("unknown command \"{0}\"; to run a config: mutation -ec {0}", word);
    }
    std::vector<std::string> known;
    for (const VerbInfo& verb : verbs()) {
        known.push_back(verb.name);
    }
    const std::string nearest = nearest_name(word, known);
    return fmt::format("unknown command \"{}\"; {}", word,
                       nearest.empty() ? "known: " + join(known, ", ") + "; see mutation help"
                                       : fmt::format("did you mean \"{}\"?", nearest));
}

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
  mutation compare results/run_1 results/run_2         is the second session different from the first?
)";

constexpr const char* kExitStatus = R"(
Exit status:
  0 every experiment succeeded   1 some failed   2 wrong usage or config, nothing was run
  3 something is missing on this machine, or results cannot be written
  compare: 1 B is worse (with --fail-if-worse)   4 not comparable: other machines, or nothing in both
  70 a defect of this program, please report it
  130, 143, 129 interrupted by INT, TERM, HUP
)";

std::string describe_option(const OptionName& option) {
    const std::string short_form = option.short_name.empty() ? "    " : "-" + option.short_name + ",";
    const std::string name = fmt::format("{:<4} --{} {}", short_form, option.long_name, option.value_name);
    return fmt::format("  {:<32}{}\n", name, option.help);
}

/// Judges a command line that CLI11 has read.
class Judge {
public:
    explicit Judge(CommandLine& line) : line_(line), errors_(line.errors), options_(line.options) {}

    void judge() {
        const std::vector<std::string> strays = line_.strays();
        for (const std::string& word : strays) {
            if (word.starts_with('-') && word.size() > 1) {
                report_unknown_option(word);
            }
        }
        const bool is_about_runs = line_.has("repo") || line_.has("model") || line_.has("mutate") ||
                                   line_.has("experiment-config") || options_.list;
        if (line_.verb() == nullptr && !is_about_runs && (!strays.empty() || !errors_.empty())) {
            if (errors_.empty()) {
                errors_.push_back(describe_unknown_verb(strays.front()));
            }
            return; // what was meant is not known, so that nothing can be missing
        }
        if (!has_unknown_option_) { // else the words are the values of that option
            report_strays(strays);
        }
        options_.verb = line_.verb() != nullptr ? line_.verb()->name : options_.list ? "list" : "run";
        take_operands();
        check_effects();
        if (options_.verb == "run" && options_.experiment_config.empty()) {
            check_run();
        }
    }

private:
    void report_unknown_option(const std::string& word) {
        std::vector<std::string> known;
        for (const OptionName& option : line_.option_names()) {
            known.push_back("--" + option.long_name);
        }
        const std::string nearest = nearest_name(word.substr(0, word.find('=')), known);
        errors_.push_back(fmt::format("unknown option \"{}\"; {}see mutation --help", word,
                                      nearest.empty() ? "" : fmt::format("did you mean {}? ", nearest)));
        meant_options_.push_back(nearest);
        has_unknown_option_ = true;
    }

    void report_strays(const std::vector<std::string>& strays) {
        for (const std::string& stray : strays) {
            errors_.push_back(fmt::format("\"{}\" is neither an option nor a value of one{}; see mutation --help",
                                          stray, line_.has("mutate") ? " (a list is one word: --mutate a,b)" : ""));
        }
    }

    void take_operands() {
        const Operands& expected = find_verb(options_.verb)->operands;
        options_.operands = line_.operands();
        const std::size_t count = options_.operands.size();
        if (count < expected.least || count > expected.most) {
            errors_.push_back(fmt::format("{}: {}", options_.verb, expected.remedy));
        } else if (count > 0) {
            options_.session = options_.operands.front();
        }
    }

    /// A user would believe that an option without effect has changed something.
    void check_effects() {
        for (const OptionName& option : line_.option_names()) {
            if (line_.has(option.long_name) && !find_verb(options_.verb)->has_effect(option.long_name)) {
                errors_.push_back(fmt::format("--{}: has no effect with {}, only with {}; leave it out",
                                              option.long_name, options_.verb, verbs_with_effect(option)));
            }
        }
        if (options_.verb == "run" && options_.json && !options_.dry_run) {
            errors_.emplace_back(
                "--json: has no effect on a run, only with list, doctor, report, compare and --dry-run; leave it out");
        }
    }

    /// The first option of a run that is missing, unless a misspelled one was meant to be it.
    void check_run() {
        for (const auto& [name, is_missing] : {std::pair{"--repo", options_.repository.empty()},
                                               {"--model", options_.model.empty()},
                                               {"--mutate", options_.mutate.empty()}}) {
            const bool is_meant = std::find(meant_options_.begin(), meant_options_.end(), name) != meant_options_.end();
            if (is_missing && !is_meant) {
                errors_.push_back(fmt::format(
                    "{}: is missing; a run needs --repo, --model and --mutate, or --experiment-config", name));
                return;
            }
        }
    }

    CommandLine& line_;
    std::vector<std::string>& errors_;
    Options& options_;
    std::vector<std::string> meant_options_;
    bool has_unknown_option_ = false;
};

/// `help`, `help COMMAND` and `COMMAND --help`. Error(usage) for an unknown command.
Options help_request(const CommandLine& line) {
    Options options;
    options.verb = "help";
    if (line.verb() != nullptr && line.verb()->name != "help") {
        options.help_topic = line.verb()->name;
    } else if (!line.operands().empty()) {
        options.help_topic = line.operands().front();
    }
    if (!options.help_topic.empty() && find_verb(options.help_topic) == nullptr) {
        throw Error(ErrorKind::usage, describe_unknown_verb(options.help_topic));
    }
    return options;
}

} // namespace

Options parse_options(const std::vector<std::string>& arguments) {
    CommandLine line;
    const std::vector<std::string> words = spell_out(arguments, line.option_names(), line.errors);
    const bool is_spelled_well = line.errors.empty();
    const bool is_read = line.parse(words);
    for (const std::string_view help : {"-h", "--help"}) {
        line.options.help = line.options.help || std::find(words.begin(), words.end(), help) != words.end();
    }
    const bool is_help_verb = line.verb() != nullptr && line.verb()->name == "help";
    if (line.options.help || is_help_verb) {
        return help_request(line);
    }
    if (line.options.version) {
        return line.options;
    }
    if (is_read &&
        (is_spelled_well || line.verb() != nullptr)) { // else an option that seems to be missing may be there
        Judge(line).judge();
    }
    if (!line.errors.empty()) {
        throw Error(ErrorKind::usage, join(line.errors, "\n"));
    }
    return line.options;
}

std::string help_text(const std::string& topic) {
    const CommandLine line;
    const VerbInfo* only = find_verb(topic);
    std::string text;
    if (only != nullptr) {
        text = fmt::format("mutation {}{}{}: {}\n", only->name, only->operands.name.empty() ? "" : " ",
                           only->operands.name, only->help);
    } else {
        text = kUsage;
        text += "\nCommands:\n";
        for (const VerbInfo& verb : verbs()) {
            text += fmt::format("  {:<22}{}\n", verb.name + " " + verb.operands.name, verb.help);
        }
    }
    text += "\nOptions:\n";
    for (const OptionName& option : line.option_names()) {
        if (only == nullptr || only->has_effect(option.long_name)) {
            text += describe_option(option);
        }
    }
    return only == nullptr ? text + kExitStatus : text;
}

} // namespace mutation::cli
