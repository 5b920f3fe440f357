#include "accuracy/published_runs.hpp"

#include "accuracy/sampled_power.hpp"
#include "mutation/core/json.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/energy/integrate_power.hpp"
#include "support/files.hpp"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

namespace mutation::accuracy {

namespace {

/// One line of gpu_power.csv.
struct CurveReading {
    double seconds = 0; ///< since the epoch, whole
    double watts = 0;
};

struct PublishedRun {
    std::string name;
    double recorded_duration = 0; ///< seconds, with the stop of v3.0's sampler
    double duration = 0;          ///< of the training, as perf saw it where its output is there
    std::vector<CurveReading> readings;
};

/// The number that ends before `label` in its line: `1313.366549178 seconds time elapsed`.
std::optional<double> number_before(std::string_view text, std::string_view label) {
    const std::size_t end = text.find(label);
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const std::size_t line = text.rfind('\n', end);
    const std::size_t begin = line == std::string_view::npos ? 0 : line + 1;
    return parse_double(text.substr(begin, end - begin));
}

std::vector<CurveReading> read_power(const std::filesystem::path& file) {
    std::vector<CurveReading> readings;
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) {
        const std::size_t comma = line.find(',');
        if (comma == std::string::npos) {
            continue;
        }
        const auto time = parse_double(std::string_view(line).substr(0, comma));
        const auto power = parse_double(std::string_view(line).substr(comma + 1));
        if (time && power) {
            readings.push_back({*time, *power});
        }
    }
    return readings;
}

std::optional<PublishedRun> read_run(const std::filesystem::path& directory) {
    const auto record = nlohmann::json::parse(test::read_text(directory / "experiment.json"), nullptr, false);
    PublishedRun run{directory.filename().string(), 0, 0, read_power(directory / "energy/gpu_power.csv")};
    if (!record.is_object() || run.readings.empty()) {
        return std::nullopt;
    }
    const auto& facts = record.contains("foreground") ? record["foreground"] : record;
    run.recorded_duration = facts.value("duration_seconds", 0.0);
    run.duration = number_before(test::read_text(directory / "energy/cpu_energy_raw.txt"), "seconds time elapsed")
                       .value_or(run.recorded_duration);
    return run;
}

/// An RTX 3080 shows the mean over 1 s. Its stamps are whole seconds, and so is all that is known of the start: that of
/// the first sample.
std::optional<energy::PowerIntegral> integrate_run(const PublishedRun& run) {
    energy::PowerSensor sensor;
    sensor.averaging = Seconds(1);
    sensor.update_interval = Seconds(0.1);
    sensor.stamp_resolution = Seconds(1);
    const double first = run.readings.front().seconds;
    std::vector<energy::PowerSample> samples;
    for (const CurveReading& reading : run.readings) {
        samples.push_back({moment(reading.seconds - first), Watts(reading.watts)});
    }
    constexpr double kHalfStamp = 0.5;
    return energy::integrate_power(samples, {moment(kHalfStamp), moment(kHalfStamp + run.duration)}, sensor);
}

void print_run(const PublishedRun& run) {
    const auto integral = integrate_run(run);
    if (!integral) {
        return;
    }
    double sum = 0;
    for (const CurveReading& reading : run.readings) {
        sum += reading.watts;
    }
    const double energy = integral->energy.value();
    const double bound = integral->uncertainty.value();
    fmt::print("| {} | {:.1f} | {:.1f} | {} | {:.0f} | {:.0f} | {:.0f} | {:.1f} | {:.0f} | {:+.1f} |\n", run.name,
               run.recorded_duration, run.duration, run.readings.size(), sum, energy, bound, 100 * bound / energy,
               integral->coverage.value(), 100 * (sum - energy) / energy);
}

} // namespace

void print_published_runs(const std::vector<std::filesystem::path>& directories) {
    fmt::print(
        "\n| run | recorded s | training s | samples | plain sum J | ours J | +- J | +- % | coverage % | plain sum "
        "off by % |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
    for (const auto& directory : directories) {
        if (const auto run = read_run(directory)) {
            print_run(*run);
        } else {
            fmt::print(stderr, "{}: no experiment.json with energy/gpu_power.csv beside it\n", directory.string());
        }
    }
}

} // namespace mutation::accuracy
