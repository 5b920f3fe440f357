#include "argument_spelling.hpp"

#include "mutation/core/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace mutation::cli {

namespace {

/// Every long name that `prefix` may stand for; only the one that it is, if there is one.
std::vector<std::string> long_names(const std::string& prefix, const std::vector<OptionName>& options) {
    std::vector<std::string> names;
    for (const OptionName& option : options) {
        if (option.long_name == prefix) {
            return {prefix};
        }
        if (option.long_name.starts_with(prefix)) {
            names.push_back(option.long_name);
        }
    }
    return names;
}

/// The long name of a short one that CLI11 cannot read as it is, or "".
std::string long_name_of(const std::string& short_name, bool has_value, const std::vector<OptionName>& options) {
    const auto found = std::find_if(options.begin(), options.end(), [&](const OptionName& option) {
        return !short_name.empty() && option.short_name == short_name;
    });
    return found == options.end() || (short_name.size() == 1 && !has_value) ? "" : found->long_name;
}

} // namespace

std::vector<std::string> spell_out(const std::vector<std::string>& arguments, const std::vector<OptionName>& options,
                                   std::vector<std::string>& errors) {
    std::vector<std::string> words;
    for (auto word = arguments.begin(); word != arguments.end(); ++word) {
        if (*word == "--") { // the rest are operands
            words.insert(words.end(), word, arguments.end());
            break;
        }
        const std::size_t dashes = word->starts_with("--") ? 2 : 1;
        const std::size_t equals = word->find('=');
        const bool has_value = equals != std::string::npos;
        std::string name;
        if (word->starts_with("--")) {
            const std::vector<std::string> names =
                long_names(word->substr(2, has_value ? equals - 2 : equals), options);
            name = names.size() == 1 ? names.front() : "";
            if (names.size() > 1) {
                errors.push_back(fmt::format("{}: could be --{}; write more of it", *word, join(names, ", --")));
                continue;
            }
        } else if (word->starts_with('-')) {
            name = long_name_of(word->substr(dashes, has_value ? equals - dashes : equals), has_value, options);
        }
        if (name.empty()) {
            words.push_back(*word);
        } else if (has_value && equals + 1 == word->size()) { // CLI11 would take the next word for the value
            words.insert(words.end(), {"--" + name, ""});
        } else {
            words.push_back("--" + name + (has_value ? word->substr(equals) : ""));
        }
    }
    return words;
}

} // namespace mutation::cli
