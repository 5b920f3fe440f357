#include "mutation/cli/run_app.hpp"

#include "mutation/cli/options.hpp"
#include "mutation/core/counted.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/run/governor.hpp"
#include "mutation/session/machine.hpp"
#include "mutation/system/guardian.hpp"
#include "mutation/system/signals.hpp"
#include "mutation/system/user.hpp"
#include "verbs.hpp"

#include <cerrno>
#include <filesystem>
#include <fmt/format.h>
#include <iostream>
#include <new>
#include <system_error>

namespace mutation::cli {

namespace {

constexpr int kUsageStatus = 2;
constexpr int kMachineStatus = 3;
constexpr int kInternalStatus = 70; // EX_SOFTWARE: a defect of this program

int exit_status(ErrorKind kind) {
    switch (kind) {
    case ErrorKind::usage:
        return kUsageStatus;
    case ErrorKind::machine:
    case ErrorKind::storage:
        return kMachineStatus;
    case ErrorKind::internal:
        break;
    }
    return kInternalStatus;
}

/// What the system refused, with the most frequent cause.
std::string describe_refusal(const std::system_error& error) {
    std::error_code status;
    [[maybe_unused]] const std::filesystem::path here = std::filesystem::current_path(status);
    return status ? fmt::format("the working directory cannot be used ({}); change to one that exists, then try again",
                                status.message())
                  : std::string(error.what());
}

/// Governors that a killed session left changed are restored first. If this tool is killed, its guardian restores them.
system::UniqueFd split_off_guardian() {
    const std::filesystem::path sysfs = session::sysfs_root();
    if (const std::size_t count = run::restore_abandoned_governors(sysfs); count > 0) {
        fmt::print(stderr, "restored the governor of {}, which a killed session had left changed\n",
                   counted(count, "CPU"));
    }
    const std::vector<run::CpuGovernor> found = run::read_governors(sysfs);
    return system::split_off_guardian([&] { run::restore_governors_after_kill(sysfs, found); });
}

int run_verb(const Options& options, const std::vector<std::string>& arguments) {
    const std::optional<system::User> user = system::training_user(options.as_root);
    const VerbInfo& verb = *find_verb(options.verb);
    const bool is_guarded = verb.rights == Rights::session && !options.dry_run;
    system::SignalFd signals(is_guarded ? split_off_guardian() : system::UniqueFd());
    if (user && verb.rights != Rights::root) {
        system::act_as(*user);
    }
    return verb.run({options, arguments, user, signals});
}

/// Error(storage) if stdout did not take everything, unless its reader has gone (`| head`).
void check_output() {
    if (!std::cout.flush() && errno != EPIPE) {
        throw Error(ErrorKind::storage, "stdout: the output could not be written completely; it is cut off");
    }
}

} // namespace

int run_app(const std::string& program, const std::vector<std::string>& arguments) {
    if (arguments.empty()) {
        print_text(stderr, help_text());
        return kUsageStatus;
    }
    try {
        Options options = parse_options(arguments);
        options.program = program;
        if (options.version) {
            std::cout << "mutation " << session::tool_version() << '\n';
            return 0;
        }
        const int status = run_verb(options, arguments);
        check_output();
        return status;
    } catch (const Error& error) {
        for (const std::string_view line : split(error.message(), '\n')) {
            print_text(stderr, fmt::format("error: {}\n", line));
        }
        return exit_status(error.kind());
    } catch (const std::system_error& error) {
        print_text(stderr, fmt::format("error: {}\n", describe_refusal(error)));
        return kMachineStatus;
    } catch (const std::bad_alloc&) {
        print_text(stderr, "error: there is not enough memory\n");
        return kMachineStatus;
    } catch (const std::exception& error) {
        print_text(stderr, fmt::format("error: {} (a defect of this program; please report it)\n", error.what()));
        return kInternalStatus;
    }
}

} // namespace mutation::cli
