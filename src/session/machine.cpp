#include "mutation/session/machine.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/run/governor.hpp"
#include "mutation/system/file.hpp"
#include "mutation/system/process.hpp"

#include <set>
#include <sys/utsname.h>
#include <thread>

namespace mutation::session {

namespace {

constexpr Seconds kGitLimit{20};

Json cpu_model() {
    try {
        const std::string text = system::read_file("/proc/cpuinfo");
        for (const std::string_view line : split(text, '\n')) {
            if (line.starts_with("model name")) {
                return std::string(trim(line.substr(line.find(':') + 1)));
            }
        }
    } catch (const Error&) {
    }
    return nullptr;
}

/// The governors' name, all of them where CPUs differ.
Json governor(const std::filesystem::path& sysfs) {
    std::set<std::string> names;
    for (const run::CpuGovernor& cpu : run::read_governors(sysfs)) {
        names.insert(cpu.value);
    }
    return names.empty() ? Json(nullptr) : Json(join(std::vector<std::string>(names.begin(), names.end()), ","));
}

/// What git prints, or null.
Json ask_git(const std::filesystem::path& clone, std::vector<std::string> words, int stop_fd) {
    system::SpawnRequest request;
    request.argv = {"git", "-C", clone.string(), "--no-optional-locks"};
    request.argv.insert(request.argv.end(), words.begin(), words.end());
    try {
        const system::CapturedRun run = system::run_captured(std::move(request), kGitLimit, {stop_fd});
        return run.status.is_success() ? Json(std::string(trim(run.out))) : Json(nullptr);
    } catch (const Error&) {
        return nullptr;
    }
}

} // namespace

Json describe_machine(const std::filesystem::path& sysfs) {
    utsname names{};
    ::uname(&names);
    Json facts;
    facts["tool_version"] = tool_version();
    facts["host"] = names.nodename;
    facts["kernel"] = std::string(names.sysname) + " " + names.release;
    facts["cpu_model"] = cpu_model();
    facts["cpu_count"] = std::thread::hardware_concurrency();
    facts["governor"] = governor(sysfs);
    return facts;
}

Json describe_repository(const config::Repository& repository, int stop_fd) {
    std::error_code status;
    if (!std::filesystem::exists(repository.directory / ".git", status)) {
        return nullptr;
    }
    const Json changes = ask_git(repository.directory, {"status", "--porcelain"}, stop_fd);
    Json facts;
    facts["commit"] = ask_git(repository.directory, {"rev-parse", "HEAD"}, stop_fd);
    facts["is_dirty"] = changes.is_null() ? Json(nullptr) : Json(!changes.get<std::string>().empty());
    return facts;
}

std::string tool_version() {
    return MUTATION_VERSION;
}

} // namespace mutation::session
