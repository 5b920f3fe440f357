#include "mutation/report/comparison_text.hpp"

#include "comparison_words.hpp"
#include "mutation/core/counted.hpp"
#include "mutation/core/excerpt.hpp"
#include "mutation/core/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <numeric>
#include <set>

namespace mutation::report {

namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kMostConfigurations = 20;
constexpr std::size_t kMostListed = 10;
constexpr std::size_t kLongestName = 40;
constexpr std::size_t kLongestReason = 160;

/// Code points, which is what a terminal mostly shows as columns.
std::size_t text_width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

/// Lines of at most 80 columns: the first begins with `prefix`, the others with `indent` blanks. A word that is longer
/// keeps a line for itself.
std::string wrap_text(const std::string& prefix, const std::string& text, std::size_t indent) {
    std::string lines = prefix;
    std::size_t width = text_width(prefix);
    bool is_new_line = true;
    for (const std::string_view word : split(text, ' ')) {
        const std::size_t columns = text_width(word);
        if (!is_new_line && width + 1 + columns > kColumns) {
            lines += "\n" + std::string(indent, ' ');
            width = indent;
            is_new_line = true;
        }
        lines += is_new_line ? "" : " ";
        width += is_new_line ? columns : columns + 1;
        lines += word;
        is_new_line = false;
    }
    return lines + "\n";
}

std::string safe_name(const std::string& name) {
    return make_excerpt(name, kLongestName);
}

std::string training_label(const std::string& repository, const std::string& model,
                           const std::optional<BackgroundKey>& background) {
    return safe_name(repository) + "/" + safe_name(model) +
           (background ? fmt::format(" beside {}/{}", safe_name(background->repository), safe_name(background->model))
                       : "");
}

/// Says configurations by the values in which those of a training differ.
class ConfigurationLabels {
public:
    explicit ConfigurationLabels(const Comparison& comparison) {
        for (const ComparedConfiguration& of : comparison.configurations) {
            add(of.repository + "/" + of.model, of.values);
        }
        for (const ComparedSide* side : {&comparison.a, &comparison.b}) {
            for (const UnmatchedConfiguration& of : side->unmatched) {
                add(of.repository + "/" + of.model, of.values);
            }
        }
    }

    template <class Configuration>
    [[nodiscard]] std::string label(const Configuration& of) const {
        const Training& training = trainings_.at(of.repository + "/" + of.model);
        std::vector<std::string> parts;
        for (const Assignment& assignment : of.values) {
            const auto& [values, count] = training.values.at(assignment.name);
            if (values.size() > 1 || count < training.configurations) {
                parts.push_back(safe_name(assignment.name) + "=" + safe_name(to_argument(*assignment.value)));
            }
        }
        const std::string name = training_label(of.repository, of.model, of.background);
        return parts.empty() ? name : name + ": " + join(parts, ", ");
    }

private:
    struct Training {
        std::size_t configurations = 0;
        std::map<std::string, std::pair<std::set<std::string>, std::size_t>>
            values; ///< name -> values, how many have one
    };

    void add(const std::string& name, const std::vector<Assignment>& values) {
        Training& training = trainings_[name];
        training.configurations += 1;
        for (const Assignment& assignment : values) {
            auto& [known, count] = training.values[assignment.name];
            known.insert(to_argument(*assignment.value));
            count += 1;
        }
    }

