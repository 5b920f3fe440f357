#include "mutation/run/governor.hpp"

#include "governor_state.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/system/file.hpp"
#include "mutation/system/unique_fd.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace mutation::run {

namespace {

/// errno; 0 if the value was written.
int write_governor(const std::filesystem::path& file, const std::string& value) {
    const system::UniqueFd fd(::open(file.c_str(), O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC));
    if (!fd.is_open()) {
        return errno;
    }
    return ::write(fd.get(), value.data(), value.size()) == static_cast<ssize_t>(value.size()) ? 0 : errno;
}

std::string read_word(const std::filesystem::path& file) {
    try {
        return std::string(trim(system::read_file(file)));
    } catch (const Error&) {
        return {};
    }
}

void check_offered(const std::vector<CpuGovernor>& cpus, const std::string& governor) {
    for (const CpuGovernor& cpu : cpus) {
        const std::string offered = read_word(cpu.file.parent_path() / "scaling_available_governors");
        const std::vector<std::string_view> names = split(offered, ' ');
        if (!offered.empty() && std::find(names.begin(), names.end(), governor) == names.end()) {
            throw Error(ErrorKind::machine,
                        fmt::format("cannot set the CPU governor to {}: this machine offers: {}", governor, offered));
        }
    }
}

std::size_t put_back_changed(const std::vector<CpuGovernor>& found) {
    std::size_t count = 0;
    for (const CpuGovernor& cpu : found) {
        const bool is_changed = read_word(cpu.file) != cpu.value;
        count += is_changed && write_governor(cpu.file, cpu.value) == 0 ? 1 : 0;
    }
    return count;
}

} // namespace

std::vector<CpuGovernor> read_governors(const std::filesystem::path& sysfs) {
    std::vector<CpuGovernor> governors;
    std::error_code status;
    for (const auto& entry : std::filesystem::directory_iterator(sysfs / "devices/system/cpu", status)) {
        const std::filesystem::path file = entry.path() / "cpufreq/scaling_governor";
        if (entry.path().filename().string().starts_with("cpu") && std::filesystem::exists(file, status)) {
            governors.push_back({file, read_word(file)});
        }
    }
    std::sort(governors.begin(), governors.end(),
              [](const CpuGovernor& a, const CpuGovernor& b) { return a.file < b.file; });
    return governors;
}

std::size_t restore_abandoned_governors(const std::filesystem::path& sysfs) noexcept {
    std::size_t count = 0;
    try {
        const auto rights = rights_for(sysfs);
        const GovernorState state(sysfs);
        count = put_back_changed(state.abandoned());
        state.drop_abandoned();
    } catch (const std::exception&) { // an error here must not keep a session from running
    }
    return count;
}

void restore_governors_after_kill(const std::filesystem::path& sysfs, const std::vector<CpuGovernor>& found) noexcept {
    restore_abandoned_governors(sysfs);
    try {
        const auto rights = rights_for(sysfs);
        if (!GovernorState(sysfs).is_usable()) {
            put_back_changed(found);
        }
    } catch (const std::exception&) { // there is nowhere to report it
    }
}

GovernorGuard::GovernorGuard(const std::filesystem::path& sysfs, const std::string& governor) : sysfs_(sysfs) {
    std::vector<CpuGovernor> all = read_governors(sysfs);
    if (all.empty()) {
        throw Error(ErrorKind::machine,
                    fmt::format("cannot set the CPU governor to {}: this machine shows none below {}; "
                                "run without --governor (normal in a virtual machine)",
                                governor, (sysfs / "devices/system/cpu").string()));
    }
    check_offered(all, governor);
    try {
        const auto rights = rights_for(sysfs_);
        const GovernorState state(sysfs_);
        found_ = state.is_usable() ? state.claim(std::move(all)) : std::move(all);
        set_all(governor);
    } catch (const Error& error) {
        put_back();
        throw Error(ErrorKind::machine,
                    fmt::format("cannot set the CPU governor to {}: {}; run with sudo, or without --governor", governor,
                                error.message()));
    }
}

GovernorGuard::~GovernorGuard() {
    put_back();
}

void GovernorGuard::set_all(const std::string& governor) {
    for (const CpuGovernor& cpu : found_) {
        if (const int reason = write_governor(cpu.file, governor); reason != 0) {
            throw Error(ErrorKind::machine, fmt::format("{}: {}", cpu.file.string(), std::strerror(reason)));
        }
    }
}

void GovernorGuard::put_back() noexcept {
    try {
        const auto rights = rights_for(sysfs_);
        const GovernorState state(sysfs_);
        if (state.is_last()) {
            for (const CpuGovernor& cpu : found_) {
                write_governor(cpu.file, cpu.value);
            }
        }
        state.drop();
    } catch (const std::exception&) { // the next start tries again
    }
    found_.clear();
}

} // namespace mutation::run
