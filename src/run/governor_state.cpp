#include "governor_state.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "mutation/system/file.hpp"
#include "mutation/system/process_tree.hpp"

#include <algorithm>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mutation::run {

namespace {

constexpr std::size_t kMostBytes = 1U << 20U;
constexpr mode_t kReadable = 0755;

/// If others could write the file, root would write their text into the settings of the machine.
bool is_roots_own(const std::filesystem::path& path) {
    struct stat facts {};
    return ::lstat(path.c_str(), &facts) == 0 && facts.st_uid == ::geteuid() &&
           (facts.st_mode & (S_IWGRP | S_IWOTH)) == 0 && !S_ISLNK(facts.st_mode);
}

} // namespace

std::unique_ptr<system::RootScope> rights_for(const std::filesystem::path& sysfs) {
    return sysfs == "/sys" ? std::make_unique<system::RootScope>() : nullptr;
}

GovernorState::GovernorState(const std::filesystem::path& sysfs)
    : sysfs_(sysfs), folder_(sysfs == "/sys" ? std::filesystem::path("/run/mutation") : sysfs / "run") {}

std::vector<GovernorState::Claim> GovernorState::read_claims() const {
    std::vector<Claim> claims;
    std::error_code status;
    if (!is_roots_own(folder_)) {
        return claims;
    }
    for (const auto& entry : std::filesystem::directory_iterator(folder_, status)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with("governors.") || !is_roots_own(entry.path())) {
            continue;
        }
        const std::string text = system::read_file(entry.path(), kMostBytes);
        const std::vector<std::string_view> lines = split(text, '\n');
        Claim claim{entry.path(), false, {}};
        const auto pid = parse_integer(std::string_view(name).substr(name.find('.') + 1));
        const std::string start = pid ? system::start_time_of(static_cast<pid_t>(*pid)) : "";
        claim.is_alive = !start.empty() && start == lines.front();
        for (std::size_t i = 1; i < lines.size(); ++i) {
            const std::vector<std::string_view> words = split(lines[i], ' ');
            if (words.size() == 2) {
                const auto file = sysfs_ / "devices/system/cpu" / words[0] / "cpufreq/scaling_governor";
                claim.found.push_back({file, std::string(words[1])});
            }
        }
        claims.push_back(std::move(claim));
    }
    return claims;
}

bool GovernorState::is_usable() const {
    ::mkdir(folder_.c_str(), kReadable); // it exists, or the next call fails
    std::error_code status;
    return is_roots_own(folder_) && std::filesystem::is_directory(folder_, status) &&
           ::faccessat(AT_FDCWD, folder_.c_str(), W_OK, AT_EACCESS) == 0;
}

std::vector<CpuGovernor> GovernorState::claim(std::vector<CpuGovernor> now) const {
    for (Claim& other : read_claims()) {
        if (other.is_alive && !other.found.empty()) {
            now = std::move(other.found);
            break;
        }
    }
    std::string text = system::start_time_of(::getpid());
    for (const CpuGovernor& cpu : now) {
        text += fmt::format("\n{} {}", cpu.file.parent_path().parent_path().filename().string(), cpu.value);
    }
    system::write_file_atomically(own_file(), text);
    return now;
}

bool GovernorState::is_last() const {
    const std::vector<Claim> claims = read_claims();
    return std::none_of(claims.begin(), claims.end(),
                        [this](const Claim& claim) { return claim.is_alive && claim.file != own_file(); });
}

void GovernorState::drop() const {
    std::error_code status;
    std::filesystem::remove(own_file(), status);
}

std::vector<CpuGovernor> GovernorState::abandoned() const {
    std::vector<CpuGovernor> found;
    for (const Claim& claim : read_claims()) {
        if (claim.is_alive) {
            return {};
        }
        found.insert(found.end(), claim.found.begin(), claim.found.end());
    }
    return found;
}

void GovernorState::drop_abandoned() const {
    for (const Claim& claim : read_claims()) {
        std::error_code status;
        if (!claim.is_alive) {
            std::filesystem::remove(claim.file, status);
        }
    }
}

std::filesystem::path GovernorState::own_file() const {
    return folder_ / fmt::format("governors.{}", ::getpid());
}

} // namespace mutation::run