    std::map<std::string, Training> trainings_;
};

std::string session_names(const ComparedSide& side) {
    std::vector<std::string> names;
    std::transform(side.sessions.begin(), side.sessions.end(), std::back_inserter(names), safe_name);
    return join(names, ", ");
}

std::string head_text(const Comparison& comparison) {
    std::string text;
    for (const auto& [name, side] : {std::pair("A", &comparison.a), std::pair("B", &comparison.b)}) {
        text += wrap_text(fmt::format("{}  ", name),
                          fmt::format("{}: {} of {} compared", session_names(*side), side->compared,
                                      counted(side->planned, "planned run")),
                          3);
    }
    text +=
        wrap_text("",
                  fmt::format("{} in both, {} only in A, {} only in B. Margin: {} ({}).",
                              counted(comparison.configurations.size(), "configuration"), comparison.a.unmatched.size(),
                              comparison.b.unmatched.size(), margin_text(comparison.margin), comparison.margin_source),
                  3);
    for (const MachineDifference& difference : comparison.machine_differences) {
        text += wrap_text("",
                          fmt::format("Not the same machine: {} of {}: A {}, B {}", difference.fact,
                                      safe_name(difference.training), make_excerpt(difference.a, kLongestReason),
                                      make_excerpt(difference.b, kLongestReason)),
                          3);
    }
    return text;
}

/// `Of 20 configurations: 18 different, 2 cannot tell.`
std::string count_verdicts(const Comparison& comparison, const std::string& outcome) {
    constexpr std::array kVerdicts{ComparisonVerdict::different, ComparisonVerdict::negligible,
                                   ComparisonVerdict::equivalent, ComparisonVerdict::cannot_tell};
    std::vector<std::string> counts;
    for (const ComparisonVerdict verdict : kVerdicts) {
        const auto count =
            std::count_if(comparison.rows.begin(), comparison.rows.end(), [&](const ComparedOutcome& row) {
                return row.outcome == outcome && row.contrast.verdict == verdict;
            });
        if (count > 0) {
            counts.push_back(fmt::format("{} {}", count, comparison_verdict_name(verdict)));
        }
    }
    return fmt::format(" Each by itself: {}.", join(counts, ", "));
}

std::string sentences_text(const Comparison& comparison) {
    std::string text;
    for (const OverallOutcome& overall : comparison.overall) {
        text += wrap_text("",
                          verdict_sentence(overall, comparison.margin) +
                              (overall.configurations > 1 ? count_verdicts(comparison, overall.outcome) : ""),
                          2);
    }
    return text;
}

/// The configurations whose rows are printed: all, or those whose first outcome changes most.
std::vector<std::size_t> choose_configurations(const Comparison& comparison) {
    std::vector<std::size_t> chosen(comparison.configurations.size());
    std::iota(chosen.begin(), chosen.end(), std::size_t{0});
    if (chosen.size() <= kMostConfigurations) {
        return chosen;
    }
    std::vector<double> changes(chosen.size(), 0);
    for (const ComparedOutcome& row : comparison.rows) {
        if (row.outcome == comparison.overall.front().outcome) {
            changes[row.configuration] = std::abs(std::log(row.contrast.value));
        }
    }
    std::stable_sort(chosen.begin(), chosen.end(),
                     [&](std::size_t a, std::size_t b) { return changes[a] > changes[b]; });
    chosen.resize(kMostConfigurations);
    std::sort(chosen.begin(), chosen.end());
    return chosen;
}

std::string table_text(const Comparison& comparison, const OverallOutcome& overall,
                       const std::vector<std::size_t>& chosen) {
    const bool is_ratio = overall.contrast.scale == Scale::ratio;
    const std::string unit = compared_unit(overall.outcome);
    std::string text = fmt::format("\n{}{}\n", safe_name(overall.outcome), unit.empty() ? "" : " (" + unit + ")");
    text += fmt::format("{:>3} {:>7} {:>9} {:>9} {:>8}  {:<17} {:>7}  {}\n", "#", "runs", "A", "B",
                        is_ratio ? "B/A" : "B - A", "95 % interval", "p Holm", "verdict");
    for (const ComparedOutcome& row : comparison.rows) {
        if (row.outcome == overall.outcome && std::binary_search(chosen.begin(), chosen.end(), row.configuration)) {
            text += fmt::format("{:>3} {:>7} {:>9} {:>9} {:>8}  {:<17} {:>7}  {}\n", row.configuration + 1,
                                fmt::format("{}/{}", row.n_a, row.n_b), compared_figure(row.value_a),
                                compared_figure(row.value_b), compared_number(row.contrast.value),
                                compared_interval(row.contrast.ci95), compared_p(row.p_holm),
                                comparison_verdict_name(row.contrast.verdict));
        }
    }
    return text;
}

std::string tables_text(const Comparison& comparison, const ConfigurationLabels& labels) {
    if (comparison.configurations.empty()) {
        return "";
    }
    const std::vector<std::size_t> chosen = choose_configurations(comparison);
    std::string text = "\nConfigurations in both (runs A/B, means of each side)\n";
    for (const std::size_t i : chosen) {
        text += wrap_text(fmt::format("{:>3}  ", i + 1), labels.label(comparison.configurations[i]), 5);
    }
    if (chosen.size() < comparison.configurations.size()) {
        text +=
            wrap_text("",
                      fmt::format("The {} with the largest change of {}, of {}; --json and -o DIR have all.",
                                  chosen.size(), comparison.overall.front().outcome, comparison.configurations.size()),
                      0);
    }
    for (const OverallOutcome& overall : comparison.overall) {
        text += table_text(comparison, overall, chosen);
    }
    return text;
}

std::string more_text(std::size_t count) {
    return count > kMostListed ? fmt::format("  and {} more: see --json or -o DIR\n", count - kMostListed) : "";
}

std::string unmatched_text(const ComparedSide& side, const char* name, const ConfigurationLabels& labels) {
    std::string text;
    for (std::size_t i = 0; i < std::min(side.unmatched.size(), kMostListed); ++i) {
        const UnmatchedConfiguration& of = side.unmatched[i];
        text += wrap_text("  ",
                          fmt::format("{} ({}): {}", labels.label(of), counted(of.runs, "run"),
                                      make_excerpt(of.reason, kLongestReason)),
                          4);
    }
    return text.empty() ? "" : fmt::format("\nOnly in {}\n{}{}", name, text, more_text(side.unmatched.size()));
}

std::string left_out_text(const ComparedSide& side, const char* name) {
    std::map<Stage, std::size_t> counts;
    std::string text;
    std::size_t flagged = 0;
    for (const Exclusion& exclusion : side.left_out) {
        if (exclusion.stage == Stage::unflagged && ++flagged <= kMostListed) {
            text += wrap_text("  ",
                              fmt::format("{}: {}", safe_name(exclusion.run.experiment_id),
                                          make_excerpt(exclusion.reason, kLongestReason)),
                              4);
        }
    }
    std::string heading = fmt::format("\nLeft out in {}: {}", name, counted(side.left_out.size(), "run"));
    heading += fmt::format(", of which {} flagged{}\n", flagged, flagged > 0 ? ":" : "");
    return side.left_out.empty() ? "" : heading + text + more_text(flagged);
}

} // namespace

