#pragma once

#include "mutation/record/experiment_record.hpp"

#include <filesystem>
#include <vector>

namespace mutation::session {

/// Recovers what was measured of attempts during which the program was killed, from the files that their sensors wrote
/// into `<directory>/<attempt's directory>/energy/`: window, energies, temperatures. The window ends at the last
/// reading that was stored, and so do the figures; their bounds hold for that window. An attempt that has a window
/// already, or whose files say nothing, stays as it is. `directory`: the experiment's folder.
[[nodiscard]] std::vector<record::AttemptRecord> recover_attempts(std::vector<record::AttemptRecord> attempts,
                                                                  const std::filesystem::path& directory);

} // namespace mutation::session
