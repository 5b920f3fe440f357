#pragma once

#include "lab.hpp"

namespace mutation::e2e {

/// The errors of a record by docs/experiment-record.schema.json, one line a problem; "" when there is none.
[[nodiscard]] std::string record_problems(const Json& record);

} // namespace mutation::e2e
