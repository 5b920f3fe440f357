#include "mutation/trainlog/log_metrics.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

int bench_log();

namespace {

using namespace mutation;

/// One pattern as a registry has it, and the same for `grep -E`.
struct PatternPair {
    const char* ours;
    const char* grep;
};

/// The metrics of a real registry entry, then its failure patterns.
const std::vector<PatternPair>& metric_patterns() {
    static const std::vector<PatternPair> pairs{
        {R"((?m)(?|^RESULT test_accuracy=([0-9.eE+-]+)|^ \* Prec@1 ([0-9.]+)))",
         R"(^RESULT test_accuracy=([0-9.eE+-]+)|^ \* Prec@1 ([0-9.]+))"},
        {R"((?m)^RESULT best_val_accuracy=([0-9.eE+-]+))", R"(^RESULT best_val_accuracy=([0-9.eE+-]+))"},
    };
    return pairs;
}

const std::vector<PatternPair>& failure_patterns() {
    static const std::vector<PatternPair> pairs{
        {"CUDA out of memory", "CUDA out of memory"},
        {"not yet implemented", "not yet implemented"},
        {"ERRORS ENCOUNTERED", "ERRORS ENCOUNTERED"},
        {"(?m)^Error during training:", "^Error during training:"},
        {"Status: (?:FAILED|PARTIAL)", "Status: (FAILED|PARTIAL)"},
        {R"(\b[Ll]oss\b.{0,12}\bnan\b)", R"(\b[Ll]oss\b.{0,12}\bnan\b)"},
    };
    return pairs;
}

/// The output of a training: one line per batch, and one line per epoch with the metric.
std::string lines_of_epoch(int epoch) {
    std::string lines;
    for (int batch = 0; batch < 391; batch += 50) {
        lines += "Epoch: [" + std::to_string(epoch) + "][" + std::to_string(batch) +
                 "/391]\tTime 0.021 (0.022)\tData 0.003 (0.004)\tLoss 0.4242 (0.4311)\tPrec@1 85.156 (84.993)\n";
    }
    return lines + "Test: [0/79]\tTime 0.2 (0.2)\tLoss 0.31 (0.31)\tPrec@1 90.6 (90.6)\n * Prec@1 9" +
           std::to_string(epoch % 10) + ".120\n";
}

/// The same with a progress bar and colours, as terminals see it.
std::string lines_of_bar(int epoch) {
    std::string lines;
    for (int step = 0; step < 20; ++step) {
        lines += "\r" + std::to_string(5 * step) + "%|█████     | " + std::to_string(step) +
                 "/20 [00:01<00:01, 10.1it/s, loss=0.424]";
    }
    return lines + "\r\n\x1b[1;32m * Prec@1 9" + std::to_string(epoch % 10) + ".120\x1b[0m\r\n";
}

void write_log(const std::filesystem::path& file, std::size_t bytes, const std::function<std::string(int)>& epoch_of) {
    std::ofstream out(file, std::ios::binary);
    std::size_t written = 0;
    for (int epoch = 0; written < bytes; ++epoch) {
        const std::string lines = epoch_of(epoch);
        out << lines;
        written += lines.size();
    }
}

struct Cost {
    double seconds = 0;
    double max_rss_mib = 0;
};

/// Runs `work` in its own process, so that its memory is counted separately.
Cost measure_in_child(const std::function<int()>& work) {
    const auto start = std::chrono::steady_clock::now();
    const pid_t child = fork();
    if (child == 0) {
        _exit(work());
    }
    int status = 0;
    rusage usage{};
    wait4(child, &status, 0, &usage);
    constexpr double kKibPerMib = 1024;
    return {std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
            static_cast<double>(usage.ru_maxrss) / kKibPerMib};
}

int read_with_ours(const std::filesystem::path& file) {
    std::vector<config::Metric> metrics;
    std::vector<std::string> failures;
    for (const PatternPair& pair : metric_patterns()) {
        metrics.push_back({pair.ours, pair.ours, {}});
    }
    for (const PatternPair& pair : failure_patterns()) {
        failures.emplace_back(pair.ours);
    }
    const trainlog::LogFindings findings = trainlog::LogReader(metrics, {}, failures).read_file(file);
    return findings.metrics.empty() ? 1 : 0;
}

int read_with_grep(const std::filesystem::path& file) {
    std::vector<std::string> words{"grep", "-cE"};
    for (const auto* pairs : {&metric_patterns(), &failure_patterns()}) {
        for (const PatternPair& pair : *pairs) {
            words.emplace_back("-e");
            words.emplace_back(pair.grep);
        }
    }
    words.push_back(file.string());
    std::vector<char*> argv;
    for (std::string& word : words) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    // Not /dev/null: there grep stops at the first match.
    const int count = open((file.string() + ".count").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    dup2(count, STDOUT_FILENO);
    setenv("LC_ALL", "C.UTF-8", 1);
    execvp(argv[0], argv.data());
    return 127;
}

void compare(const char* what, std::size_t bytes, const std::function<std::string(int)>& epoch_of) {
    const std::filesystem::path file =
        std::filesystem::temp_directory_path() / ("mutation_bench_" + std::to_string(getpid()) + ".log");
    write_log(file, bytes, epoch_of);
    const Cost grep = measure_in_child([&] { return read_with_grep(file); });
    const Cost ours = measure_in_child([&] { return read_with_ours(file); });
    std::filesystem::remove(file);
    std::filesystem::remove(file.string() + ".count");
    std::printf("log, %s, %zu MB: %.2f s, %.1f MiB; grep -cE %.2f s; ratio %.2f (aim < 3, < 64 MiB)\n", what,
                bytes / 1'000'000, ours.seconds, ours.max_rss_mib, grep.seconds, ours.seconds / grep.seconds);
    std::fflush(stdout);
}

} // namespace

/// Prints how long reading a log takes beside `grep -cE` with the same patterns. `MUTATION_BENCH_LOG_MB` sets the
/// log's size.
int bench_log() {
    constexpr std::size_t kDefaultMegabytes = 256;
    const char* const asked = std::getenv("MUTATION_BENCH_LOG_MB");
    const std::size_t bytes = (asked == nullptr ? kDefaultMegabytes : std::stoul(asked)) * 1'000'000;
    std::fflush(stdout);
    compare("plain lines", bytes, lines_of_epoch);
    compare("bars and colours", bytes, lines_of_bar);
    compare("one line without end", bytes, [](int) { return std::string(1000, 'x') + " loss 0.5 "; });
    return 0;
}
