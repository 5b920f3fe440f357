#include "mutation/app/options.hpp"

#include "argument_spelling.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <map>

namespace mutation::app {

namespace {

constexpr double kLongestSeconds = 366.0 * 24 * 3600;

constexpr const char* kUsage =
    R"(Mutates the hyperparameters of training repositories, runs each training unattended, and measures
the energy of CPU and GPUs and the quality that it reached.

Usage:
  mutation -r REPO -m MODEL -mt LIST [-n N] [options]
  mutation -ec FILE [options]
  mutation --list | doctor | validate FILE... | summarize SESSION | resume SESSION

Examples:
  mutation --list                                      what can be trained, and with which hyperparameters
  mutation -ec quickstart                              a first result in minutes, without GPU or data
  mutation -r digits -m mlp -mt epochs,dropout -n 3    three mutations of two hyperparameters
  mutation -ec settings/all.json --dry-run             the exact plan, nothing is run
  sudo mutation -ec settings/all.json -g performance   the same for real, with CPU energy
  mutation doctor                                      what this machine can measure, and how to mend what it cannot
  mutation validate settings/my_study.json             every mistake of a config at once
  mutation summarize results/run_20251112_150000       rebuild metrics and summary.csv from the logs
)";

constexpr const char* kVerbs = R"(
Commands:
  doctor [--json]           look at sensors, permissions and the state of the machine
  validate FILE...          check experiment configs and registry files
  resume SESSION            run what a session's plan has and its records lack
  summarize SESSION [-c F]  rebuild the metrics and summary.csv of a session (v3.0's too)
)";

constexpr const char* kExitStatus = R"(
Exit status:
  0 every experiment succeeded   1 some failed   2 wrong usage or config, nothing was run
  3 the machine lacks what was asked for, or results cannot be written
  130, 143, 129 interrupted by INT, TERM, HUP
)";

/// Options whose values are numbers, judged together so that every mistake is told at once.
class Reader {
public:
    explicit Reader(std::vector<std::string>& problems) : problems_(problems) {}

    std::map<std::string, std::string> values;
    std::map<std::string, bool> flags;

    [[nodiscard]] std::string text(const std::string& name) const {
        const auto found = values.find(name);
        return found == values.end() ? "" : found->second;
    }
    [[nodiscard]] bool flag(const std::string& name) const { return flags.contains(name) && flags.at(name); }
    [[nodiscard]] bool has(const std::string& name) const { return values.contains(name); }

    std::optional<std::int64_t> integer(const std::string& name, std::int64_t least, std::int64_t most) {
        if (!has(name)) {
            return std::nullopt;
        }
        const std::optional<std::int64_t> number = parse_integer(text(name));
        if (!number || *number < least || *number > most) {
            complain(name, fmt::format("a whole number from {} to {}", least, most));
            return std::nullopt;
        }
        return number;
    }

    std::optional<Seconds> seconds(const std::string& name, bool zero_is_fine) {
        if (!has(name)) {
            return std::nullopt;
        }
        const std::optional<double> number = parse_double(text(name));
        if (!number || !(*number >= 0 && *number <= kLongestSeconds) || (*number == 0 && !zero_is_fine)) {
            complain(name, zero_is_fine ? "a number of seconds, 0 or more" : "a number of seconds above 0");
            return std::nullopt;
        }
        return Seconds(*number);
    }

    void complain(const std::string& name, const std::string& right) {
        problems_.push_back(fmt::format("--{}: \"{}\" is wrong; it takes {}", name, text(name), right));
    }

private:
    std::vector<std::string>& problems_;
};

/// CLI11 sorts words into options, subcommands and their arguments.
struct Parsed {
    std::string verb;
    std::vector<std::string> operands;
};