std::string comparison_text(const Comparison& comparison) {
    const ConfigurationLabels labels(comparison);
    std::string text = head_text(comparison) + "\n" + sentences_text(comparison);
    for (const std::string& note : comparison.notes) {
        text += wrap_text("Note: ", make_excerpt(note, 2 * kLongestReason) + ".", 2);
    }
    text += tables_text(comparison, labels);
    text += unmatched_text(comparison.a, "A", labels) + unmatched_text(comparison.b, "B", labels);
    return text + left_out_text(comparison.a, "A") + left_out_text(comparison.b, "B");
}

std::optional<std::string> find_not_comparable(const Comparison& comparison) {
    if (comparison.is_refused) {
        std::vector<std::string> lines;
        for (const MachineDifference& difference : comparison.machine_differences) {
            const auto say = [](const std::string& value) {
                return value.empty() ? std::string("not recorded") : "\"" + make_excerpt(value, kLongestReason) + "\"";
            };
            lines.push_back(fmt::format("{}: the {} differs: {} in A, {} in B", safe_name(difference.training),
                                        difference.fact, say(difference.a), say(difference.b)));
        }
        lines.emplace_back("A and B were not measured on the same machine. To compare them all the same, add "
                           "--across-machines: the intervals then contain the sensors' gain errors");
        return join(lines, "\n");
    }
    if (comparison.configurations.empty()) {
        return "no configuration has usable runs in both A and B (same repository, model, background and values but "
               "for "
               "the seed)";
    }
    return std::nullopt;
}

} // namespace mutation::report
