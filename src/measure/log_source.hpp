#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string_view>

namespace mutation::measure {

/// Where the bytes of a log come from.
class LogSource {
public:
    virtual ~LogSource() = default;

    /// Fills `buffer` with the next bytes; fewer than `size` only at the end. Error(storage) when reading fails.
    [[nodiscard]] virtual std::size_t read(char* buffer, std::size_t size) = 0;

    /// Whether the log ended before it should have.
    [[nodiscard]] virtual bool is_cut_off() const { return false; }
};

/// A file, plain or gzip. Error(storage) when it cannot be opened.
[[nodiscard]] std::unique_ptr<LogSource> open_log(const std::filesystem::path& file);

/// A text in memory, which must outlive the source.
[[nodiscard]] std::unique_ptr<LogSource> view_log(std::string_view text);

} // namespace mutation::measure
