#pragma once

#include "mutation/cli/options.hpp"
#include "mutation/config/registry.hpp"

namespace mutation::cli {

/// What `list` shows: the whole registry, or only the repository (`--repo`) and the model (`--model`) that were named.
/// Error(usage) with the nearest name if there is none.
[[nodiscard]] config::Registry select_from_registry(const config::Registry& registry, const Options& options);

} // namespace mutation::cli
