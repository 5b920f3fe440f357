#pragma once

#include "mutation/core/units.hpp"

#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace mutation::sensors {

/// The driver's own library, loaded at run time and never linked. Its calls may hang or crash: only the process that
/// `run_nvml_mode` serves uses it, all other code uses NvmlProcess.
class Nvml {
public:
    Nvml();
    Nvml(const Nvml&) = delete;
    Nvml& operator=(const Nvml&) = delete;
    ~Nvml();

    [[nodiscard]] bool is_loaded() const;
    /// Energy that a GPU has used since its driver was loaded; nullopt if the card has no counter (before Volta).
    [[nodiscard]] std::optional<Joules> energy_counter(const std::string& uuid) const;
    /// Processes that compute on a GPU now, directly or through MPS; nullopt if the driver does not report them.
    [[nodiscard]] std::optional<std::vector<pid_t>> compute_processes(const std::string& uuid) const;

private:
    struct Library;
    std::unique_ptr<Library> library_;
};

} // namespace mutation::sensors
