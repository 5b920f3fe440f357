#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mutation::run {

/// One CPU's frequency governor as it was found.
struct CpuGovernor {
    std::filesystem::path file;
    std::string value;
};

/// The governors of all CPUs below a sysfs root (`/sys`), in order of path; empty where the machine has none.
[[nodiscard]] std::vector<CpuGovernor> read_governors(const std::filesystem::path& sysfs);

/// Puts back what `read_governors` found, where it differs now.
void restore_governors(const std::vector<CpuGovernor>& found) noexcept;

/// Sets a governor on every CPU for its lifetime, and puts each CPU's own one back at its end.
class GovernorGuard {
public:
    /// Error(machine) when the machine has no governors, does not offer this one, or does not let us write it; what was
    /// already set is put back before.
    GovernorGuard(const std::filesystem::path& sysfs, const std::string& governor);
    GovernorGuard(const GovernorGuard&) = delete;
    GovernorGuard& operator=(const GovernorGuard&) = delete;
    ~GovernorGuard();

private:
    void put_back() noexcept;

    std::vector<CpuGovernor> found_;
};

} // namespace mutation::run
