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
    for (const VerbName& verb : verb_names()) {
        if (option.has_effect(verb.verb)) {
            names.push_back(verb.verb == Verb::run && option.long_name == "json" ? "--dry-run" : verb.name);
        }
    }
    return join(names, ", ");
}

std::string describe_unknown_verb(const std::string& word) {
    if (word.ends_with(".json")) {
        return fmt::format("unknown command \"{0}\"; to run a config: mutation -ec {0}", word);
    }
    std::vector<std::string> known;
    for (const VerbName& verb : verb_names()) {
        known.push_back(verb.name);
    }
    const std::string nearest = nearest_name(word, known);
    return fmt::format("unknown command \"{}\"; {}", word,
                       nearest.empty() ? "known: " + join(known, ", ") + "; see mutation help"
                                       : fmt::format("did you mean \"{}\"?", nearest));
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
        options_.verb = line_.verb() != nullptr ? line_.verb()->verb : options_.list ? Verb::list : Verb::run;
        take_operands();
        check_effects();
        if (options_.verb == Verb::run && options_.experiment_config.empty()) {
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
        const std::vector<std::string>& operands = line_.operands();
        switch (options_.verb) {
        case Verb::validate:
            options_.files = operands;
            if (operands.empty()) {
                errors_.emplace_back("validate: name the files to check");
            }
            break;
        case Verb::report:
            options_.sessions = operands;
            check_report();
            break;
        case Verb::resume:
        case Verb::stop:
        case Verb::summarize:
            if (operands.size() != 1) {
                errors_.push_back(fmt::format("{}: name one session folder, such as results/run_20251112_150000",
                                              line_.verb()->name));
            } else {
                options_.session = operands.front();
            }
            break;
        default:
            break;
        }
    }

    void check_report() {
        if (options_.sessions.empty()) {
            errors_.emplace_back("report: name the sessions, such as results/run_20251112_150000");
        } else if (options_.sessions.size() > 1 && options_.output.empty()) {
            errors_.emplace_back("report: say with -o DIR where the report of several sessions is written");
        }
        if (options_.price.has_value() == options_.currency.empty()) {
            errors_.emplace_back("--price and --currency: give both, or none");
        }
    }

    /// A user would believe that an option without effect has changed something.
    void check_effects() {
        for (const OptionName& option : line_.option_names()) {
            if (line_.has(option.long_name) && !option.has_effect(options_.verb)) {
                const auto verb = std::find_if(verb_names().begin(), verb_names().end(),
                                               [&](const VerbName& each) { return each.verb == options_.verb; });
                errors_.push_back(fmt::format("--{}: has no effect with {}, only with {}; leave it out",
                                              option.long_name, verb->name, verbs_with_effect(option)));
            }
        }
        if (options_.verb == Verb::run && options_.json && !options_.dry_run) {
            errors_.emplace_back("--json: has no effect on a run, only with list, doctor and --dry-run; leave it out");
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
    options.verb = Verb::show_help;
    if (line.verb() != nullptr && line.verb()->verb != Verb::show_help) {
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
    const bool is_help_verb = line.verb() != nullptr && line.verb()->verb == Verb::show_help;
    if (line.options.help || is_help_verb) {
        return help_request(line);
    }
    if (line.options.version) {
        line.options.verb = Verb::show_version;
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

} // namespace mutation::cli
