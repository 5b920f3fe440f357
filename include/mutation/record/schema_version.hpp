#pragma once

#include "mutation/core/json.hpp"

namespace mutation::record {

/// Version of session.json and experiment.json. Grows when a reader of the older form would misread the newer one.
constexpr int kSchemaVersion = 1;

/// Whether a newer program wrote `document`. One without a version is v3.0's.
[[nodiscard]] bool has_newer_schema(const Json& document);

/// Error(usage) where `document` has a newer schema_version, or one that is not a whole number.
void check_schema_version(const Json& document);

} // namespace mutation::record
