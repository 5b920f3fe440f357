#pragma once

#include "mutation/run/governor.hpp"
#include "mutation/system/user.hpp"

#include <memory>
#include <vector>

namespace mutation::run {

/// Root's rights where the real machine is changed; a stand-in for `/sys` is the user's own, and root writes nothing
/// there.
[[nodiscard]] std::unique_ptr<system::RootScope> rights_for(const std::filesystem::path& sysfs);

/// What living and dead sessions found before they set a governor: one file a session, named after its process.
class GovernorState {
public:
    explicit GovernorState(const std::filesystem::path& sysfs);

    /// Whether claims can be written here: not without root, where the governors are the user's to write.
    [[nodiscard]] bool is_usable() const;
    /// What is to be put back in the end: what the first living session found, else `now`. Written down for this
    /// process.
    [[nodiscard]] std::vector<CpuGovernor> claim(std::vector<CpuGovernor> now) const;
    /// Whether no other living session holds a claim.
    [[nodiscard]] bool is_last() const;
    /// Drops this process's claim.
    void drop() const;
    /// What dead sessions left to be put back; nothing while a living one holds a claim.
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
