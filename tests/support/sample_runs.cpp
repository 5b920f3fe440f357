#include "sample_runs.hpp"

#include "sample_report.hpp"

#include <array>
#include <cmath>
#include <string>

namespace mutation::test {

using namespace report;

namespace {

/// A number in [-1, 1] that looks like noise.
double noise(std::size_t i, std::size_t stream) {
    const double turn = std::sin(static_cast<double>(i * 7919 + stream * 104729 + 1)) * 43758.5453;
    return 2 * (turn - std::floor(turn)) - 1;
}

record::Moment start_of(std::size_t i) {
    const double seconds = 1795000000 + 600.0 * static_cast<double>(i);
    return record::moment_of(WallTime(std::chrono::nanoseconds(static_cast<long long>(seconds) * 1'000'000'000)));
}

std::string id_of(const char* repository, std::size_t i) {
    const std::string number = std::to_string(i + 1);
    return std::string(repository) + "_" + std::string(number.size() < 3 ? 3 - number.size() : 0, '0') + number;
}

struct Settings {
    std::int64_t epochs;
    double rate;
    double dropout;
    std::string optimizer;
};

/// Two runs each share a configuration.
Settings settings_of(std::size_t i) {
    const std::size_t number = i / 2;
    constexpr std::array<std::int64_t, 5> kEpochs{5, 10, 20, 40, 80};
    constexpr std::array<double, 4> kDropouts{0, .1, .25, .5};
    const double rate = round(1e5 * std::pow(10, -3 + noise(number, 1))) / 1e5;
    return {kEpochs[number * 3 % 5], rate, kDropouts[number * 5 % 4], number % 3 == 1 ? "adam" : "sgd"};
}

void measure(Run& run, const Settings& settings, std::size_t i) {
    const auto epochs = static_cast<double>(settings.epochs);
    const double duration =
        21 * std::pow(epochs, .93) * (settings.optimizer == "adam" ? 1.12 : 1) * (1 + .02 * noise(i, 2));
    const double power = 248 * std::pow(settings.rate / .001, .01) * (1 + .01 * noise(i, 3));
    run.duration = Seconds(duration);
    run.cpu_energy = Joules(.3 * power * duration);
    run.gpu_energy = Joules(.7 * power * duration);
    run.energy = *run.cpu_energy + *run.gpu_energy;
    run.uncertainty = *run.energy * (.004 + .002 * noise(i, 4));
    run.verdict = energy::Verdict::good;
    run.power = *run.energy / *run.duration;
    run.utilisation = Percent(71 + 2 * noise(i, 5));
    run.start_temperature = Celsius(38 + 3 * noise(i, 6));
    const double error = .16 * std::pow(epochs / 5, -.6) + .02 * std::abs(std::log10(settings.rate / .002)) +
                         .03 * settings.dropout + .02 + .003 * noise(i, 7);
    run.metrics = {{"accuracy", 1 - error}, {"loss", 3.1 * error}};
}

void exclude(Run& run, Stage stage, const std::string& reason) {
    run.exclusion = Exclusion{run.key, stage, reason};
}

/// The run has no figures: it failed.
void fail(Run& run, record::Status status, const std::string& reason) {
    run.status = status;
    run.failed_energy = run.energy;
    run.energy.reset();
    run.uncertainty.reset();
    run.power.reset();
    run.verdict = energy::Verdict::absent;
    run.metrics.clear();
    exclude(run, Stage::succeeded, reason);
}

void lose_some(std::vector<Run>& runs) {
    fail(runs[3], record::Status::failed, "the training exited with 1: CUDA out of memory");
    fail(runs[6], record::Status::timed_out, "the training did not end within 3600 s");
    runs[7].metrics.clear();
    runs[7].status = record::Status::ok_without_metrics;
    exclude(runs[7], Stage::metrics, "no value of accuracy in the log");
    runs[8].verdict = energy::Verdict::poor;
    exclude(runs[8], Stage::energy, "the verdict on the energy is poor: the GPU sensor stopped for 41 s");
    runs[9].flags = {{runs[9].key, "another process used GPU 0 for 212 s", FlagSource::record}};
    runs[10].flags = {{runs[10].key, "GPU utilisation 43 % where like runs have 71 %", FlagSource::utilisation},
                      {runs[10].key, "energy is 7.2 standard deviations above the model", FlagSource::residual}};
    for (const std::size_t i : {9U, 10U}) {
        runs[i].energy = *runs[i].energy * 1.6;
        runs[i].power = *runs[i].energy / *runs[i].duration;
    }
    Run& last = runs.back();
    Run waiting;
    waiting.key = last.key;
    waiting.folder = last.folder;
    waiting.values = last.values;
    waiting.command = last.command;
    waiting.configuration = last.configuration;
    last = waiting;
    exclude(last, Stage::run, "the session was stopped before it");
}

Run make_run(const char* repository, const char* session, std::size_t i) {
    Run run;
    run.key = {session, id_of(repository, i)};
    run.folder = std::string("/home/user/results/") + session + "/" + run.key.experiment_id;
    run.configuration = i / 2;
    run.status = record::Status::ok;
    run.start = start_of(i);
    return run;
}

} // namespace

std::vector<Run> sample_runs(std::size_t count) {
    std::vector<Run> runs;
    for (std::size_t i = 0; i < count; ++i) {
        Run run = make_run("digits", "run_20261120_090000", i);
        const Settings settings = settings_of(i);
        run.values = {{"epochs", settings.epochs, true},       {"learning_rate", settings.rate, true},
                      {"dropout", settings.dropout, true},     {"optimizer", settings.optimizer, true},
                      {"batch_size", std::int64_t{64}, false}, {"seed", static_cast<std::int64_t>(1000 + i), true}};
        run.command = {"python3", "train.py", "--epochs", std::to_string(settings.epochs)};
        measure(run, settings, i);
        runs.push_back(run);
    }
    lose_some(runs);
    for (std::size_t i = 0; i < 3; ++i) {
        Run control = runs[0];
        control.key.experiment_id = "control_" + std::to_string(i + 1);
        control.is_control = true;
        control.start = start_of((i + 1) * count / 3);
        measure(control, settings_of(0), count + i);
        runs.push_back(control);
    }
    return runs;
}

std::vector<Run> hostile_runs() {
    std::vector<Run> runs;
    for (std::size_t i = 0; i < 7; ++i) {
        Run run = make_run("hostile", "run_20261121_'quoted' & <b>", i);
        run.configuration = i;
        run.values = {{kHostileInput, .001 * static_cast<double>(1U << i), true}, {"seed", std::int64_t{1}, true}};
        run.command = {"sh", "-c", "echo '</script><script>alert(3)</script>' \"$(id)\""};
        run.duration = Seconds(60 * (1 + .1 * noise(i, 8)));
        run.verdict = energy::Verdict::absent;
        run.metrics = {{kHostileMetric, 80 + 2 * static_cast<double>(i) + noise(i, 9)}};
        runs.push_back(run);
    }
    fail(runs[2], record::Status::failed,
         "the training exited with 1: </script><script>alert('log')</script> \"" + std::string(200, 'x') + "\" 失敗");
    runs[5].key.experiment_id = std::string(200, 'w');
    return runs;
}

} // namespace mutation::test
