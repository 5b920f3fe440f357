#include "proposed_commands.hpp"

#include "mutation/console/plan_view.hpp"

namespace mutation::session {

std::string ProposedCommands::resume() const {
    return command("resume", resume_options());
}

std::string ProposedCommands::retry_failed() const {
    std::vector<std::string> options = resume_options();
    options.emplace_back("--retry-failed");
    return command("resume", options);
}

std::string ProposedCommands::summarize() const {
    return command("summarize", request_.registry_options);
}

std::string ProposedCommands::command(const char* verb, const std::vector<std::string>& options) const {
    std::vector<std::string> words = request_.called_as;
    words.insert(words.end(), {verb, session_.string()});
    words.insert(words.end(), options.begin(), options.end());
    return console::quote_for_shell(words);
}

std::vector<std::string> ProposedCommands::resume_options() const {
    return request_.as_root ? std::vector<std::string>{"--as-root"} : std::vector<std::string>();
}

} // namespace mutation::session
