#include "group_energy.hpp"

#include "mutation/core/json.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <utility>

namespace mutation::report {

namespace {

constexpr std::size_t kLongestMessage = 200;

const PartFigure& figure_of(const ReadRun& read, EnergyPart part) {
    return part == EnergyPart::cpu ? read.cpu : read.gpu;
}

std::string_view part_name(EnergyPart part) {
    return part == EnergyPart::cpu ? "CPU" : "GPU";
}

bool has_part(const ReadRun& read, EnergyPart part) {
    return figure_of(read, part).energy.has_value();
}

bool is_candidate(const ReadRun& read) {
    return !read.run.exclusion && !read.run.is_control;
}

void exclude(Run& run, Stage stage, std::string reason) {
    run.exclusion = Exclusion{run.key, stage, std::move(reason)};
}

/// The loss of a run before its energy is looked at, if there is one.
void exclude_before_energy(ReadRun& read, bool needs_metrics) {
    Run& run = read.run;
    if (run.exclusion) {
        return;
    }
    if (!record::is_success(*run.status)) {
        exclude(run, Stage::succeeded,
                fmt::format("{}{}{}", record::status_name(*run.status), read.error_message.empty() ? "" : ": ",
                            shorten_text(read.error_message, kLongestMessage)));
    } else if (needs_metrics && run.metrics.empty()) {
        exclude(run, Stage::metrics, "no metric was found in its log");
    }
}

/// The largest set of parts that at least 90 % of the runs have; if there is none, the part that most have.
std::vector<EnergyPart> choose_parts(const std::vector<ReadRun>& runs) {
    std::size_t all = 0;
    std::size_t cpu = 0;
    std::size_t gpu = 0;
    std::size_t both = 0;
    for (const ReadRun& read : runs) {
        if (is_candidate(read)) {
            const bool has_cpu = has_part(read, EnergyPart::cpu);
            const bool has_gpu = has_part(read, EnergyPart::gpu);
            all += 1;
            cpu += has_cpu ? 1 : 0;
            gpu += has_gpu ? 1 : 0;
            both += has_cpu && has_gpu ? 1 : 0;
        }
    }
    if (cpu + gpu == 0) {
        return {};
    }
    if (both * 10 >= all * 9 || (both == cpu && both == gpu)) {
        return {EnergyPart::cpu, EnergyPart::gpu};
    }
    return {cpu > gpu ? EnergyPart::cpu : EnergyPart::gpu};
}

std::string reason_of_no_energy(const std::vector<ReadRun>& runs) {
    for (const ReadRun& read : runs) {
        if (is_candidate(read)) {
            for (const PartFigure* part : {&read.gpu, &read.cpu}) {
                if (!part->reason.empty()) {
                    return "no run has a measured energy: " + shorten_text(part->reason, kLongestMessage);
                }
            }
        }
    }
    return "no run has a measured energy";
}

/// The figures of a run over the parts of its group.
void set_energy(ReadRun& read, const std::vector<EnergyPart>& parts) {
    Run& run = read.run;
    for (const EnergyPart part : parts) {
        const PartFigure& figure = figure_of(read, part);
        if (!figure.energy) {
            run.energy.reset();
            run.uncertainty.reset();
            run.verdict = energy::Verdict::absent;
            return;
        }
        run.energy = run.energy.value_or(Joules(0)) + *figure.energy;
        if (figure.uncertainty) {
            run.uncertainty = run.uncertainty.value_or(Joules(0)) + *figure.uncertainty;
        }
        if (figure.verdict) {
            run.verdict = std::max(run.verdict.value_or(energy::Verdict::good), *figure.verdict);
        }
    }
    if (run.energy && run.duration && run.duration->count() > 0) {
        run.power = *run.energy / *run.duration;
    }
}

/// Why the energy of a run cannot be used; "" if it can.
std::string energy_error(const ReadRun& read, const std::vector<EnergyPart>& parts) {
    for (const EnergyPart part : parts) {
        const PartFigure& figure = figure_of(read, part);
        const std::string reason = figure.reason.empty() ? "" : ": " + shorten_text(figure.reason, kLongestMessage);
        if (!figure.energy) {
            return fmt::format("its {} energy was not measured{}", part_name(part), reason);
        }
        if (figure.verdict && *figure.verdict > energy::Verdict::usable) {
            return fmt::format("its {} energy is {}{}", part_name(part), energy::verdict_name(*figure.verdict), reason);
        }
    }
    return "";
}

/// Models are made of logarithms.
std::string figure_error(const Run& run, bool has_energy) {
    if (!run.duration || !std::isfinite(run.duration->count()) || run.duration->count() <= 0) {
        return "it has no duration";
    }
    if (has_energy && !(run.energy->value() > 0 && std::isfinite(run.energy->value()))) {
        return "its energy is 0 J";
    }
    return "";
}

} // namespace

void exclude_runs(Group& group, std::vector<ReadRun>& runs, MetricsOfModel metrics) {
    const bool has_metrics =
        std::any_of(runs.begin(), runs.end(), [](const ReadRun& read) { return !read.run.metrics.empty(); });
    for (ReadRun& read : runs) {
        exclude_before_energy(read, has_metrics || metrics == MetricsOfModel::declared);
    }
    group.energy_parts = choose_parts(runs);
    if (group.energy_parts.empty()) {
        group.no_energy = reason_of_no_energy(runs);
    }
    for (ReadRun& read : runs) {
        set_energy(read, group.energy_parts);
        if (read.run.exclusion) {
            continue;
        }
        if (std::string error = energy_error(read, group.energy_parts); !error.empty()) {
            exclude(read.run, Stage::energy, std::move(error));
        } else if (error = figure_error(read.run, !group.energy_parts.empty()); !error.empty()) {
            exclude(read.run, Stage::analysed, std::move(error));
        }
    }
}

void flag_throttled(std::vector<ReadRun>& runs) {
    std::map<std::string, std::size_t> counts;
    std::size_t all = 0;
    for (const ReadRun& read : runs) {
        if (is_candidate(read)) {
            all += 1;
            for (const std::string& reason : read.throttle_reasons) {
                ++counts[reason];
            }
        }
    }
    for (ReadRun& read : runs) {
        for (const std::string& reason : read.throttle_reasons) {
            if (2 * counts[reason] <= all) {
                read.run.flags.push_back(
                    {read.run.key, fmt::format("the GPU was throttled ({})", reason), FlagSource::record});
            }
        }
    }
}

} // namespace mutation::report
