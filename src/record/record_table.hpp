#pragma once

#include "environment_table.hpp"
#include "measurement_table.hpp"
#include "object_table.hpp"

namespace mutation::record {

/// The members of experiment.json, one line each: the writer, the reader, summary.csv and the tests of the schema and
/// of docs/RESULTS.md go by these tables.
[[nodiscard]] const ObjectTable<ExperimentRecord>& record_table();
/// The members of one of its `attempts`.
[[nodiscard]] const ObjectTable<AttemptRecord>& attempt_table();

} // namespace mutation::record
