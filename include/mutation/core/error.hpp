#pragma once

#include <exception>
#include <string>
#include <utility>

namespace mutation {

/// What went wrong, as the exit status reports it.
enum class ErrorKind {
    usage,    ///< the command line or a file named on it is wrong: exit 2, nothing was run
    machine,  ///< something is missing on the machine: exit 3, nothing was run
    storage,  ///< results cannot be written: exit 3, the session stops
    internal, ///< a defect of this program: exit 70
};

/// The one exception of the program. Thrown if something cannot continue, caught at two places: the
/// run loop (recorded, the session goes on; storage errors stop it) and `run_app`.
/// The message says what, where and the remedy, for the user.
class Error : public std::exception {
public:
    Error(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {}

    [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }
    [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }
    [[nodiscard]] const std::string& message() const noexcept { return message_; }

private:
    ErrorKind kind_;
    std::string message_;
};

} // namespace mutation
