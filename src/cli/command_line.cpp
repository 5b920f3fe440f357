#include "command_line.hpp"

#include "mutation/config/session_settings.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace mutation::cli {

namespace {

const std::vector<Verb> kRun{Verb::run};
const std::vector<Verb> kReadsSettings{Verb::run,    Verb::list,      Verb::doctor, Verb::validate,
                                       Verb::resume, Verb::summarize, Verb::report};
const std::vector<Verb> kReport{Verb::report};

/// What CLI11 needs as a name: it knows short names of one letter only.
std::string spelling_of(const OptionName& name) {
    return (name.short_name.size() == 1 ? "-" + name.short_name + "," : "") + "--" + name.long_name;
}

std::vector<std::string> split_list(const std::string& list) {
    std::vector<std::string> names;
    for (const std::string_view name : split(list, ',')) {
        if (!trim(name).empty()) {
            names.emplace_back(trim(name));
        }
    }
    return names;
}

/// The JSON that a word stands for in a config; text if it is not what the setting needs.
Json to_json(const std::string& word, config::SettingKind kind) {
    if (kind == config::SettingKind::whole) {
        const auto whole = parse_integer(word);
        const auto count = parse_count(word);
        return whole ? Json(*whole) : (count ? Json(*count) : Json(word));
    }
    const auto number = kind == config::SettingKind::number ? parse_double(word) : std::nullopt;
    return number ? Json(*number) : Json(word);
}

/// A whole number in decimal digits. CLI11 alone would read 010 as 8, and 0x10.
CLI::Validator whole_number(const std::string& option, std::int64_t least, std::int64_t most,
                            std::vector<std::string>& errors) {
    CLI::Validator check(
        [=, &errors](std::string& word) {
            const auto number = parse_integer(word);
            if (!number || *number < least || *number > most) {
                errors.push_back(
                    fmt::format("--{}: \"{}\": must be a whole number from {} to {}", option, word, least, most));
            }
            word = std::to_string(number.value_or(least)); // CLI11 goes on, so that all errors are found
            return std::string();
        },
        "");
    return check;
}

/// What the reader of configs demands of the setting's value.
template <class Setting>
CLI::Validator setting_check(const Setting& setting, std::vector<std::string>& errors) {
    CLI::Validator check(
        [&setting, &errors](const std::string& word) {
            const Json value = to_json(word, setting.kind);
            const JsonSource source(value, "--" + std::string(setting.option.long_name), [&](const JsonNote& note) {
                const bool has_remedy = setting.kind == config::SettingKind::choice && !note.remedy.empty();
                errors.push_back(fmt::format("{}: {}: {}{}{}", note.path, quote(word), note.message,
                                             has_remedy ? "; " : "", has_remedy ? note.remedy : ""));
            });
            config::SessionSettings scratch;
            setting.read(source.root(), config::Origin::config, scratch);
            return std::string();
        },
        "");
    return check;
}

} // namespace

const std::vector<VerbName>& verb_names() {
    static const std::vector<VerbName> names{
        {Verb::run, "run", "", "run trainings (the default command)"},
        {Verb::list, "list", "", "show repositories, models and hyperparameters, as --list does"},
        {Verb::doctor, "doctor", "", "check sensors, permissions and the state of the machine"},
        {Verb::validate, "validate", "FILE...", "check experiment configs and registry files"},
        {Verb::resume, "resume", "SESSION", "run the experiments of a session that have no record yet"},
        {Verb::stop, "stop", "SESSION", "end a running session as Ctrl-C does, or after its current run"},
        {Verb::summarize, "summarize", "SESSION", "rebuild the metrics and summary.csv of a session (v3.0's too)"},
        {Verb::report, "report", "SESSION...",
         "say what hyperparameters do to energy and quality: page, tables, figures"},
        {Verb::show_help, "help", "[COMMAND]", "print this help, or that of one command"},
    };
    return names;
}

