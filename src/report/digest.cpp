#include "mutation/report/digest.hpp"

#include "analyse_pareto.hpp"
#include "cost.hpp"
#include "describe_methods.hpp"
#include "digest_text.hpp"
#include "display.hpp"
#include "group_labels.hpp"
#include "mutation/core/counted.hpp"
#include "report_warnings.hpp"
#include "stage_counts.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>

namespace mutation::report {

namespace {

constexpr std::size_t kDigestColumns = 80;
constexpr std::size_t kLinesOfGroup = 12;
constexpr std::size_t kMostEffects = 3;
constexpr std::size_t kMostFronts = 2;
constexpr std::size_t kMostNameColumns = 24;
constexpr std::size_t kRunsOfExample = 5; ///< a side
constexpr std::size_t kIndent = 11;       ///< of what stands beside a label

/// Lines of a digest.
class DigestWriter {
public:
    explicit DigestWriter(Charset charset) : charset_(charset) {}

    /// A name that others chose.
    [[nodiscard]] std::string name(const std::string& text) const {
        return cut_to_width(printable(text, charset_), kMostNameColumns);
    }

    [[nodiscard]] const char* times() const { return charset_ == Charset::utf8 ? "×" : "x"; }
    [[nodiscard]] const char* arrow() const { return charset_ == Charset::utf8 ? "→" : "->"; }

    void add_line(const std::string& text) {
        lines_.push_back(cut_to_width(printable(text, charset_), kDigestColumns));
    }

    /// `  Label    text`, with further lines below the text; those beyond `most` lines are cut.
    void add(const std::string& label, const std::string& text, std::size_t most = 1) {
        std::vector<std::string> wrapped = wrap_words(printable(text, charset_), kDigestColumns - kIndent);
        if (wrapped.size() > most) {
            std::string rest = wrapped[most - 1];
            rest += " " + wrapped[most];
            wrapped.resize(most);
            wrapped.back() = cut_to_width(rest, kDigestColumns - kIndent);
        }
        for (std::size_t i = 0; i < wrapped.size(); ++i) {
            lines_.push_back(fmt::format("{:<{}}{}", i == 0 ? "  " + label : "", kIndent, wrapped[i]));
        }
    }

    [[nodiscard]] std::size_t lines_for(const std::string& text) const {
        return wrap_words(printable(text, charset_), kDigestColumns - kIndent).size();
    }

    [[nodiscard]] std::size_t size() const { return lines_.size(); }

