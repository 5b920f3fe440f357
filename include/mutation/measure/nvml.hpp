#pragma once

#include "mutation/core/units.hpp"

#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace mutation::measure {

/// The driver's own library, loaded at run time where there is one and never linked: its energy counter is a
/// cross-check of what sampling gives, and it names a GPU's processes without starting one.
class Nvml {
public:
    Nvml();
    Nvml(const Nvml&) = delete;
    Nvml& operator=(const Nvml&) = delete;
    ~Nvml();

    [[nodiscard]] bool is_loaded() const;
    /// Energy that a GPU has used since its driver was loaded; nothing where the card has no counter (before Volta).
    [[nodiscard]] std::optional<Joules> energy_counter(const std::string& uuid) const;
    /// Processes that compute on a GPU now, in our own numbering; none where that cannot be told.
    [[nodiscard]] std::vector<pid_t> compute_processes(const std::string& uuid) const;

private:
    struct Library;
    std::unique_ptr<Library> library_;
};

} // namespace mutation::measure
