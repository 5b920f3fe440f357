#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mutation::trainlog {

/// Where the bytes of a log come from.
class LogSource {
public:
    virtual ~LogSource() = default;

    /// Fills `buffer` with the next bytes; fewer than `size` only at the end. Error(storage) if reading fails.
    [[nodiscard]] virtual std::size_t read(char* buffer, std::size_t size) = 0;

    /// A remark about the part that was not read; nullopt if all was read.
    [[nodiscard]] virtual std::optional<std::string> remark() const { return std::nullopt; }
};

/// A file, plain or gzip by its first bytes. Only a regular file, never a link: reading anything else could
/// block. Error(storage) if it cannot be opened.
[[nodiscard]] std::unique_ptr<LogSource> open_log(const std::filesystem::path& file, std::uint64_t most_bytes);

/// The plain file behind a descriptor, from its beginning, even if it was renamed. The descriptor must outlive
/// the source; `name` is for messages.
[[nodiscard]] std::unique_ptr<LogSource> view_descriptor(int fd, std::string name, std::uint64_t most_bytes);

/// A text in memory, which must outlive the source.
[[nodiscard]] std::unique_ptr<LogSource> view_log(std::string_view text);

} // namespace mutation::trainlog
