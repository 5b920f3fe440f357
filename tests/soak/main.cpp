// Runs one session of many trainings of 50 ms and prints what the tool holds, and how long an experiment takes, at the
// 100th and at the last: whatever grows there would end a session of weeks. Exits 1 where something does.
#include "lab.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <sys/stat.h>
#include <thread>

namespace {

using namespace mutation::e2e;

constexpr int kDefaultExperiments = 2000;
constexpr int kFirst = 100;
/// So many experiments make one figure.
constexpr int kStretch = 50;

/// The most that a process held of each over some looks, since trainings come and go between them.
struct Holdings {
    long descriptors = 0;
    long resident_kib = 0;

    void take(const Holdings& other) {
        descriptors = std::max(descriptors, other.descriptors);
        resident_kib = std::max(resident_kib, other.resident_kib);
    }
};

/// All 0 where the process is gone.
Holdings look_at(pid_t pid) {
    const fs::path folder = fs::path("/proc") / std::to_string(pid);
    Holdings holdings;
    std::error_code gone;
    for (fs::directory_iterator entry(folder / "fd", gone); !gone && entry != fs::directory_iterator();
         entry.increment(gone))
        ++holdings.descriptors;
    std::istringstream status(read_text(folder / "status"));
    for (std::string line; std::getline(status, line);)
        if (line.rfind("VmRSS:", 0) == 0)
            holdings.resident_kib = std::atol(line.c_str() + 6);
    return holdings;
}

fs::path record_of(const Lab& lab, int number) {
    char name[64];
    std::snprintf(name, sizeof name, "toy_tiny_%03d", number);
    return lab.session() / name / "experiment.json";
}

double written_at(const fs::path& file) {
    struct stat facts {};
    return ::stat(file.c_str(), &facts) == 0
               ? static_cast<double>(facts.st_mtim.tv_sec) + static_cast<double>(facts.st_mtim.tv_nsec) * 1e-9
               : 0;
}

/// Mean seconds from record to record over the stretch that ends with `number`.
double seconds_each(const Lab& lab, int number) {
    return (written_at(record_of(lab, number)) - written_at(record_of(lab, number - kStretch))) / kStretch;
}

/// What the tool held while it ran the experiments of the stretch that ends with `number`.
Holdings watch_stretch(const Lab& lab, pid_t tool, int number) {
    const auto is_there = [&](int which) { return !lab.sessions().empty() && fs::exists(record_of(lab, which)); };
    const auto is_over = [&] { return look_at(tool).resident_kib == 0; };
    while (!is_there(number - kStretch) && !is_over())
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    Holdings most;
    while (!is_there(number) && !is_over()) {
        most.take(look_at(tool));
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return most;
}

void print(int number, const Holdings& held, double seconds) {
    std::printf("%6d: %3ld descriptors, %7ld KiB resident, %.4f s an experiment\n", number, held.descriptors,
                held.resident_kib, seconds);
    std::fflush(stdout);
}

/// The records' rows are kept for the table: they may cost memory, but little each.
bool is_flat(int experiments, const Holdings& first, double first_seconds, const Holdings& last, double last_seconds) {
    constexpr long kMostKibEach = 4;
    return last.descriptors <= first.descriptors &&
           last.resident_kib <= first.resident_kib + kMostKibEach * (experiments - kFirst) &&
           last_seconds <= 1.25 * first_seconds + 0.02;
}

} // namespace

int main(int argc, char** argv) {
    const int experiments = argc > 1 ? std::atoi(argv[1]) : kDefaultExperiments;
    if (experiments < kFirst + kStretch) {
        std::fprintf(stderr, "usage: soak [EXPERIMENTS], %d at least\n", kFirst + kStretch);
        return 2;
    }
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"sleep": 0.05}, {"print": "accuracy: 0.5\n"}])")}};
    lab.limit = 24 * 3600;
    RunningProcess guardian(lab.tool(lab.toy_run(experiments)));
    if (!eventually([&] { return !children_of(guardian.pid()).empty(); }))
        return 1;
    const pid_t tool = children_of(guardian.pid()).front();
    const Holdings first = watch_stretch(lab, tool, kFirst);
    const double first_seconds = seconds_each(lab, kFirst);
    print(kFirst, first, first_seconds);
    const Holdings last = watch_stretch(lab, tool, experiments);
    const RunResult result = guardian.wait();
    const double last_seconds = seconds_each(lab, experiments);
    print(experiments, last, last_seconds);
    const bool is_whole = result.exit_code == 0 && lab.summary().size() == static_cast<std::size_t>(experiments);
    std::printf("exit status %d, %zu rows\n", result.exit_code, lab.summary().size());
    return is_whole && is_flat(experiments, first, first_seconds, last, last_seconds) ? 0 : 1;
}
