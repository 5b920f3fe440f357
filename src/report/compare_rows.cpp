#include "compare_rows.hpp"

#include "contrast.hpp"
#include "mutation/stats/descriptive.hpp"
#include "mutation/stats/mean_difference.hpp"
#include "mutation/stats/pooled_spread.hpp"
#include "mutation/stats/rank_tests.hpp"
#include "outcome.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace mutation::report {

namespace {

using Runs = std::vector<const Run*>;

std::optional<Joules> energy_of_part(const Run& run, EnergyPart part) {
    return part == EnergyPart::cpu ? run.cpu_energy : run.gpu_energy;
}

std::optional<Percent> accuracy_of_part(const Run& run, EnergyPart part) {
    return part == EnergyPart::cpu ? run.devices.cpu_accuracy : run.devices.gpu_accuracy;
}

std::optional<double> energy_of(const Run& run, const std::vector<EnergyPart>& parts) {
    double joules = 0;
    for (const EnergyPart part : parts) {
        const std::optional<Joules> energy = energy_of_part(run, part);
        if (!energy) {
            return std::nullopt;
        }
        joules += energy->value();
    }
    return joules > 0 ? std::optional(joules) : std::nullopt;
}

std::optional<double> metric_of(const Run& run, const std::string& metric) {
    const auto found = run.metrics.find(metric);
    return found != run.metrics.end() && std::isfinite(found->second) ? std::optional(found->second) : std::nullopt;
}

std::optional<double> figure_of_run(const Run& run, const ComparedFigure& figure,
                                    const std::vector<EnergyPart>& parts) {
    if (figure.is_metric) {
        return metric_of(run, figure.name);
    }
    if (figure.name == kDuration) {
        return run.duration->count();
    }
    const std::optional<double> energy = energy_of(run, parts);
    return energy && figure.name == kPower ? *energy / run.duration->count() : energy;
}

std::vector<double> scaled_values(const Runs& runs, const ComparedFigure& figure,
                                  const std::vector<EnergyPart>& parts) {
    std::vector<double> values;
    for (const Run* run : runs) {
        if (const auto value = figure_of_run(*run, figure, parts)) {
            values.push_back(figure.scale == Scale::ratio ? std::log(*value) : *value);
        }
    }
    return values;
}

/// The values of a metric in the configurations that have it on both sides.
std::map<std::string, std::vector<double>> shared_metrics(const std::vector<GroupPair>& pairs) {
    std::map<std::string, std::vector<double>> values;
    for (const GroupPair& pair : pairs) {
        for (const MatchedRuns& runs : pair.configurations) {
            std::map<std::string, std::vector<double>> of_a;
            std::map<std::string, std::vector<double>> of_b;
            for (const auto& [side, target] : {std::pair(&runs.a, &of_a), std::pair(&runs.b, &of_b)}) {
                for (const Run* run : *side) {
                    for (const auto& [name, value] : run->metrics) {
                        if (std::isfinite(value)) {
                            (*target)[name].push_back(value);
                        }
                    }
                }
            }
            for (const auto& [name, numbers] : of_a) {
                if (const auto found = of_b.find(name); found != of_b.end()) {
                    values[name].insert(values[name].end(), numbers.begin(), numbers.end());
                    values[name].insert(values[name].end(), found->second.begin(), found->second.end());
                }
            }
        }
    }
    return values;
}

ComparedFigure metric_figure(const std::string& name, const std::vector<double>& values) {
    ComparedFigure figure{name, true, Scale::ratio, 0};
    if (std::any_of(values.begin(), values.end(), [](double value) { return value <= 0; })) {
        figure.scale = Scale::difference;
        for (const double value : values) {
            figure.size += std::abs(value) / static_cast<double>(values.size());
        }
    }
    return figure;
}

/// The largest gain error of the runs of one side, as a share: the errors of CPU and GPU may have the same sign.
double side_gain(const Runs& runs, const std::vector<EnergyPart>& parts, bool& is_known) {
    double largest = 0;
    for (const Run* run : runs) {
        const std::optional<double> energy = energy_of(*run, parts);
        if (!energy) {
            continue;
        }
        double error = 0;
        for (const EnergyPart part : parts) {
            const std::optional<Percent> accuracy = accuracy_of_part(*run, part);
            is_known = is_known && accuracy;
            error += accuracy.value_or(Percent(0)).value() / 100 * energy_of_part(*run, part)->value();
        }
        largest = std::max(largest, error / *energy);
    }
    return largest;
}

GainError gain_of(const GroupPair& pair, const MatchedRuns& runs, const ComparedFigure& figure) {
    GainError error;
    if (pair.is_across && !figure.is_metric && figure.name != kDuration) {
        const double a = side_gain(runs.a, pair.parts, error.is_known);
        const double b = side_gain(runs.b, pair.parts, error.is_known);
        error.gain = std::log1p(a) + std::log1p(b);
    }
    return error;
}

/// The standard deviation of like runs over all configurations of the pair and both sides.
std::optional<double> spread_of_like_runs(const GroupPair& pair, const ComparedFigure& figure) {
    std::vector<std::vector<double>> samples;
    for (const MatchedRuns& runs : pair.configurations) {
        samples.push_back(scaled_values(runs.a, figure, pair.parts));
        samples.push_back(scaled_values(runs.b, figure, pair.parts));
    }
    const auto spread = stats::pooled_spread(samples);
    return spread ? std::optional(spread->sd) : std::nullopt;
}

void add_ranks(ComparedOutcome& row, const TwoSamples& samples) {
    if (row.n_a >= 2 && row.n_b >= 2) {
        const auto ranks = stats::mann_whitney(samples.a, samples.b);
        row.ranks_p = ranks->p;
        row.cliffs_delta = ranks->cliffs_delta;
        if (const auto welch = stats::welch_difference(samples.a, samples.b)) {
            row.welch_df = welch->degrees_of_freedom;
        }
    }
}

} // namespace

