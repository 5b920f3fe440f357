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

std::optional<std::string> cpu_model() {
    try {
        const std::string text = system::read_file("/proc/cpuinfo");
        for (const std::string_view line : split(text, '\n')) {
            if (line.starts_with("model name")) {
                return std::string(trim(line.substr(line.find(':') + 1)));
            }
        }
    } catch (const Error&) {
    }
    return std::nullopt;
}

/// The name of the governor; several names if the CPUs differ.
std::optional<std::string> governor(const std::filesystem::path& sysfs) {
    std::set<std::string> names;
    for (const run::CpuGovernor& cpu : run::read_governors(sysfs)) {
        names.insert(cpu.value);
    }
    return names.empty() ? std::nullopt
                         : std::optional(join(std::vector<std::string>(names.begin(), names.end()), ","));
}

/// What git prints; nullopt if it fails.
std::optional<std::string> ask_git(const std::filesystem::path& clone, std::vector<std::string> words, int stop_fd) {
    system::SpawnRequest request;
    request.argv = {"git", "-C", clone.string(), "--no-optional-locks"};
    request.argv.insert(request.argv.end(), words.begin(), words.end());
    try {
        const system::CapturedRun run = system::run_captured(std::move(request), kGitLimit, {stop_fd});
        return run.status.is_success() ? std::optional(std::string(trim(run.out))) : std::nullopt;
    } catch (const Error&) {
        return std::nullopt;
    }
}

} // namespace

record::MachineFacts describe_machine(const std::filesystem::path& sysfs) {
    utsname names{};
    ::uname(&names);
    record::MachineFacts facts;
    facts.tool_version = tool_version();
    facts.host = names.nodename;
    facts.kernel = std::string(names.sysname) + " " + names.release;
    facts.cpu_model = cpu_model();
    facts.cpu_count = static_cast<int>(std::thread::hardware_concurrency());
    facts.governor = governor(sysfs);
    return facts;
}

std::optional<record::RepositoryFacts> describe_repository(const config::Repository& repository, int stop_fd) {
    std::error_code status;
    if (!std::filesystem::exists(repository.directory / ".git", status)) {
        return std::nullopt;
    }
    const std::optional<std::string> changes = ask_git(repository.directory, {"status", "--porcelain"}, stop_fd);
    record::RepositoryFacts facts;
    facts.commit = ask_git(repository.directory, {"rev-parse", "HEAD"}, stop_fd);
    facts.is_dirty = changes ? std::optional(!changes->empty()) : std::nullopt;
    return facts;
}

std::string tool_version() {
    return MUTATION_VERSION;
}

} // namespace mutation::session
