#pragma once

#include "mutation/core/json.hpp"

#include <optional>

namespace mutation::config {

enum class FileKind { experiment_config, registry };

/// What a settings file is meant to be, by its keys: those that the loaders know, and those that are near to them
/// (`experiment` for `experiments`). nullopt if it has none of either kind. Pure.
[[nodiscard]] std::optional<FileKind> guess_file_kind(const Json& document);

} // namespace mutation::config
