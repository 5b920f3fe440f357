#include "mutation/cli/options.hpp"

#include "argument_spelling.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "verb_table.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <map>

namespace mutation::cli {

namespace {

constexpr double kLongestSeconds = 366.0 * 24 * 3600;

/// Options whose values are numbers, judged together so that all errors are reported at once.
class Reader {
public:
    explicit Reader(std::vector<std::string>& problems) : problems_(problems) {}

    std::map<std::string, std::string> values;
    std::map<std::string, bool> flag_values;

    [[nodiscard]] std::string text(const std::string& name) const {
        const auto found = values.find(name);
        return found == values.end() ? "" : found->second;
    }
    [[nodiscard]] bool flag(const std::string& name) const {
        const auto found = flag_values.find(name);
        return found != flag_values.end() && found->second;
    }
    /// Whether the option was given, with a value or as a flag.
    [[nodiscard]] bool has(const std::string& name) const { return values.contains(name) || flag(name); }

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
    const VerbName* verb = nullptr; ///< none: only options
    std::vector<std::string> operands;
    std::vector<std::string> strays; ///< words that are neither
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
            app.add_flag("--" + option.long_name, reader.flag_values[option.long_name])
                ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
        }
    }
    Parsed parsed;
    std::vector<std::string> operands;
    for (const VerbName& verb : verb_names()) {
        CLI::App* command = app.add_subcommand(verb.name);
        command->set_help_flag();
        command->fallthrough();
        if (!verb.operands.empty()) {
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
    parsed.strays = app.remaining(true);
    if (!app.get_subcommands().empty()) {
        parsed.verb = find_verb(app.get_subcommands().front()->get_name());
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
    options.after_run = reader.flag("after-run");
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

/// The command that is meant; nullptr after an error that says so.
const VerbName* choose_verb(const Reader& reader, const Parsed& parsed, std::vector<std::string>& problems) {
    const bool is_run = reader.has("repo") || reader.has("model") || reader.has("mutate") ||
                        reader.has("experiment-config") || reader.has("list");
    if (parsed.verb == nullptr && !parsed.strays.empty() && !is_run) {
        problems.push_back(describe_unknown_verb(parsed.strays.front()));
        return nullptr;
    }
    for (const std::string& stray : parsed.strays) {
        problems.push_back(fmt::format("{}: not understood{}; see mutation --help", stray,
                                       reader.has("mutate") ? " (a list is one word: --mutate a,b)" : ""));
    }
    if (parsed.verb != nullptr) {
        return parsed.verb;
    }
    return &name_of(reader.flag("list") ? Verb::list : Verb::run);
}

/// An option that changes nothing would be believed to have changed something.
void check_effects(const Reader& reader, const VerbName& verb, std::vector<std::string>& problems) {
    for (const OptionName& option : option_names()) {
        if (reader.has(option.long_name) && !has_effect(option.long_name, verb)) {
            problems.push_back(fmt::format("--{}: has no effect with {}, only with {}; leave it out", option.long_name,
                                           verb.name, verbs_with_effect(option.long_name)));
        }
    }
    if (verb.verb == Verb::run && reader.has("json") && !reader.has("dry-run")) {
        problems.emplace_back("--json: has no effect on a run, only with list, doctor and --dry-run; leave it out");
    }
}

void read_operands(const VerbName& verb, const std::vector<std::string>& operands, Options& options,
                   std::vector<std::string>& problems) {
    switch (verb.verb) {
    case Verb::validate:
        options.files = operands;
        if (operands.empty()) {
            problems.emplace_back("validate: name the files to check");
        }
        break;
    case Verb::resume:
    case Verb::stop:
    case Verb::summarize:
        if (operands.size() != 1) {
            problems.push_back(
                fmt::format("{}: name one session folder, such as results/run_20251112_150000", verb.name));
        } else {
            options.session = operands.front();
        }
        break;
    default:
        break;
    }
}

void read_verb(const Reader& reader, const Parsed& parsed, Options& options, std::vector<std::string>& problems) {
    const VerbName* verb = choose_verb(reader, parsed, problems);
    if (verb == nullptr) {
        return;
    }
    options.verb = verb->verb;
    read_operands(*verb, parsed.operands, options, problems);
    check_effects(reader, *verb, problems);
    if (verb->verb == Verb::run) {
        check_run(reader, options, problems);
    }
}

/// `help`, `help COMMAND` and `COMMAND --help`. Error(usage) for an unknown command.
Options help_request(const Parsed& parsed) {
    Options options;
    options.verb = Verb::show_help;
    if (parsed.verb != nullptr && parsed.verb->verb != Verb::show_help) {
        options.help_topic = parsed.verb->name;
    } else if (!parsed.operands.empty()) {
        options.help_topic = parsed.operands.front();
    }
    if (!options.help_topic.empty() && find_verb(options.help_topic) == nullptr) {
        throw Error(ErrorKind::usage, describe_unknown_verb(options.help_topic));
    }
    return options;
}

} // namespace

Options parse_options(const std::vector<std::string>& arguments) {
    std::vector<std::string> problems;
    const std::vector<std::string> words = spell_out(arguments, problems);
    Reader reader(problems);
    const Parsed parsed = parse_words(words, reader, problems);
    const bool is_help_verb = parsed.verb != nullptr && parsed.verb->verb == Verb::show_help;
    if (reader.flag("help") || is_help_verb) {
        return help_request(parsed);
    }
    Options options;
    if (reader.flag("version")) {
        options.verb = Verb::show_version;
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

} // namespace mutation::cli