std::vector<ComparedFigure> find_compared_figures(const std::vector<GroupPair>& pairs) {
    const bool is_any =
        std::any_of(pairs.begin(), pairs.end(), [](const GroupPair& pair) { return !pair.configurations.empty(); });
    const bool has_energy = std::any_of(pairs.begin(), pairs.end(), [](const GroupPair& pair) {
        return !pair.configurations.empty() && !pair.parts.empty();
    });
    std::vector<ComparedFigure> figures;
    if (has_energy) {
        figures.push_back({kEnergy, false, Scale::ratio, 0});
    }
    if (is_any) {
        figures.push_back({kDuration, false, Scale::ratio, 0});
    }
    if (has_energy) {
        figures.push_back({kPower, false, Scale::ratio, 0});
    }
    for (const auto& [name, values] : shared_metrics(pairs)) {
        figures.push_back(metric_figure(name, values));
    }
    return figures;
}

double scaled_margin(const ComparedFigure& figure, double margin) {
    return figure.scale == Scale::ratio ? std::log1p(margin) : margin * figure.size;
}

std::vector<ScaledRow> compare_rows(const GroupPair& pair, const ComparedFigure& figure, std::size_t first,
                                    double margin) {
    std::vector<ScaledRow> rows;
    const std::optional<double> spread = spread_of_like_runs(pair, figure);
    for (std::size_t i = 0; i < pair.configurations.size(); ++i) {
        const MatchedRuns& runs = pair.configurations[i];
        const TwoSamples samples{scaled_values(runs.a, figure, pair.parts), scaled_values(runs.b, figure, pair.parts)};
        if (samples.a.empty() || samples.b.empty()) {
            continue;
        }
        ScaledRow scaled;
        scaled.gain = gain_of(pair, runs, figure);
        scaled.difference = difference_of(samples);
        scaled.row.configuration = first + i;
        scaled.row.outcome = figure.name;
        scaled.row.n_a = samples.a.size();
        scaled.row.n_b = samples.b.size();
        scaled.row.value_a = to_shown(figure.scale, stats::mean(samples.a));
        scaled.row.value_b = to_shown(figure.scale, stats::mean(samples.b));
        scaled.row.contrast =
            contrast_samples(samples, {figure.scale, scaled_margin(figure, margin), scaled.gain.gain}, spread);
        add_ranks(scaled.row, samples);
        rows.push_back(std::move(scaled));
    }
    return rows;
}

} // namespace mutation::report