const VerbName* find_verb(std::string_view name) {
    const auto& verbs = verb_names();
    const auto found =
        std::find_if(verbs.begin(), verbs.end(), [name](const VerbName& verb) { return verb.name == name; });
    return found == verbs.end() ? nullptr : &*found;
}

CommandLine::CommandLine() {
    app_.set_help_flag(); // help depends on the command, and wins over errors
    app_.allow_extras();
    app_.require_subcommand(0, 1);
    declare_what_to_run();
    declare_settings();
    declare_places();
    declare_report();
    declare_flags();
    for (const VerbName& verb : verb_names()) {
        CLI::App* command = app_.add_subcommand(verb.name);
        command->set_help_flag();
        command->fallthrough();
        if (!verb.operands.empty()) {
            command->add_option(verb.operands, operands_);
        }
    }
}

void CommandLine::declare_what_to_run() {
    CLI::Option* config =
        text({"experiment-config", "ec", "FILE", "run a JSON experiment config: a path, or the name of a preset", kRun},
             options.experiment_config);
    CLI::Option* repo = text({"repo", "r", "NAME", "training repository", {Verb::run, Verb::list}}, options.repository);
    CLI::Option* model =
        text({"model", "m", "NAME", "model of that repository", {Verb::run, Verb::list}}, options.model);
    const OptionName mutate{"mutate", "mt", "LIST", "hyperparameters to mutate, separated by commas, or `all`", kRun};
    CLI::Option* list =
        declare(mutate, app_.add_option_function<std::string>(spelling_of(mutate), [this](const std::string& names) {
            options.mutate = split_list(names);
        }));
    const OptionName runs{"runs", "n", "N", "number of unique mutations to run (1)", kRun};
    CLI::Option* count = declare(
        runs, app_.add_option_function<int>(spelling_of(runs), [this](const int& number) { options.runs = number; }));
    count->transform(whole_number("runs", 1, config::kMostRuns, errors));
    for (CLI::Option* option : {repo, model, list, count}) {
        config->excludes(option);
    }
    std::rotate(names_.begin(), names_.begin() + 1, names_.end()); // the help shows the config after the flags
}

void CommandLine::declare_settings() {
    for (const auto& each : config::session_settings()) {
        if (!each.option.long_name.empty()) {
            setting(each, setting_check(each, errors));
        }
    }
}

void CommandLine::declare_places() {
    const OptionName results{
        "results-dir", "", "DIR", "folder for the sessions (./results)", {Verb::run, Verb::doctor}};
    declare(results, app_.add_option_function<std::string>(spelling_of(results), [this](const std::string& folder) {
        options.results = folder;
        if (folder.empty()) {
            errors.emplace_back("--results-dir: \"\": must name a folder");
        }
    }));
    text({"settings", "", "DIR", "folder that contains repos/*.json and the presets", kReadsSettings},
         options.settings);
    text({"config", "c", "FILE", "registry file in v3.0's format, instead of settings/repos/*.json", kReadsSettings},
         options.registry_file);
}

void CommandLine::declare_report() {
    const OptionName output{"output", "o", "DIR", "folder for the report (SESSION/report)", kReport};
    declare(output, app_.add_option_function<std::string>(spelling_of(output), [this](const std::string& folder) {
        options.output = folder;
        if (folder.empty()) {
            errors.emplace_back("--output: \"\": must name a folder");
        }
    }));
    factor({"carbon-intensity", "", "G", "with report: g CO2e per kWh of your electricity", kReport}, {0, 10000},
           options.carbon_intensity);
    factor({"price", "", "P", "with report: price of a kWh", kReport}, {0, 10000}, options.price);
    text({"currency", "", "NAME", "with report: currency of that price, such as EUR", kReport}, options.currency);
    factor({"pue", "", "X", "with report: power usage effectiveness of the data centre", kReport}, {1, 100},
           options.pue);
    flag({"without-flagged", "", "", "with report: leave out doubtful runs everywhere", kReport},
         options.without_flagged);
    flag({"no-report", "", "", "write no report at the end of the session", {Verb::run, Verb::resume}},
         options.no_report);
}

