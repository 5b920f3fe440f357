#pragma once

#include "mutation/core/json.hpp"

#include <string>

namespace mutation::report {

/// `json` as text for a script element of the page. Long lists of like objects are written as one object of columns
/// under the key "=columns", a third of the size, because the names of 2,000 runs' fields fill more than their values.
/// assets/data.js turns them back into the same value. "<" is written as an escape, so that no text can end the
/// element.
[[nodiscard]] std::string packed_json(const Json& json);

} // namespace mutation::report
