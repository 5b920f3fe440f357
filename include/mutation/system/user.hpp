#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace mutation::system {

/// A user from the account data of the system.
struct User {
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups;
    std::string name;
    std::string home;
    std::string shell;
};

/// The caller of `sudo`: the uid that sudo set, everything else from the account data. nullopt if we are not root, or
/// if root called. Error(machine) if the uid is not a number or has no account.
[[nodiscard]] std::optional<User> invoking_user();

/// The user that trainings run as; nullopt: ourselves (without root, or with `--as-root`). Error(machine) if `as_root`
/// is forbidden by /etc/mutation/no-as-root, and as invoking_user.
[[nodiscard]] std::optional<User> training_user(bool as_root);

/// Whether this process can act as root, now or by a RootScope.
[[nodiscard]] bool has_root();

/// From here on every file is opened, and every program started, with that user's rights; root stays in reserve for
/// RootScope.
void act_as(const User& user);

/// Root's rights for one step (starting perf, writing a governor, ending a process). Does nothing if the program was
/// not started as root. Not for use with several threads.
class RootScope {
public:
    RootScope();
    RootScope(const RootScope&) = delete;
    RootScope& operator=(const RootScope&) = delete;
    ~RootScope();

private:
    bool is_raised_ = false;
};

/// Sets all user ids to root's if one of ours is. False for a process that is not root in any way.
[[nodiscard]] bool regain_root();

/// Gives root up for good and becomes the user. False if the kernel refuses.
[[nodiscard]] bool become(const User& user);

} // namespace mutation::system
