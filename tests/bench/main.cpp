// Prints what the program's main costs are, each beside a reference that is measured in the same run.
//   bench [MUTATION_BINARY]

#include "bench/stopwatch.hpp"
#include "bench/workplace.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/json.hpp"
#include "mutation/plan/mutation_space.hpp"

#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <unordered_set>

#ifdef MUTATION_HAS_BENCH_LOG
int bench_log();
#endif

namespace {

namespace fs = std::filesystem;
using namespace mutation;
using namespace mutation::bench;

constexpr double kMilliseconds = 1e3;

void print_head() {
    fmt::print("| {:<44} | {:>10} | {:<36} | {:>10} | {:>10} | {:>6} | {:<22} |\n", "measure", "ours", "reference",
               "reference", "difference", "ratio", "aim");
    fmt::print("|{:-<46}|{:->12}|{:-<38}|{:->12}|{:->12}|{:->8}|{:-<24}|\n", "", "", "", "", "", "", "");
}

void print_row(const std::string& measure, const std::string& reference, const PairedMedians& medians,
               const std::string& aim) {
    const auto milliseconds = [](double seconds) { return fmt::format("{:.2f} ms", seconds * kMilliseconds); };
    fmt::print("| {:<44} | {:>10} | {:<36} | {:>10} | {:>10} | {:>6.2f} | {:<22} |\n", measure,
               milliseconds(medians.ours), reference, milliseconds(medians.reference),
               milliseconds(medians.ours - medians.reference), medians.ours / medians.reference, aim);
    std::fflush(stdout);
}

config::Hyperparameter make_hyperparameter(const std::string& name, config::HyperparameterType type, double min,
                                           double max, config::Distribution distribution, double zero_probability) {
    config::Hyperparameter hyperparameter;
    hyperparameter.name = name;
    hyperparameter.type = type;
    hyperparameter.range = config::NumericRange{min, max};
    hyperparameter.distribution = distribution;
    hyperparameter.zero_probability = zero_probability;
    return hyperparameter;
}

/// A residual network's epochs, learning rate, weight decay and seed.
double time_mutations(std::size_t runs) {
    using config::Distribution;
    using config::HyperparameterType;
    const std::vector<config::Hyperparameter> space{
        make_hyperparameter("epochs", HyperparameterType::integer, 100, 300, Distribution::log_uniform, 0),
        make_hyperparameter("learning_rate", HyperparameterType::real, 0.02, 0.5, Distribution::log_uniform, 0),
        make_hyperparameter("weight_decay", HyperparameterType::real, 1e-5, 0.01, Distribution::log_uniform, 0.3),
        make_hyperparameter("seed", HyperparameterType::integer, 0, 9999, Distribution::uniform, 0)};
    plan::MutationSpace mutations;
    for (const config::Hyperparameter& hyperparameter : space) {
        mutations.positions.push_back(mutations.spaces.size());
        mutations.spaces.emplace_back(hyperparameter);
    }
    mutations.combination.resize(space.size());
    return time_call([&] {
        plan::Engine engine = plan::make_engine(42, 0);
        std::set<plan::Combination> taken;
        if (plan::draw_distinct(mutations, runs, taken, engine).size() != runs) {
            throw Error(ErrorKind::internal, "mutations are missing");
        }
    });
}

/// As many lines of four numbers that are made and kept distinct without any thought of hyperparameters.
double time_distinct_lines(std::size_t lines) {
    return time_call([&] {
        plan::Engine engine = plan::make_engine(42, 0);
        std::unordered_set<std::string> distinct;
        while (distinct.size() < lines) {
            distinct.insert(fmt::format("{} {} {} {}", engine() % 201, engine() % 1'200'001, engine() % 2'700'001,
                                        engine() % 10'000));
        }
    });
}

void bench_mutations() {
    constexpr std::size_t kRuns = 100'000;
    print_row("100,000 distinct mutations", "as many distinct lines of 4 numbers",
              measure_in_turn(
                  9, [] { return time_mutations(kRuns); }, [] { return time_distinct_lines(kRuns); }),
              "< 100 ms");
}

/// Seconds of a program that must end well.
double time_program(const std::vector<std::string>& argv) {
    const ProgramRun run = run_program(argv);
    if (run.exit_code != 0) {
        throw Error(ErrorKind::machine,
                    fmt::format("{} ended with exit status {}", fmt::join(argv, " "), run.exit_code));
    }
    return run.seconds;
}

void bench_list(const fs::path& tool, const fs::path& empty) {
    const std::vector<std::string> list{tool.string(), "--settings", MUTATION_SOURCE_DIR "/settings", "--list"};
    print_row("mutation --list", "an empty program, same libraries",
              measure_in_turn(
                  40, [&] { return time_program(list); }, [&] { return time_program({empty.string()}); }),
              "difference < 4 ms");
}

/// Seconds that one more training costs a session.
double time_experiment(const Workplace& workplace) {
    constexpr int kMore = 10;
    const double one = time_program(workplace.session_command(1));
    return (time_program(workplace.session_command(1 + kMore)) - one) / kMore;
}

void bench_experiment(const Workplace& workplace) {
    const std::vector<std::string> perf{"perf", "stat", "-o", "/dev/null", "true"};
    const bool has_perf = run_program({"sh", "-c", "command -v perf && perf stat -o /dev/null true"}).exit_code == 0;
    const std::vector<std::string> reference = has_perf ? perf : std::vector<std::string>{"true"};
    print_row("a training that does nothing (11 against 1)",
              has_perf ? "perf stat true" : "true (perf does not work here)",
              measure_in_turn(
                  9, [&] { return time_experiment(workplace); }, [&] { return time_program(reference); }),
              "difference < 25 ms");
}

/// Seconds to read and parse every record of a session.
double time_parsing(const fs::path& session) {
    return time_call([&] {
        std::size_t members = 0;
        for (const auto& entry : fs::directory_iterator(session)) {
            if (entry.is_directory()) {
                std::ifstream in(entry.path() / "experiment.json", std::ios::binary);
                members += Json::parse(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()).size();
            }
        }
        if (members == 0) {
            throw Error(ErrorKind::internal, "no record was read");
        }
    });
}

void bench_rollup(const Workplace& workplace) {
    const fs::path session = workplace.make_session(20'000);
    const std::vector<std::string> summarize{workplace.tool().string(), "--settings",
                                             (workplace.folder() / "settings").string(), "summarize", session.string()};
    double peak = run_program(summarize).peak_mebibytes; // the first one also fills the page cache
    print_row("roll-up of 20,000 records", "reading and parsing them",
              measure_in_turn(
                  5, [&] { return time_program(summarize); }, [&] { return time_parsing(session); }),
              "ratio < 1.5");
    fmt::print("| {:<44} | {:>6.1f} MiB | {:<36} | {:>10} | {:>10} | {:>6} | {:<22} |\n", "its peak of memory", peak,
               "", "", "", "", "< 40 MiB");
    std::fflush(stdout);
}

void run_benchmarks(const fs::path& self, const fs::path& tool) {
    print_head();
    bench_mutations();
    if (!fs::exists(tool)) {
        fmt::print(stderr, "{} is not there: build it, or name it as argument\n", tool.string());
        return;
    }
    bench_list(tool, self.parent_path() / "bench_empty");
    const Workplace workplace(tool);
    bench_experiment(workplace);
    bench_rollup(workplace);
}

} // namespace

int main(int argc, char** argv) {
    try {
        const fs::path self = fs::read_symlink("/proc/self/exe");
        // build/tests/bench/bench beside build/mutation
        const fs::path beside = self.parent_path().parent_path().parent_path() / "mutation";
        run_benchmarks(self, argc > 1 ? fs::absolute(argv[1]) : beside);
#ifdef MUTATION_HAS_BENCH_LOG
        return bench_log();
#endif
    } catch (const std::exception& error) {
        fmt::print(stderr, "error: {}\n", error.what());
        return 1;
    }
    return 0;
}
