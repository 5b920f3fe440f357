#include "argument_spelling.hpp"

#include "mutation/core/text.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <optional>

namespace mutation::cli {

namespace {

std::string unknown_option(const std::string& word) {
    std::vector<std::string> known;
    for (const OptionName& option : option_names()) {
        known.push_back("--" + option.long_name);
    }
    const std::string nearest = nearest_name(word, known);
    return fmt::format("{}: no such option{}; see mutation --help", word,
                       nearest.empty() ? "" : fmt::format(" (did you mean {}?)", nearest));
}

/// By its whole name or a prefix that no other name shares.
const OptionName* find_long(const std::string& name, std::string& problem) {
    std::vector<const OptionName*> candidates;
    for (const OptionName& option : option_names()) {
        if (option.long_name == name) {
            return &option;
        }
        if (option.long_name.starts_with(name)) {
            candidates.push_back(&option);
        }
    }
    if (candidates.size() == 1) {
        return candidates.front();
    }
    if (candidates.empty()) {
        problem = unknown_option("--" + name);
        return nullptr;
    }
    std::vector<std::string> names;
    for (const OptionName* option : candidates) {
        names.push_back("--" + option->long_name);
    }
    problem = fmt::format("--{}: could be {}; write more of it", name, join(names, ", "));
    return nullptr;
}

/// The short option at the front of `text`: its whole name up to a `=`, else one of a single letter, whose value may
/// follow at once
/// (`-n5`), as argparse has it.
const OptionName* find_short(const std::string& text) {
    const std::string whole = text.substr(0, text.find('='));
    const OptionName* found = nullptr;
    for (const OptionName& option : option_names()) {
        if (option.short_name == whole) {
            return &option;
        }
        if (option.short_name.size() == 1 && text.starts_with(option.short_name)) {
            found = &option;
        }
    }
    return found;
}

class Speller {
public:
    Speller(const std::vector<std::string>& arguments, std::vector<std::string>& problems)
        : arguments_(arguments), problems_(problems) {}

    std::vector<std::string> run() {
        for (; at_ < arguments_.size(); ++at_) {
            const std::string& word = arguments_[at_];
            if (word == "--") {
                words_.insert(words_.end(), arguments_.begin() + static_cast<std::ptrdiff_t>(at_), arguments_.end());
                break;
            }
            if (word.starts_with("--")) {
                take_long(word.substr(2));
            } else if (word.size() > 1 && word[0] == '-') {
                take_short(word.substr(1));
            } else {
                words_.push_back(word);
            }
        }
        return std::move(words_);
    }

private:
    void take_long(const std::string& text) {
        const std::size_t equals = text.find('=');
        std::string problem;
        const OptionName* option = find_long(text.substr(0, equals), problem);
        if (option == nullptr) {
            problems_.push_back(problem);
        } else if (equals == std::string::npos) {
            add_with_next(*option);
        } else {
            add(*option, text.substr(equals + 1));
        }
    }

    void take_short(std::string text) {
        while (!text.empty()) {
            const OptionName* option = find_short(text);
            if (option == nullptr) {
                problems_.push_back(unknown_option("-" + text));
                return;
            }
            text.erase(0, option->short_name.size());
            if (!option->takes_value && !text.starts_with('=')) {
                add(*option, std::nullopt); // more flags may follow: -vl
                continue;
            }
            if (text.empty()) {
                add_with_next(*option);
            } else {
                add(*option, text.starts_with('=') ? text.substr(1) : text);
            }
            return;
        }
    }

    void add_with_next(const OptionName& option) {
        if (!option.takes_value) {
            add(option, std::nullopt);
            return;
        }
        const bool has_next = at_ + 1 < arguments_.size() && !looks_like_option(arguments_[at_ + 1]);
        if (!has_next) {
            problems_.push_back(fmt::format("--{}: a value must follow ({})", option.long_name, option.value_name));
            return;
        }
        add(option, arguments_[++at_]);
    }

    static bool looks_like_option(const std::string& word) {
        const bool is_negative_number =
            word.size() > 1 && word[0] == '-' && std::isdigit(static_cast<unsigned char>(word[1])) != 0;
        return word.size() > 1 && word[0] == '-' && !is_negative_number;
    }

    void add(const OptionName& option, const std::optional<std::string>& value) {
        if (value && !option.takes_value) {
            problems_.push_back(fmt::format("--{}: takes no value, but got \"{}\"", option.long_name, *value));
        } else {
            words_.push_back("--" + option.long_name + (value ? "=" + *value : ""));
        }
    }

    const std::vector<std::string>& arguments_;
    std::vector<std::string>& problems_;
    std::vector<std::string> words_;
    std::size_t at_ = 0;
};

} // namespace

const std::vector<OptionName>& option_names() {
    static const std::vector<OptionName> names{
        {"repo", "r", true, "NAME", "training repository"},
        {"model", "m", true, "NAME", "model of that repository"},
        {"mutate", "mt", true, "LIST", "hyperparameters to mutate, separated by commas, or `all`"},
        {"runs", "n", true, "N", "number of unique mutations to run (1)"},
        {"experiment-config", "ec", true, "FILE", "run a JSON experiment config: a path, or the name of a preset"},
        {"seed", "s", true, "N", "seed of the mutations: same seed, same values"},
        {"governor", "g", true, "MODE",
         "CPU governor during the session: performance, powersave, ondemand, conservative, schedutil, userspace"},
        {"max-retries", "mr", true, "N", "retries after a failed attempt (2)"},
        {"cooldown", "", true, "S", "seconds to wait between trainings (60); 0: no wait"},
        {"timeout", "", true, "S", "end an attempt after S seconds"},
        {"baseline", "", true, "S", "measure the idle machine for S seconds before the first run (10); 0: skip"},
        {"results-dir", "", true, "DIR", "folder for the sessions (./results)"},
        {"settings", "", true, "DIR", "folder that contains repos/*.json and the presets"},
        {"config", "c", true, "FILE", "registry file in v3.0's format, instead of settings/repos/*.json"},
        {"list", "l", false, "", "show repositories, models and hyperparameters"},
        {"dry-run", "", false, "", "print the plan with every command, and run nothing"},
        {"json", "", false, "", "with list, --dry-run or doctor: print JSON"},
        {"as-root", "", false, "", "under sudo: train as root, not as the user who ran sudo"},
        {"self-test", "", false, "", "with doctor: run a test load and check that the sensors react"},
        {"retry-failed", "", false, "", "with resume: run the failed experiments again"},
        {"force", "", false, "", "with resume: continue even if the program or the registry has changed"},
        {"after-run", "", false, "", "with stop: let the current run finish"},
        {"quiet", "q", false, "", "print only results and errors"},
        {"verbose", "v", false, "", "print more details"},
        {"version", "", false, "", "print the version"},
        {"help", "h", false, "", "print this help"},
    };
    return names;
}

std::vector<std::string> spell_out(const std::vector<std::string>& arguments, std::vector<std::string>& problems) {
    return Speller(arguments, problems).run();
}

} // namespace mutation::cli
