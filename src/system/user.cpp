#include "mutation/system/user.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <grp.h>
#include <limits>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mutation::system {

namespace {

/// Set once by act_as.
std::optional<User>& acting_user() {
    static std::optional<User> user;
    return user;
}

void check(bool done, std::string_view what) {
    if (!done) {
        throw Error(ErrorKind::machine, fmt::format("cannot {}: {}", what, std::strerror(errno)));
    }
}

void take_on(const User& user) {
    check(::setgroups(user.groups.size(), user.groups.data()) == 0, "switch to the user's groups");
    check(::setresgid(user.gid, user.gid, 0) == 0, "switch to the user's group");
    check(::setresuid(user.uid, user.uid, 0) == 0, "switch to the user's rights");
}

} // namespace

std::optional<User> invoking_user() {
    const char* text = std::getenv("SUDO_UID");
    if (::geteuid() != 0 || text == nullptr) {
        return std::nullopt;
    }
    const std::optional<std::int64_t> uid = parse_integer(text);
    if (!uid || *uid < 0 || *uid > std::numeric_limits<uid_t>::max()) {
        throw Error(
            ErrorKind::machine,
            fmt::format("SUDO_UID is \"{}\", which is not a user number; call the program with sudo, or unset it",
                        text));
    }
    if (*uid == 0) {
        return std::nullopt;
    }
    errno = 0;
    const passwd* account = ::getpwuid(static_cast<uid_t>(*uid));
    if (account == nullptr) {
        throw Error(
            ErrorKind::machine,
            fmt::format("SUDO_UID is {}, but no such user exists here; run with --as-root to train as root", *uid));
    }
    User user{account->pw_uid, account->pw_gid, {}, account->pw_name, account->pw_dir, account->pw_shell};
    int count = 64;
    user.groups.resize(static_cast<std::size_t>(count));
    if (::getgrouplist(user.name.c_str(), user.gid, user.groups.data(), &count) < 0) {
        user.groups.resize(static_cast<std::size_t>(count));
        ::getgrouplist(user.name.c_str(), user.gid, user.groups.data(), &count);
    }
    user.groups.resize(static_cast<std::size_t>(count));
    return user;
}

std::optional<User> training_user(bool as_root) {
    if (!as_root) {
        return invoking_user();
    }
    // Where an administrator lets users call `sudo mutation`, this file keeps them from being root by it.
    const char* ban = "/etc/mutation/no-as-root";
    struct stat facts {};
    if (::stat(ban, &facts) == 0 && facts.st_uid == 0) {
        throw Error(
            ErrorKind::machine,
            fmt::format("--as-root: trainings as root are forbidden on this machine by {}; run without it", ban));
    }
    return std::nullopt;
}

bool has_root() {
    return ::geteuid() == 0 || acting_user().has_value();
}

void act_as(const User& user) {
    take_on(user);
    acting_user() = user;
}

RootScope::RootScope() {
    if (!acting_user() || ::geteuid() == 0) {
        return;
    }
    // The real ids too: a shell that finds them different from the effective ones gives root up.
    check(::setresuid(0, 0, 0) == 0, "regain root");
    is_raised_ = true;
    check(::setresgid(0, 0, 0) == 0 && ::setgroups(0, nullptr) == 0, "regain root's group");
}

RootScope::~RootScope() {
    if (is_raised_) {
        try {
            take_on(*acting_user());
        } catch (const Error&) {
            std::abort(); // going on with root's rights would be worse than ending
        }
    }
}

bool regain_root() {
    uid_t real = 0;
    uid_t effective = 0;
    uid_t saved = 0;
    check(::getresuid(&real, &effective, &saved) == 0, "learn our own user");
    if (real != 0 && effective != 0 && saved != 0) {
        return false;
    }
    check(::setresuid(0, 0, 0) == 0, "regain root");
    return true;
}

bool become(const User& user) {
    return ::setgroups(user.groups.size(), user.groups.data()) == 0 && ::setresgid(user.gid, user.gid, user.gid) == 0 &&
           ::setresuid(user.uid, user.uid, user.uid) == 0;
}

} // namespace mutation::system
