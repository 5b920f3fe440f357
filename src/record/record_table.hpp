#pragma once

#include "object_table.hpp"

namespace mutation::record {

/// The members of experiment.json, one line each: the writer, the reader, summary.csv and the tests of the schema and
/// of docs/RESULTS.md go by these tables.
[[nodiscard]] const ObjectTable<ExperimentRecord>& record_table();
/// The members of one of its `attempts`.
[[nodiscard]] const ObjectTable<AttemptRecord>& attempt_table();
/// Its `environment`.
[[nodiscard]] const ObjectTable<Environment>& environment_table();

/// The machine alone, as session.json has it.
[[nodiscard]] const ObjectTable<MachineFacts>& machine_table();

/// v3.0's `energy_metrics`.
[[nodiscard]] const ObjectTable<energy::Measurement>& energy_metrics_table();
[[nodiscard]] const ObjectTable<energy::Measurement>& energy_quality_table();
[[nodiscard]] const ObjectTable<energy::NetEnergy>& energy_net_table();
[[nodiscard]] const ObjectTable<energy::Contamination>& contamination_table();
/// One of the record's `gpus`.
[[nodiscard]] const ObjectTable<energy::GpuDeviceEnergy>& gpu_table();

} // namespace mutation::record
