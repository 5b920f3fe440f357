#include "bench/stopwatch.hpp"

#include "mutation/core/error.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mutation::bench {

namespace {

/// Discards a child's output.
class SilentActions {
public:
    SilentActions() {
        posix_spawn_file_actions_init(&actions_);
        posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    }
    SilentActions(const SilentActions&) = delete;
    SilentActions& operator=(const SilentActions&) = delete;
    ~SilentActions() { posix_spawn_file_actions_destroy(&actions_); }

    [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

pid_t spawn_silently(const std::vector<std::string>& argv) {
    std::vector<char*> words;
    for (const std::string& word : argv) {
        words.push_back(const_cast<char*>(word.c_str())); // posix_spawn's signature; it does not write
    }
    words.push_back(nullptr);
    const SilentActions actions;
    pid_t pid = -1;
    const int failure = posix_spawnp(&pid, words[0], actions.get(), nullptr, words.data(), environ);
    if (failure != 0) {
        throw Error(ErrorKind::machine, fmt::format("{} does not start: {}", argv[0], std::strerror(failure)));
    }
    return pid;
}

} // namespace

ProgramRun run_program(const std::vector<std::string>& argv) {
    ProgramRun run;
    run.seconds = time_call([&] {
        const pid_t pid = spawn_silently(argv);
        int status = 0;
        rusage usage{};
        while (wait4(pid, &status, 0, &usage) < 0 && errno == EINTR) {
        }
        run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        constexpr double kKibibytes = 1024;
        run.peak_mebibytes = static_cast<double>(usage.ru_maxrss) / kKibibytes;
    });
    return run;
}

double time_call(const std::function<void()>& call) {
    const auto start = std::chrono::steady_clock::now();
    call();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

PairedMedians measure_in_turn(std::size_t times, const std::function<double()>& ours,
                              const std::function<double()>& reference) {
    std::vector<double> our_times;
    std::vector<double> reference_times;
    for (std::size_t i = 0; i < times; ++i) {
        our_times.push_back(ours());
        reference_times.push_back(reference());
    }
    return {median(our_times), median(reference_times)};
}

} // namespace mutation::bench
