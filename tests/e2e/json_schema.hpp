#pragma once

#include "lab.hpp"

namespace mutation::e2e {

/// The errors of `value` by a JSON Schema: "$.a.b: is no number". Knows the keywords of this project's schemas;
/// an unknown keyword is an error too, so that every rule is checked.
[[nodiscard]] std::vector<std::string> schema_problems(const Json& value, const Json& schema);

/// The same for docs/experiment-record.schema.json, one line a problem; "" when there is none.
[[nodiscard]] std::string record_problems(const Json& record);

} // namespace mutation::e2e
