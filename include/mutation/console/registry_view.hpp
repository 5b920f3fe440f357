#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/core/json.hpp"

#include <iosfwd>

namespace mutation::console {

/// `--list`: repositories, models and hyperparameters with default, range and distribution.
void print_registry(std::ostream& out, const config::Registry& registry);

/// The same for programs.
[[nodiscard]] Json registry_to_json(const config::Registry& registry);

} // namespace mutation::console
