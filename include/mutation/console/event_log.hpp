#pragma once

#include "mutation/console/terminal.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace mutation::console {

/// How much is printed to stderr; session.log gets everything.
enum class Verbosity { quiet, normal, verbose };

/// One line an event: to stderr, above the status block, and to the session's log with time and level. An object of its
/// own rather than a global: tests and the program say where lines go.
class EventLog {
public:
    EventLog(LinePrinter& printer, Verbosity verbosity);
    EventLog(const EventLog&) = delete;
    EventLog& operator=(const EventLog&) = delete;
    ~EventLog();

    /// All lines, those of before too, go to this file. A file that cannot be written is a warning.
    void open_file(const std::filesystem::path& file);

    void detail(const std::string& text); ///< shown with -v
    void event(const std::string& text);
    void warning(const std::string& text);
    void error(const std::string& text);

private:
    struct Sinks;
    std::unique_ptr<Sinks> sinks_;
};

} // namespace mutation::console
