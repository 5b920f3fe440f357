#include "verb_table.hpp"

#include "mutation/core/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace mutation::cli {

const std::vector<VerbName>& verb_names() {
    static const std::vector<VerbName> names{
        {Verb::run,
         "run",
         "",
         "run trainings (the default command)",
         {"repo", "model", "mutate", "runs", "experiment-config", "seed", "governor", "max-retries", "cooldown",
          "timeout", "baseline", "results-dir", "settings", "config", "dry-run", "json", "as-root", "quiet",
          "verbose"}},
        {Verb::list,
         "list",
         "",
         "show repositories, models and hyperparameters, as --list does",
         {"list", "repo", "model", "settings", "config", "json", "as-root", "quiet"}},
        {Verb::doctor,
         "doctor",
         "",
         "check sensors, permissions and the state of the machine",
         {"json", "self-test", "settings", "config", "results-dir", "as-root", "quiet"}},
        {Verb::validate,
         "validate",
         "FILE...",
         "check experiment configs and registry files",
         {"settings", "config", "as-root", "quiet"}},
        {Verb::resume,
         "resume",
         "SESSION",
         "run the experiments of a session that have no record yet",
         {"retry-failed", "force", "settings", "config", "as-root", "quiet", "verbose"}},
        {Verb::stop,
         "stop",
         "SESSION",
         "end a running session as Ctrl-C does, or after its current run",
         {"after-run"}},
        {Verb::summarize,
         "summarize",
         "SESSION",
         "rebuild the metrics and summary.csv of a session (v3.0's too)",
         {"settings", "config", "as-root", "quiet"}},
        {Verb::show_help, "help", "[COMMAND]", "print this help, or that of one command", {}},
    };
    return names;
}

const VerbName* find_verb(std::string_view name) {
    const auto& verbs = verb_names();
    const auto found =
        std::find_if(verbs.begin(), verbs.end(), [name](const VerbName& verb) { return verb.name == name; });
    return found == verbs.end() ? nullptr : &*found;
}

const VerbName& name_of(Verb verb) {
    const auto& verbs = verb_names();
    return *std::find_if(verbs.begin(), verbs.end(), [verb](const VerbName& each) { return each.verb == verb; });
}

bool has_effect(const std::string& option, const VerbName& verb) {
    return option == "help" || option == "version" ||
           std::find(verb.options.begin(), verb.options.end(), option) != verb.options.end();
}

std::string verbs_with_effect(const std::string& option) {
    std::vector<std::string> names;
    for (const VerbName& verb : verb_names()) {
        if (has_effect(option, verb)) {
            names.push_back(verb.verb == Verb::run && option == "json" ? "--dry-run" : verb.name);
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
                       nearest.empty() ? "known are " + join(known, ", ") + "; see mutation help"
                                       : fmt::format("did you mean \"{}\"?", nearest));
}

} // namespace mutation::cli
