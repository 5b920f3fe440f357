#pragma once

#include "mutation/core/error.hpp"
#include "mutation/report/comparison.hpp"
#include "mutation/stats/random.hpp"

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace mutation::report {

/// One side of a comparison, made in memory: one group on one machine.
class SideMaker {
public:
    explicit SideMaker(std::string session) {
        input.sessions.emplace_back().name = std::move(session);
        Group& group = input.groups.emplace_back();
        group.key = {"digits", "mlp", std::nullopt, {"CPU 1", {"GPU 1"}, "550.1", "performance"}};
        group.energy_parts = {EnergyPart::cpu, EnergyPart::gpu};
        group.metrics = {{"accuracy", true}};
    }

    Group& group() { return input.groups.front(); }

    /// A run of 100 s.
    Run& add(std::int64_t epochs, double joules) {
        Run run;
        run.key = {input.sessions.front().name, "digits_" + std::to_string(group().runs.size() + 1)};
        run.values = {{"epochs", epochs, true}, {"seed", static_cast<std::int64_t>(group().runs.size()), true}};
        run.status = record::Status::ok;
        run.start = record::Moment{"", 1000.0 * static_cast<double>(group().runs.size())};
        run.duration = Seconds(100);
        run.cpu_energy = Joules(.25 * joules);
        run.gpu_energy = Joules(.75 * joules);
        run.energy = Joules(joules);
        run.uncertainty = Joules(.01 * joules);
        run.devices = {"host1", {"GPU-1111"}, Percent(5), Percent(5)};
        group().runs.push_back(run);
        return group().runs.back();
    }

    SideMaker& with(std::int64_t epochs, const std::vector<double>& joules) {
        for (const double energy : joules) {
            add(epochs, energy);
        }
        return *this;
    }

    /// `count` runs around `joules`, whose ln E varies by `spread`.
    SideMaker& with_noise(std::int64_t epochs, std::size_t count, double joules, double spread, stats::Random& random) {
        for (std::size_t i = 0; i < count; ++i) {
            add(epochs, joules * std::exp(spread * random.normal()));
        }
        return *this;
    }

    ComparisonInput input;
};

inline const OverallOutcome& overall_of(const Comparison& comparison, const std::string& outcome) {
    for (const OverallOutcome& overall : comparison.overall) {
        if (overall.outcome == outcome) {
            return overall;
        }
    }
    throw Error(ErrorKind::internal, "the comparison has no " + outcome);
}

inline std::vector<ComparedOutcome> rows_of(const Comparison& comparison, const std::string& outcome) {
    std::vector<ComparedOutcome> rows;
    for (const ComparedOutcome& row : comparison.rows) {
        if (row.outcome == outcome) {
            rows.push_back(row);
        }
    }
    return rows;
}

} // namespace mutation::report
