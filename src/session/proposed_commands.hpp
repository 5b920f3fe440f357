#pragma once

#include "mutation/session/session_request.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace mutation::session {

/// The commands that a session proposes to its user, ready to paste into a shell: with the name of the program as it
/// was called, `sudo` if it was used, and quotes.
class ProposedCommands {
public:
    ProposedCommands(const SessionRequest& request, std::filesystem::path session)
        : request_(request), session_(std::move(session)) {}

    [[nodiscard]] std::string resume() const;
    [[nodiscard]] std::string retry_failed() const;
    [[nodiscard]] std::string summarize() const;

private:
    [[nodiscard]] std::string command(const char* verb, const std::vector<std::string>& options) const;
    [[nodiscard]] std::vector<std::string> resume_options() const;

    const SessionRequest& request_;
    std::filesystem::path session_;
};

} // namespace mutation::session