void CommandLine::declare_flags() {
    flag({"list", "l", "", "show repositories, models and hyperparameters", {Verb::list}}, options.list);
    flag({"dry-run", "", "", "print the plan with every command, and run nothing", kRun}, options.dry_run);
    flag({"json",
          "",
          "",
          "with list, --dry-run, doctor or report: print JSON",
          {Verb::run, Verb::list, Verb::doctor, Verb::report}},
         options.json);
    // A summary of root's session, and what trainings as root would find, need root's rights as well.
    flag({"as-root",
          "",
          "",
          "under sudo: train as root, not as the user who ran sudo",
          {Verb::run, Verb::doctor, Verb::resume, Verb::summarize}},
         options.as_root);
    flag({"self-test", "", "", "with doctor: run a test load and check that the sensors react", {Verb::doctor}},
         options.self_test);
    flag({"retry-failed", "", "", "with resume: run the failed experiments again", {Verb::resume}},
         options.retry_failed);
    flag({"force", "", "", "with resume: continue even if the program or the registry has changed", {Verb::resume}},
         options.force);
    flag({"after-run", "", "", "with stop: let the current run finish", {Verb::stop}}, options.after_run);
    flag({"quiet", "q", "", "print only results and errors", kReadsSettings}, options.quiet);
    flag({"verbose", "v", "", "print more details", {Verb::run, Verb::resume}}, options.verbose);
    flag({"version", "", "", "print the version", {}}, options.version);
    flag({"help", "h", "", "print this help", {}}, options.help);
}

CLI::Option* CommandLine::declare(OptionName name, CLI::Option* option) {
    option->description(name.help)->type_name(name.value_name);
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast); // as argparse: the last one wins
    names_.push_back(std::move(name));
    return option;
}

CLI::Option* CommandLine::text(const OptionName& name, std::string& target) {
    return declare(name, app_.add_option(spelling_of(name), target));
}

CLI::Option* CommandLine::factor(const OptionName& name, Bounds bounds, std::optional<double>& target) {
    return declare(name, app_.add_option_function<std::string>(
                             spelling_of(name), [this, name, bounds, &target](const std::string& word) {
                                 target = parse_double(word);
                                 if (!target || !(*target >= bounds.min && *target <= bounds.max)) {
                                     errors.push_back(fmt::format("--{}: \"{}\": must be a number from {} to {}",
                                                                  name.long_name, word, bounds.min, bounds.max));
                                 }
                             }));
}

CLI::Option* CommandLine::flag(const OptionName& name, bool& target) {
    return declare(name, app_.add_flag(spelling_of(name), target)->disable_flag_override());
}

CLI::Option* CommandLine::setting(const config::SettingInfo& setting, const CLI::Validator& check) {
    const OptionName name{std::string(setting.option.long_name), std::string(setting.option.short_name),
                          std::string(setting.option.value_name), std::string(setting.option.help), kRun};
    CLI::Option* option = app_.add_option_function<std::string>(
        spelling_of(name), [this, key = std::string(setting.key), kind = setting.kind](const std::string& word) {
            options.overrides[key] = to_json(word, kind);
        });
    option->check(check);
    return declare(name, option);
}

bool CommandLine::parse(const std::vector<std::string>& words) {
    try {
        app_.parse(std::vector<std::string>(words.rbegin(), words.rend()));
    } catch (const CLI::ExcludesError& error) {
        errors.push_back(fmt::format("{}; the file says it, leave one of them out", error.what()));
    } catch (const CLI::ParseError& error) {
        const std::string_view what = error.what();
        const std::size_t required = what.find(": 1 required "); // CLI11's words for an option without its value
        errors.push_back(fmt::format("{}{}; see mutation --help", what.substr(0, required),
                                     required == std::string_view::npos ? "" : ": a value must follow"));
        return false;
    }
    return true;
}

const VerbName* CommandLine::verb() const {
    const auto commands = app_.get_subcommands();
    return commands.empty() ? nullptr : find_verb(commands.front()->get_name());
}

} // namespace mutation::cli
