#pragma once

#include "mutation/core/json.hpp"

#include <string>
#include <vector>

namespace mutation::test {

/// The errors of `value` by a JSON Schema: "$.a.b: is no number". Knows the keywords of this project's schemas;
/// an unknown keyword is an error too, so that every rule is checked.
[[nodiscard]] std::vector<std::string> schema_problems(const Json& value, const Json& schema);

} // namespace mutation::test
