#pragma once

#include "mutation/config/registry.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::measure {

/// What a training's log says.
struct LogFindings {
    std::map<std::string, std::optional<double>>
        metrics; ///< every metric that matched; none: matched, but is no number (NaN, or cut)
    std::vector<std::string> failure_matches; ///< the text of each failure pattern that matched, first match each
    bool has_success_match = false;           ///< whether any success pattern matched (true where none is defined)
    std::vector<std::string> remarks; ///< to be said: a group that ends inside a number, a pattern that hit its limit
    std::string last_line;            ///< last non-empty line, cleaned
};

/// Reads logs of any size through a window with one set of compiled patterns.
class LogReader {
public:
    LogReader(const std::vector<config::Metric>& metrics, const std::vector<std::string>& success_patterns,
              const std::vector<std::string>& failure_patterns);
    LogReader(LogReader&&) noexcept;
    LogReader& operator=(LogReader&&) noexcept;
    ~LogReader();

    /// Reads a whole log, plain or gzip (by its first bytes). Error(storage) when it cannot be read.
    [[nodiscard]] LogFindings read_file(const std::filesystem::path& file) const;
    [[nodiscard]] LogFindings read_text(std::string_view text) const;

private:
    struct Patterns;
    std::unique_ptr<Patterns> patterns_;
};

} // namespace mutation::measure
