#pragma once

#include "mutation/cli/options.hpp"
#include "mutation/config/setting.hpp"
#include "verbs.hpp"

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace mutation::cli {

/// The command line as CLI11 reads it: every option with its type, its checks and where its value goes. Each option is
/// declared in one line.
class CommandLine {
public:
    CommandLine();
    CommandLine(const CommandLine&) = delete;
    CommandLine& operator=(const CommandLine&) = delete;
    CommandLine(CommandLine&&) = delete;
    CommandLine& operator=(CommandLine&&) = delete;
    ~CommandLine() = default;

    /// Every option, in the order of the help.
    [[nodiscard]] const std::vector<OptionName>& option_names() const { return names_; }

    /// Reads the words, whose options are spelled as CLI11 knows them. What is wrong goes to `errors`. False if an
    /// error ended the reading.
    [[nodiscard]] bool parse(const std::vector<std::string>& words);

    Options options;
    std::vector<std::string> errors;

    /// Whether the option was given.
    [[nodiscard]] bool has(const std::string& long_name) const { return app_.count("--" + long_name) > 0; }
    /// The command that was named; nullptr if there was none.
    [[nodiscard]] const VerbInfo* verb() const;
    [[nodiscard]] const std::vector<std::string>& operands() const { return operands_; }
    /// Words that are neither options nor operands.
    [[nodiscard]] std::vector<std::string> strays() const { return app_.remaining(true); }

private:
    void declare_what_to_run();
    void declare_settings();
    void declare_places();
    void declare_report();
    void declare_flags();
    void declare_own(const OptionName& name);
    CLI::Option* declare(OptionName name, CLI::Option* option);
    CLI::Option* text(const OptionName& name, std::string& target);
    CLI::Option* factor(const OptionName& name, Bounds bounds, std::optional<double>& target);
    CLI::Option* flag(const OptionName& name, bool& target);
    CLI::Option* setting(const config::SettingInfo& setting, const CLI::Validator& check);

    CLI::App app_{"mutation"};
    std::vector<OptionName> names_;
    std::vector<std::string> operands_;
};

} // namespace mutation::cli