Parsed parse_words(const std::vector<std::string>& words, Reader& reader, std::vector<std::string>& problems) {
    CLI::App app{"mutation"};
    app.set_help_flag();
    app.fallthrough();
    for (const OptionName& option : option_names()) {
        if (option.takes_value) {
            app.add_option_function<std::string>(
                   "--" + option.long_name,
                   [&reader, name = option.long_name](const std::string& value) { reader.values[name] = value; })
                ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
        } else {
            app.add_flag("--" + option.long_name, reader.flags[option.long_name])
                ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
        }
    }
    Parsed parsed;
    std::vector<std::string> operands;
    for (const char* verb : {"doctor", "validate", "resume", "summarize"}) {
        CLI::App* command = app.add_subcommand(verb);
        command->set_help_flag();
        command->fallthrough();
        if (std::string_view(verb) != "doctor") {
            command->add_option("operands", operands);
        }
    }
    app.require_subcommand(0, 1);
    app.allow_extras();
    try {
        std::vector<std::string> reversed(words.rbegin(), words.rend());
        app.parse(std::move(reversed));
    } catch (const CLI::ParseError& error) {
        problems.emplace_back(error.what());
    }
    for (const std::string& extra : app.remaining(true)) {
        problems.push_back(fmt::format("{}: not understood; see mutation --help", extra));
    }
    if (!app.get_subcommands().empty()) {
        parsed.verb = app.get_subcommands().front()->get_name();
    }
    parsed.operands = std::move(operands);
    return parsed;
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

void read_values(Reader& reader, Options& options, std::vector<std::string>& problems) {
    constexpr std::int64_t kMostRuns = 1'000'000;
    options.repository = reader.text("repo");
    options.model = reader.text("model");
    options.mutate = split_list(reader.text("mutate"));
    if (const auto runs = reader.integer("runs", 1, kMostRuns)) {
        options.runs = static_cast<int>(*runs);
    }
    options.experiment_config = reader.text("experiment-config");
    options.registry_file = reader.text("config");
    options.settings = reader.text("settings");
    if (reader.has("results-dir")) {
        options.results = reader.text("results-dir");
    }
    if (const auto retries = reader.integer("max-retries", 0, 1000)) {
        options.overrides.max_retries = static_cast<int>(*retries);
    }
    if (const auto seed = reader.integer("seed", 0, std::numeric_limits<std::int64_t>::max())) {
        options.overrides.seed = static_cast<std::uint64_t>(*seed);
    }
    options.overrides.cooldown = reader.seconds("cooldown", true);
    options.overrides.timeout = reader.seconds("timeout", false);
    options.overrides.baseline = reader.seconds("baseline", true);
    options.overrides.governor = reader.text("governor");
    const std::vector<std::string> governors{"performance",  "powersave", "ondemand",
                                             "conservative", "schedutil", "userspace"};
    if (reader.has("governor") &&
        std::find(governors.begin(), governors.end(), options.overrides.governor) == governors.end()) {
        reader.complain("governor", "one of " + join(governors, ", "));
    }
    if (reader.has("results-dir") && options.results.empty()) {
        problems.emplace_back("--results-dir: a folder must be named");
    }
}

void read_flags(const Reader& reader, Options& options) {
    options.as_root = reader.flag("as-root");
    options.dry_run = reader.flag("dry-run");
    options.json = reader.flag("json");
    options.self_test = reader.flag("self-test");
    options.verbose = reader.flag("verbose");
    options.quiet = reader.flag("quiet");
    options.retry_failed = reader.flag("retry-failed");
    options.force = reader.flag("force");
}

void check_run(const Reader& reader, const Options& options, std::vector<std::string>& problems) {
    if (!options.experiment_config.empty()) {
        for (const char* name : {"repo", "model", "mutate", "runs"}) {
            if (reader.has(name)) {
                problems.push_back(fmt::format("--{}: does not go with --experiment-config; the file says it", name));
            }
        }
        return;
    }
    for (const char* name : {"repo", "model", "mutate"}) {
        if (reader.text(name).empty()) {
            problems.push_back(fmt::format(
                "--{}: is missing; a run needs --repo, --model and --mutate, or --experiment-config", name));
        }
    }
}

void read_verb(const Reader& reader, const Parsed& parsed, Options& options, std::vector<std::string>& problems) {
    if (reader.flag("list")) {
        options.verb = Verb::list;
    } else if (parsed.verb == "doctor") {
        options.verb = Verb::doctor;
    } else if (parsed.verb == "validate") {
        options.verb = Verb::validate;
        options.files = parsed.operands;
        if (options.files.empty()) {
            problems.emplace_back("validate: name the files to check");
        }
    } else if (parsed.verb == "resume" || parsed.verb == "summarize") {
        options.verb = parsed.verb == "resume" ? Verb::resume : Verb::summarize;
        if (parsed.operands.size() != 1) {
            problems.push_back(
                fmt::format("{}: name one session folder, such as results/run_20251112_150000", parsed.verb));
        } else {
            options.session = parsed.operands.front();
        }
    } else {
        check_run(reader, options, problems);
    }
}

} // namespace

std::string help_text() {
    std::string text = kUsage;
    text += "\nOptions:\n";
    for (const OptionName& option : option_names()) {
        const std::string short_form = option.short_name.empty() ? "    " : "-" + option.short_name + ",";
        const std::string name = fmt::format("{:<4} --{} {}", short_form, option.long_name, option.value_name);
        text += fmt::format("  {:<32}{}\n", name, option.help);
    }
    return text + kVerbs + kExitStatus;
}

Options parse_options(const std::vector<std::string>& arguments) {
    std::vector<std::string> problems;
    const std::vector<std::string> words = spell_out(arguments, problems);
    Reader reader(problems);
    const Parsed parsed = parse_words(words, reader, problems);
    Options options;
    if (reader.flag("help") || reader.flag("version")) {
        options.verb = reader.flag("help") ? Verb::show_help : Verb::show_version;
        return options;
    }
    read_values(reader, options, problems);
    read_flags(reader, options);
    read_verb(reader, parsed, options, problems);
    if (!problems.empty()) {
        throw Error(ErrorKind::usage, join(problems, "\n"));
    }
    return options;
}

} // namespace mutation::app
