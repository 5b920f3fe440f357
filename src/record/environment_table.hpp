#pragma once

#include "mutation/record/environment.hpp"
#include "object_table.hpp"

namespace mutation::record {

/// A record's `environment`.
[[nodiscard]] const ObjectTable<Environment>& environment_table();
/// The machine alone, as session.json has it.
[[nodiscard]] const ObjectTable<MachineFacts>& machine_table();

} // namespace mutation::record
