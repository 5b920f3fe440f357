#include "command_line.hpp"

#include "mutation/config/session_settings.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace mutation::cli {

namespace {

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

CommandLine::CommandLine() {
    app_.set_help_flag(); // help depends on the command, and wins over errors
    app_.allow_extras();
    app_.require_subcommand(0, 1);
    declare_what_to_run();
    declare_settings();
    declare_places();
    for (const VerbInfo& verb : verbs()) {
        for (const OptionName& own : verb.own_options) {
            declare_own(own);
        }
    }
    declare_flags();
    for (const VerbInfo& verb : verbs()) {
        CLI::App* command = app_.add_subcommand(verb.name);
        command->set_help_flag();
        command->fallthrough();
        if (!verb.operands.name.empty()) {
            command->add_option(verb.operands.name, operands_);
        }
    }
}

void CommandLine::declare_what_to_run() {
    CLI::Option* config =
        text({"experiment-config", "ec", "FILE", "run a JSON experiment config: a path, or the name of a preset"},
             options.experiment_config);
    CLI::Option* repo = text({"repo", "r", "NAME", "training repository"}, options.repository);
    CLI::Option* model = text({"model", "m", "NAME", "model of that repository"}, options.model);
    const OptionName mutate{"mutate", "mt", "LIST", "hyperparameters to mutate, separated by commas, or `all`"};
    CLI::Option* list =
        declare(mutate, app_.add_option_function<std::string>(spelling_of(mutate), [this](const std::string& names) {
            options.mutate = split_list(names);
        }));
    const OptionName runs{"runs", "n", "N", "number of unique mutations to run (1)"};
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
    const OptionName results{"results-dir", "", "DIR", "folder for the sessions (./results)"};
    declare(results, app_.add_option_function<std::string>(spelling_of(results), [this](const std::string& folder) {
        options.results = folder;
        if (folder.empty()) {
            errors.emplace_back("--results-dir: \"\": must name a folder");
        }
    }));
    const OptionName output{"output", "o", "DIR",
                            "with report and compare: folder for the files (report: SESSION/report)"};
    declare(output, app_.add_option_function<std::string>(spelling_of(output), [this](const std::string& folder) {
        options.output = folder;
        if (folder.empty()) {
            errors.emplace_back("--output: \"\": must name a folder");
        }
    }));
    text({"settings", "", "DIR", "folder that contains repos/*.json and the presets"}, options.settings);
    text({"config", "c", "FILE", "registry file in v3.0's format, instead of settings/repos/*.json"},
         options.registry_file);
}

void CommandLine::declare_flags() {
    flag({"list", "l", "", "show repositories, models and hyperparameters"}, options.list);
    flag({"dry-run", "", "", "print the plan with every command, and run nothing"}, options.dry_run);
    flag({"json", "", "", "with list, --dry-run, doctor, report or compare: print JSON"}, options.json);
    flag({"as-root", "", "", "under sudo: train as root, not as the user who ran sudo"}, options.as_root);
    flag({"retry-failed", "", "", "with resume: run the failed experiments again"}, options.retry_failed);
    flag({"force", "", "", "with resume: continue even if the program or the registry has changed"}, options.force);
    flag({"no-report", "", "", "write no report at the end of the session"}, options.no_report);
    flag({"quiet", "q", "", "print only results and errors"}, options.quiet);
    flag({"verbose", "v", "", "print more details"}, options.verbose);
    flag({"version", "", "", "print the version"}, options.version);
    flag({"help", "h", "", "print this help"}, options.help);
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

CLI::Option* CommandLine::flag(const OptionName& name, bool& target) {
    return declare(name, app_.add_flag(spelling_of(name), target)->disable_flag_override());
}

CLI::Option* CommandLine::setting(const config::SettingInfo& setting, const CLI::Validator& check) {
    const OptionName name{std::string(setting.option.long_name), std::string(setting.option.short_name),
                          std::string(setting.option.value_name), std::string(setting.option.help)};
    CLI::Option* option = app_.add_option_function<std::string>(
        spelling_of(name), [this, key = std::string(setting.key), kind = setting.kind](const std::string& word) {
            options.overrides[key] = to_json(word, kind);
        });
    option->check(check);
    return declare(name, option);
}

void CommandLine::declare_own(const OptionName& name) {
    if (name.value_name.empty()) {
        declare(name, app_.add_flag_callback(spelling_of(name), [this, key = name.long_name] { options.own[key]; }));
        return;
    }
    CLI::Option* option = declare(name, app_.add_option_function<std::string>(
                                            spelling_of(name), [this, key = name.long_name](const std::string& word) {
                                                options.own[key] = word;
                                            }));
    option->check([this, name](const std::string& word) {
        const auto error = name.find_error ? name.find_error(word) : std::nullopt;
        if (error) {
            errors.push_back(fmt::format("--{}: {}: {}", name.long_name, quote(word), *error));
        }
        return std::string();
    });
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

const VerbInfo* CommandLine::verb() const {
    const auto commands = app_.get_subcommands();
    return commands.empty() ? nullptr : find_verb(commands.front()->get_name());
}

} // namespace mutation::cli
