#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mutation::session {

/// The perf to use: `$MUTATION_PERF`, else the one on PATH; nullopt if there is none. Error(machine) if the variable
/// names no program, or if root would run a file that other users may write.
[[nodiscard]] std::optional<std::filesystem::path> find_perf();

/// `$MUTATION_NVIDIA_SMI`, else the one on PATH; nullopt if there is none. Error(machine) if the variable names no
/// program.
[[nodiscard]] std::optional<std::filesystem::path> find_nvidia_smi();

/// `$MUTATION_SYSFS`, else `/sys`.
[[nodiscard]] std::filesystem::path sysfs_root();

/// Why `$MUTATION_PERF` or `$MUTATION_NVIDIA_SMI` cannot be used. Empty if each names a program or is not set.
[[nodiscard]] std::vector<std::string> missing_named_programs();

} // namespace mutation::session
