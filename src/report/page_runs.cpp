#include "mutation/core/text.hpp"
#include "number_text.hpp"
#include "page_parts.hpp"
#include "stage_counts.hpp"

#include <algorithm>

namespace mutation::report {

namespace {

/// `path` as the target of a link: RFC 3986's unreserved characters and the slash stay.
std::string link_target(const std::filesystem::path& path) {
    constexpr std::string_view kPlain = "-._~/";
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string target;
    for (const char byte : path.string()) {
        const auto code = static_cast<unsigned char>(byte);
        if ((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
            kPlain.find(byte) != std::string_view::npos) {
            target += byte;
        } else {
            target += '%';
            target += kDigits[code >> 4U];
            target += kDigits[code & 0xFU];
        }
    }
    return target;
}

std::string_view run_state(const Run& run) {
    if (run.is_control) {
        return "control";
    }
    const std::optional<Stage> lost = lost_at(run);
    if (!lost) {
        return "analysed";
    }
    switch (*lost) {
    case Stage::run:
        return "not run";
    case Stage::succeeded:
        return "failed";
    case Stage::metrics:
        return "no metric";
    case Stage::energy:
        return "no usable energy";
    case Stage::unflagged:
        return "flagged";
    case Stage::planned:
    case Stage::analysed:
        break;
    }
    return "excluded";
}

template <class Tag>
Html quantity_cell(const std::optional<Quantity<Tag>>& quantity) {
    return text(quantity ? table_number(quantity->value()) : kNoNumber);
}

/// The column's place in report.json's `run_table`, for sorting and filters.
HtmlColumn run_column(const std::string& heading, ColumnKind kind, const std::string& kind_of_key,
                      const std::string& key) {
    return {heading, kind, {{"data-kind", kind_of_key}, {"data-key", key}}};
}

std::vector<HtmlColumn> run_columns(const Group& group, const std::vector<std::string>& inputs) {
    std::vector<HtmlColumn> columns{run_column("run", ColumnKind::text, "field", "experiment_id"),
                                    run_column("state", ColumnKind::text, "state", "state")};
    for (const std::string& input : inputs) {
        columns.push_back(run_column(input, ColumnKind::number, "value", input));
    }
    columns.push_back(run_column("duration (s)", ColumnKind::number, "field", "duration_seconds"));
    if (!group.energy_parts.empty()) {
        columns.push_back(run_column("energy (J)", ColumnKind::number, "field", "energy_joules"));
        columns.push_back(run_column("bound (\xC2\xB1 J)", ColumnKind::number, "field", "uncertainty_joules"));
        columns.push_back(run_column("power (W)", ColumnKind::number, "field", "power_watts"));
        columns.push_back(run_column("verdict", ColumnKind::text, "field", "verdict"));
    }
    for (const auto& metric : group.metrics) {
        columns.push_back(run_column(metric.first, ColumnKind::number, "metric", metric.first));
    }
    return columns;
}

/// From the page to the run's folder; empty if the run has none.
std::filesystem::path path_to(const std::filesystem::path& folder, const std::filesystem::path& page_folder) {
    const auto whole = [](const std::filesystem::path& path) {
        return std::filesystem::absolute(path).lexically_normal();
    };
    return folder.empty() ? folder : whole(folder).lexically_relative(whole(page_folder));
}

std::vector<Html> run_cells(const Group& group, const Run& run, const std::vector<std::string>& inputs,
                            const std::filesystem::path& page_folder) {
    const auto folder = path_to(run.folder, page_folder);
    const Html name = text(run.key.experiment_id);
    std::vector<Html> cells{folder.empty() ? name : element("a", {{"href", link_target(folder)}}, name),
                            text(run_state(run))};
    for (const std::string& input : inputs) {
        const auto value =
            std::find_if(run.values.begin(), run.values.end(), [&](const Assignment& a) { return a.name == input; });
        cells.push_back(text(value != run.values.end() && value->value ? to_argument(*value->value) : kNoNumber));
    }
    cells.push_back(text(run.duration ? table_number(run.duration->count()) : kNoNumber));
    if (!group.energy_parts.empty()) {
        cells.push_back(quantity_cell(run.energy));
        cells.push_back(text(run.uncertainty ? table_number(run.uncertainty->value(), 2) : kNoNumber));
        cells.push_back(quantity_cell(run.power));
        cells.push_back(text(run.verdict ? energy::verdict_name(*run.verdict) : kNoNumber));
    }
    for (const auto& metric : group.metrics) {
        const auto value = run.metrics.find(metric.first);
        cells.push_back(text(value == run.metrics.end() ? kNoNumber : table_number(value->second)));
    }
    return cells;
}

std::string constants_sentence(const Group& group) {
    std::vector<std::string> words;
    for (const Input& input : group.inputs) {
        if (input.coding != Coding::constant || group.runs.empty()) {
            continue;
        }
        const auto& values = group.runs.front().values;
        const auto value = std::find_if(values.begin(), values.end(),
                                        [&](const Assignment& a) { return a.name == input.hyperparameter; });
        words.push_back(input.hyperparameter +
                        (value != values.end() && value->value ? " = " + to_argument(*value->value) : ""));
    }
    return words.empty() ? "" : "Equal in all runs: " + join(words, ", ") + ".";
}

} // namespace

Html runs_part(const Group& group, std::size_t index, const std::filesystem::path& page_folder) {
    const std::vector<std::string> inputs = varied_inputs(group);
    HtmlTable table("Runs of " + group_name(group), run_columns(group, inputs),
                    {{"class", "runs"}, {"data-group", std::to_string(index)}});
    for (const Run& run : group.runs) {
        table.add_row(run_cells(group, run, inputs, page_folder));
    }
    const std::string constants = constants_sentence(group);
    return page_section("runs" + id_suffix(index), "Every run",
                        (constants.empty() ? Html() : paragraph(constants)) + table.html());
}

} // namespace mutation::report
