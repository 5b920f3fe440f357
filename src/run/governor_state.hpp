#pragma once

#include "mutation/run/governor.hpp"
#include "mutation/system/user.hpp"

#include <memory>
#include <vector>

namespace mutation::run {

/// Root's rights if the real machine is changed; null for a stand-in for `/sys`, which belongs to the user.
[[nodiscard]] std::unique_ptr<system::RootScope> rights_for(const std::filesystem::path& sysfs);

/// What living and dead sessions found before they set a governor: one file per session, named after its process.
class GovernorState {
public:
    explicit GovernorState(const std::filesystem::path& sysfs);

    /// Whether claims can be written here: not without root.
    [[nodiscard]] bool is_usable() const;
    /// What is to be restored in the end: what the first living session found, else `now`. Saves it for this process.
    [[nodiscard]] std::vector<CpuGovernor> claim(std::vector<CpuGovernor> now) const;
    /// Whether no other living session holds a claim.
    [[nodiscard]] bool is_last() const;
    /// Drops this process's claim.
    void drop() const;
    /// What dead sessions left to be restored; empty while a living one holds a claim.
    [[nodiscard]] std::vector<CpuGovernor> abandoned() const;
    void drop_abandoned() const;

private:
    struct Claim {
        std::filesystem::path file;
        bool is_alive = false;
        std::vector<CpuGovernor> found;
    };
    [[nodiscard]] std::vector<Claim> read_claims() const;
    [[nodiscard]] std::filesystem::path own_file() const;

    std::filesystem::path sysfs_;
    std::filesystem::path folder_;
};

} // namespace mutation::run
