#pragma once

#include "mutation/config/registry.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::trainlog {

/// What a training's log says.
struct LogFindings {
    /// Every metric that matched, by its last match. nullopt: that match is no value (nan, inf, cut, or no number), or
    /// the log was not read to its end.
    std::map<std::string, std::optional<double>> metrics;
    /// Why a metric has no value, by its name. If its pattern matched nothing: the pattern and the most similar line.
    std::map<std::string, std::string> missing_metrics;
    std::vector<std::string> failure_matches; ///< the text of each failure pattern that matched, first match each
    bool has_success_match = false;           ///< whether any success pattern matched (true if none is defined)
    /// For the record: what remark patterns matched, a match that is no value, a pattern that hit its limit.
    std::vector<std::string> remarks;
    std::string last_line;                 ///< last line that is not blank, cleaned, at most 500 characters
    bool was_called_off = false;           ///< whether reading ended before the log did, because it was asked to
    std::optional<std::string> read_error; ///< why the log could not be read
};

/// Where reading a log ends before the log does.
struct LogLimits {
    std::uint64_t most_bytes = std::uint64_t{4} << 30U; ///< of a longer one the last so many are read, with a remark
    std::function<bool()> is_called_off;                ///< asked between blocks; empty: never
};

/// Reads logs of any size through a window with one set of compiled patterns. The log is cleaned first: `\r\n` and
/// `\r` become `\n`, terminal escape sequences and NUL bytes are dropped. One object is not for two threads at once.
class LogReader {
public:
    /// Bytes of log that are taken up at a time; memory is this and the longest match that a pattern may have.
    static constexpr std::size_t kBlockBytes = std::size_t{512} << 10U;

    /// Throws Error(usage) for a pattern that cannot be compiled, naming what it is for. `block_bytes` is for tests.
    LogReader(const std::vector<config::Metric>& metrics, const std::vector<std::string>& success_patterns,
              const std::vector<std::string>& failure_patterns, std::size_t block_bytes = kBlockBytes,
              const std::vector<std::string>& remark_patterns = {});
    LogReader(LogReader&& other) noexcept;
    LogReader& operator=(LogReader&& other) noexcept;
    ~LogReader();

    /// Reads a whole log, plain or gzip (by its first bytes). Error(storage) when it cannot be read, is a link or no
    /// regular file. A gzip file that ends early counts as far as it goes, with a remark.
    [[nodiscard]] LogFindings read_file(const std::filesystem::path& file) const;
    /// Reads a plain log through a descriptor, whatever became of its name, which is for messages. Error(storage).
    [[nodiscard]] LogFindings read_descriptor(int fd, const std::string& name, const LogLimits& limits = {}) const;
    [[nodiscard]] LogFindings read_text(std::string_view text) const;

private:
    struct Patterns;
    std::unique_ptr<Patterns> patterns_;
};

} // namespace mutation::trainlog
