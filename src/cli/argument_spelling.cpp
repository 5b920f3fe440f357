#include "argument_spelling.hpp"

#include "mutation/core/text.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <string_view>

namespace mutation::cli {

namespace {

/// Every option that a long name or its beginning may mean; only one if it is the whole name.
std::vector<const OptionName*> find_long(std::string_view prefix, const std::vector<OptionName>& options) {
    std::vector<const OptionName*> found;
    for (const OptionName& option : options) {
        if (option.long_name == prefix) {
            return {&option};
        }
        if (option.long_name.starts_with(prefix)) {
            found.push_back(&option);
        }
    }
    return found;
}

const OptionName* find_short(std::string_view name, const std::vector<OptionName>& options) {
    const auto found = std::find_if(options.begin(), options.end(), [name](const OptionName& option) {
        return !name.empty() && option.short_name == name;
    });
    return found == options.end() ? nullptr : &*found;
}

bool looks_like_option(const std::string& word) {
    return word.size() > 1 && word[0] == '-' && std::isdigit(static_cast<unsigned char>(word[1])) == 0;
}

/// Rewrites one word after the other.
class Speller {
public:
    Speller(const std::vector<std::string>& arguments, const std::vector<OptionName>& options,
            std::vector<std::string>& errors)
        : arguments_(arguments), options_(options), errors_(errors) {}

    std::vector<std::string> run() {
        for (; at_ < arguments_.size() && arguments_[at_] != "--"; ++at_) {
            take(arguments_[at_]);
        }
        words_.insert(words_.end(), arguments_.begin() + static_cast<std::ptrdiff_t>(at_), arguments_.end());
        return std::move(words_);
    }

private:
    void take(const std::string& word) {
        const std::string_view name = std::string_view(word).substr(0, word.find('='));
        const OptionName* option = nullptr;
        if (word.starts_with("--")) {
            const auto found = find_long(name.substr(2), options_);
            if (found.size() > 1) {
                return report_ambiguous(word, found);
            }
            option = found.empty() ? nullptr : found.front();
        } else if (word.starts_with('-')) {
            option = find_short(name.substr(1), options_);
        }
        if (option == nullptr) {
            words_.push_back(word); // CLI11 knows the rest, or finds what is wrong with it
        } else {
            take_option(*option, word);
        }
    }

    void take_option(const OptionName& option, const std::string& word) {
        const std::size_t equals = word.find('=');
        if (equals != std::string::npos && option.value_name.empty()) {
            errors_.push_back(fmt::format("--{}: takes no value, but got \"{}\"; leave the value out", option.long_name,
                                          word.substr(equals + 1)));
            return;
        }
        words_.push_back("--" + option.long_name);
        if (option.value_name.empty()) {
            return;
        }
        if (equals != std::string::npos) {
            words_.push_back(word.substr(equals + 1));
        } else if (at_ + 1 < arguments_.size() && !looks_like_option(arguments_[at_ + 1])) {
            words_.push_back(arguments_[++at_]);
        } else { // CLI11 would take the next option for the value
            words_.pop_back();
            errors_.push_back(fmt::format("--{}: a value must follow ({})", option.long_name, option.value_name));
        }
    }

    void report_ambiguous(const std::string& word, const std::vector<const OptionName*>& found) {
        std::vector<std::string> names;
        for (const OptionName* option : found) {
            names.push_back("--" + option->long_name);
        }
        errors_.push_back(fmt::format("{}: could be {}; write more of it", word, join(names, ", ")));
    }

    const std::vector<std::string>& arguments_;
    const std::vector<OptionName>& options_;
    std::vector<std::string>& errors_;
    std::vector<std::string> words_;
    std::size_t at_ = 0;
};

} // namespace

std::vector<std::string> spell_out(const std::vector<std::string>& arguments, const std::vector<OptionName>& options,
                                   std::vector<std::string>& errors) {
    return Speller(arguments, options, errors).run();
}

} // namespace mutation::cli
