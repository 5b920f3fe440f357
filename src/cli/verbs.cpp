#include "verbs.hpp"

#include "mutation/config/session_settings.hpp"
#include "mutation/core/numbers.hpp"
#include "session_verbs.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iostream>

namespace mutation::cli {

namespace {

const std::vector<std::string> kEveryVerb{"help", "version"};

/// Checks the value of an option.
auto number_between(double least, double most) {
    return [=](const std::string& word) -> std::optional<std::string> {
        const auto number = parse_double(word);
        if (number && *number >= least && *number <= most) {
            return std::nullopt;
        }
        return fmt::format("must be a number from {} to {}", least, most);
    };
}

int show_help(const Call& call) {
    std::cout << help_text(call.options.help_topic);
    return 0;
}

std::vector<std::string> options_of_run() {
    std::vector<std::string> names{"experiment-config", "repo",     "model",   "mutate",   "runs",
                                   "results-dir",       "settings", "config",  "dry-run",  "json",
                                   "as-root",           "quiet",    "verbose", "no-report"};
    for (const auto& setting : config::session_settings()) {
        names.emplace_back(setting.option.long_name);
    }
    return names;
}

std::optional<std::string> find_margin_error(const std::string& word) {
    return parse_margin(word) ? std::nullopt : std::optional("must be above 0 and below 100 %, such as 5% or 0.05");
}

std::vector<VerbInfo> make_verbs() {
    const Operands session{"SESSION", 1, 1, "name one session folder, such as results/run_20251112_150000"};
    return {
        {"run",
         {},
         "run trainings (the default command)",
         options_of_run(),
         {},
         [](const Call& call) { return run_trainings(call.options, call.arguments, call.user, call.signals); },
         Rights::session},
        {"list",
         {},
         "show repositories, models and hyperparameters, as --list does",
         {"list", "repo", "model", "settings", "config", "json", "quiet"},
         {},
         list},
        {"doctor",
         {},
         "check sensors, permissions and the state of the machine",
         {"results-dir", "settings", "config", "json"},
         {{"self-test", "", "", "with doctor: run a test load and check that the sensors react"}},
         doctor},
        {"validate",
         {"FILE...", 1, std::numeric_limits<std::size_t>::max(), "name the files to check"},
         "check experiment configs and registry files",
         {"settings", "config", "quiet"},
         {},
         validate},
        {"resume",
         session,
         "run the experiments of a session that have no record yet",
         {"settings", "config", "as-root", "retry-failed", "force", "no-report", "quiet", "verbose"},
         {},
         [](const Call& call) { return resume(call.options, call.arguments, call.user, call.signals); },
         Rights::session},
        {"stop",
         session,
         "end a running session as Ctrl-C does, or after its current run",
         {},
         {{"after-run", "", "", "with stop: let the current run finish"}},
         stop,
         Rights::root}, // root may stop every session
        {"summarize",
         session,
         "rebuild the metrics and summary.csv of a session (v3.0's too)",
         {"settings", "config", "quiet"},
         {},
         summarize},
        {"report",
         {"SESSION...", 1, std::numeric_limits<std::size_t>::max(),
          "name the sessions, such as results/run_20251112_150000"},
         "say what hyperparameters do to energy and quality: page, tables, figures",
         {"output", "settings", "config", "json", "quiet"},
         {{"carbon-intensity", "", "G", "with report: g CO2e per kWh of your electricity", number_between(0, 10000)},
          {"price", "", "P", "with report: price of a kWh", number_between(0, 10000)},
          {"currency", "", "NAME", "with report: currency of that price, such as EUR"},
          {"pue", "", "X", "with report: power usage effectiveness of the data centre", number_between(1, 100)},
          {"without-flagged", "", "", "with report: leave doubtful runs out of everything"}},
         report},
        {"compare",
         {"A B", 2, 2, "name two sessions, A and B; several sessions of one side are joined by commas"},
         "is B different from A, in energy, time and metrics?",
         {"output", "settings", "config", "json"},
         {{"margin", "", "D", "with compare: largest change of no interest (5%)", find_margin_error},
          {"fail-if-worse", "", "", "with compare: exit 1 if B is worse beyond the margin"},
          {"across-machines", "", "", "with compare: allow two machines; adds the sensors' gain errors"}},
         compare},
        {"help", {"[COMMAND]"}, "print this help, or that of one command", {}, {}, show_help},
    };
}

} // namespace

bool VerbInfo::has_effect(const std::string& long_name) const {
    const auto has = [&](const std::vector<std::string>& names) {
        return std::find(names.begin(), names.end(), long_name) != names.end();
    };
    return has(kEveryVerb) || has(options) || std::any_of(own_options.begin(), own_options.end(), [&](const auto& own) {
               return own.long_name == long_name;
           });
}

const std::vector<VerbInfo>& verbs() {
    static const std::vector<VerbInfo> all = make_verbs();
    return all;
}

const VerbInfo* find_verb(std::string_view name) {
    const auto found =
        std::find_if(verbs().begin(), verbs().end(), [name](const VerbInfo& verb) { return verb.name == name; });
    return found == verbs().end() ? nullptr : &*found;
}

} // namespace mutation::cli
