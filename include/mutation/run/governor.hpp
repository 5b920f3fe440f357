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

/// Puts back what sessions that are gone had changed and could not put back themselves, unless a living session holds
/// the governors. Returns how many CPUs were put back.
std::size_t restore_abandoned_governors(const std::filesystem::path& sysfs) noexcept;

/// What a guardian does for a tool that was killed: the same, and where a session could not write down what it found,
/// `found`, which was read before it began.
void restore_governors_after_kill(const std::filesystem::path& sysfs, const std::vector<CpuGovernor>& found) noexcept;

/// Sets a governor on every CPU for its lifetime, and puts each CPU's own one back at its end. What was found is
/// written down before anything is changed, in root's `/run/mutation` (beside a stand-in for `/sys`: in its folder
/// `run`), so that whoever comes after a killed session can put it back. The last of several sessions puts back what
/// the first found.
class GovernorGuard {
public:
    /// Error(machine) when the machine has no governors, does not offer this one, or does not let us write it; what was
    /// already set is put back before.
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
