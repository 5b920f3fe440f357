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

/// The governors of all CPUs below a sysfs root (`/sys`), in order of path; empty if the machine has none.
[[nodiscard]] std::vector<CpuGovernor> read_governors(const std::filesystem::path& sysfs);

/// Restores what dead sessions changed and could not restore, unless a living session uses the governors. Returns the
/// number of CPUs that were restored.
std::size_t restore_abandoned_governors(const std::filesystem::path& sysfs) noexcept;

/// What a guardian does for a tool that was killed: the same. If the session could not save what it found, `found` is
/// restored, which was read before it began.
void restore_governors_after_kill(const std::filesystem::path& sysfs, const std::vector<CpuGovernor>& found) noexcept;

/// Sets a governor on every CPU for its lifetime, and restores each CPU's own one at its end. What was found is saved
/// before anything is changed, in root's `/run/mutation` (beside a stand-in for `/sys`: in its folder `run`), so that
/// the next start after a killed session can restore it. The last of several sessions restores what the first found.
class GovernorGuard {
public:
    /// Error(machine) if the machine has no governors, does not offer this one, or does not let us write it; what was
    /// already set is restored first.
    GovernorGuard(const std::filesystem::path& sysfs, const std::string& governor);
    GovernorGuard(const GovernorGuard&) = delete;
    GovernorGuard& operator=(const GovernorGuard&) = delete;
    ~GovernorGuard();

private:
    void set_all(const std::string& governor);
    void put_back() noexcept;

    std::filesystem::path sysfs_;
    std::vector<CpuGovernor> found_;
};

} // namespace mutation::run
