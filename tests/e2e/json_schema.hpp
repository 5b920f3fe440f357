#pragma once

#include "lab.hpp"

namespace mutation::e2e {

/// What of `value` a JSON Schema forbids: "$.a.b: is no number". Knows the keywords that this project's schemas use;
/// one that it does not know is a problem too, so that no rule goes unchecked.
[[nodiscard]] std::vector<std::string> schema_problems(const Json& value, const Json& schema);

/// The same for docs/experiment-record.schema.json, one line a problem; "" when there is none.
[[nodiscard]] std::string record_problems(const Json& record);

} // namespace mutation::e2e