    [[nodiscard]] std::string text() const {
        std::string text;
        for (const std::string& line : lines_) {
            text.append(line, 0, line.find_last_not_of(' ') + 1).append("\n");
        }
        return text;
    }

private:
    Charset charset_;
    std::vector<std::string> lines_;
};

bool is_clear(const Effect& effect) {
    return effect.p_holm < .05;
}

/// The effects on the cost, those that are beyond doubt first, then by size.
std::vector<const Effect*> strongest_effects(const Group& group) {
    std::vector<const Effect*> effects;
    for (const Effect& effect : group.analyses.effects) {
        if (effect.outcome == group.cost_name() && effect.ratio) {
            effects.push_back(&effect);
        }
    }
    std::stable_sort(effects.begin(), effects.end(), [](const Effect* a, const Effect* b) {
        return is_clear(*a) != is_clear(*b)
                   ? is_clear(*a)
                   : std::fabs(std::log(a->ratio->value)) > std::fabs(std::log(b->ratio->value));
    });
    effects.resize(std::min(effects.size(), kMostEffects));
    return effects;
}

void add_effects(DigestWriter& writer, const Group& group) {
    const std::vector<const Effect*> effects = strongest_effects(group);
    std::string label = "Effects";
    for (const Effect* effect : effects) {
        std::string step = effect->ratio_text;
        if (step.starts_with('x')) {
            step.replace(0, 1, writer.times());
        }
        writer.add(label, fmt::format("{} {} {} {} {}{}{}", writer.name(effect->hyperparameter), step, writer.arrow(),
                                      effect->outcome, writer.times(), show_ratio(*effect->ratio).substr(1),
                                      is_clear(*effect) ? "" : " (no clear effect)"));
        label.clear();
    }
    if (effects.empty()) {
        const auto fit =
            std::find_if(group.analyses.fits.begin(), group.analyses.fits.end(), [&](const Fit& candidate) {
                return candidate.outcome == group.cost_name() && candidate.reason;
            });
        writer.add(label, fit == group.analyses.fits.end() ? "none" : "none: " + *fit->reason, 2);
    }
}

std::string describe_saving(const DigestWriter& writer, const Group& group, const Pareto& pareto) {
    const ParetoPoint& best = pareto.points.at(*pareto.best);
    const ParetoPoint& cheap = pareto.points.at(*pareto.cheapest_near_best);
    const std::string unit = cost_unit(group);
    std::string text = fmt::format("best {} {} for {}; ", writer.name(pareto.metric), show_number(best.metric),
                                   show_cost(best.cost, unit));
    if (pareto.best == pareto.cheapest_near_best) {
        return text + fmt::format("nothing within {} is cheaper",
                                  nearness_of(pareto).is_point ? "1 point" : "1 % of the range");
    }
    return text + fmt::format("{} for {} saves {} %", show_number(cheap.metric), show_cost(cheap.cost, unit),
                              show_number(pareto.saving_percent.value_or(0)));
}

void add_quality(DigestWriter& writer, const Group& group) {
    std::string label = "Quality";
    std::size_t shown = 0;
    for (const Pareto& pareto : group.analyses.pareto) {
        if (pareto.best && pareto.cheapest_near_best && shown++ < kMostFronts) {
            writer.add(label, describe_saving(writer, group, pareto), 2);
            label.clear();
        }
    }
}

void add_noise(DigestWriter& writer, const Group& group) {
    const Replicates& replicates = group.analyses.replicates;
    const auto example = std::find_if(replicates.detectable.begin(), replicates.detectable.end(),
                                      [](const DetectableRatio& detectable) { return detectable.n == kRunsOfExample; });
    if (example == replicates.detectable.end()) {
        writer.add("Noise", "unknown: " + replicates.reason.value_or("no replicates"), 2);
        return;
    }
    writer.add("Noise", fmt::format("{} runs a side show a ratio of {}{:.3f} or more (like runs: CV {} %)", example->n,
                                    writer.times(), example->ratio, show_number(replicates.cv_percent.value_or(0))));
}

void add_group(DigestWriter& writer, const Group& group, const std::string& label) {
    const std::vector<FlowStep> flow = count_stages(group.runs);
    const std::string losses = describe_losses(flow);
    writer.add_line(label + (label.find(" on ") == std::string::npos ? " on " + machine_label(group.key.machine) : ""));
    writer.add(
        "Runs",
        fmt::format("{} of {} analysed{}", flow.back().runs, flow.front().runs, losses.empty() ? "" : ": " + losses),
        2);
    if (group.energy_parts.empty()) {
        writer.add("Energy", "not measured: " + group.no_energy.value_or("the reason is unknown"), 2);
    }
    if (flow.back().runs > 0) {
        add_effects(writer, group);
        add_quality(writer, group);
        add_noise(writer, group);
    }
}

/// As many warnings as there are lines; without the remedy if it does not fit.
void add_warnings(DigestWriter& writer, const Report& report, std::size_t most_lines) {
    std::vector<const Warning*> warnings;
    for (const Warning& warning : report.warnings) {
        if (warning.text.find(kNoEnergyText) == std::string::npos) {
            warnings.push_back(&warning);
        }
    }
    for (std::size_t i = 0; i < warnings.size(); ++i) {
        const bool is_last = i + 1 == warnings.size();
        const std::size_t needed = is_last ? 0 : 1; // for the line that counts those that do not fit
        const std::size_t left = most_lines - std::min(most_lines, writer.size() + needed);
        if (left == 0 || (left < 3 && writer.lines_for(warnings[i]->text) > left)) {
            writer.add("!", counted(warnings.size() - i, "more warning is", "more warnings are") + " in the report");
            return;
        }
        const std::string with_remedy = warnings[i]->text + " " + warnings[i]->remedy;
        const std::size_t most = std::min<std::size_t>(3, left);
        writer.add("!", writer.lines_for(with_remedy) <= most ? with_remedy : warnings[i]->text, most);
    }
}

} // namespace

Charset locale_charset() {
    for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const char* const value = std::getenv(variable);
        if (value != nullptr && *value != '\0') {
            std::string name(value);
            std::erase(name, '-');
            std::transform(name.begin(), name.end(), name.begin(),
                           [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
            return name.find("utf8") != std::string::npos ? Charset::utf8 : Charset::ascii;
        }
    }
    return Charset::ascii;
}

std::string make_digest(const Report& report, Charset charset) {
    DigestWriter writer(charset);
    const std::vector<std::string> labels = group_labels(report.groups);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        add_group(writer, report.groups[i], labels[i]);
    }
    add_warnings(writer, report, kLinesOfGroup * std::max<std::size_t>(1, labels.size()));
    return writer.text();
}

} // namespace mutation::report
