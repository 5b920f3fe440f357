#include "mutation/run/governor.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/system/file.hpp"
#include "mutation/system/unique_fd.hpp"
#include "mutation/system/user.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <unistd.h>

namespace mutation::run {

namespace {

/// The system's reason, 0 when the value was taken.
int write_governor(const std::filesystem::path& file, const std::string& value) {
    std::optional<system::RootScope> root;
    if (file.string().starts_with("/sys/")) { // a stand-in is the user's own: root writes nothing there
        root.emplace();
    }
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

void restore_governors(const std::vector<CpuGovernor>& found) noexcept {
    for (const CpuGovernor& cpu : found) {
        if (read_word(cpu.file) != cpu.value) {
            write_governor(cpu.file, cpu.value);
        }
    }
}

GovernorGuard::GovernorGuard(const std::filesystem::path& sysfs, const std::string& governor) {
    const std::vector<CpuGovernor> all = read_governors(sysfs);
    if (all.empty()) {
        throw Error(ErrorKind::machine,
                    fmt::format("cannot set the CPU governor to {}: this machine shows none below {}; "
                                "run without --governor (a virtual machine has no say in it)",
                                governor, (sysfs / "devices/system/cpu").string()));
    }
    check_offered(all, governor);
    for (const CpuGovernor& cpu : all) {
        if (const int reason = write_governor(cpu.file, governor); reason != 0) {
            put_back();
            throw Error(ErrorKind::machine,
                        fmt::format("cannot set the CPU governor to {}: {}: {}; run with sudo, or without --governor",
                                    governor, cpu.file.string(), std::strerror(reason)));
        }
        found_.push_back(cpu);
    }
}

GovernorGuard::~GovernorGuard() {
    put_back();
}

void GovernorGuard::put_back() noexcept {
    for (const CpuGovernor& cpu : found_) {
        write_governor(cpu.file, cpu.value);
    }
    found_.clear();
}

} // namespace mutation::run
