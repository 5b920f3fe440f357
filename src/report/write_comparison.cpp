#include "mutation/report/write_comparison.hpp"

#include "mutation/core/csv.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/report/comparison_json.hpp"
#include "mutation/system/file.hpp"
#include "names.hpp"

#include <cmath>
#include <utility>

namespace mutation::report {

namespace {

std::string number_cell(const std::optional<double>& value) {
    return value && std::isfinite(*value) ? format_shortest(*value) : "";
}

/// Lines of CSV.
class CsvText {
public:
    void add(const std::vector<std::string>& cells) {
        for (const std::string& cell : cells) {
            append_csv_cell(text_, cell);
        }
        text_.pop_back(); // the last comma
        text_ += kCsvLineEnd;
    }

    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string text_;
};

/// `epochs=10;learning_rate=0.001`
std::string values_cell(const std::vector<Assignment>& values) {
    std::string cell;
    for (const Assignment& assignment : values) {
        cell += (cell.empty() ? "" : ";") + assignment.name + "=" + to_argument(*assignment.value);
    }
    return cell;
}

std::string background_cell(const std::optional<BackgroundKey>& background) {
    return background ? background->repository + "/" + background->model : "";
}

void append_contrast(std::vector<std::string>& cells, const Contrast& contrast) {
    const bool is_ratio = contrast.scale == Scale::ratio;
    const std::string value = number_cell(contrast.value);
    const auto ci95 = contrast.ci95;
    for (std::string cell :
         {is_ratio ? value : "", is_ratio ? "" : value, number_cell(ci95 ? std::optional(ci95->low) : std::nullopt),
          number_cell(ci95 ? std::optional(ci95->high) : std::nullopt), number_cell(contrast.p),
          std::string(comparison_verdict_name(contrast.verdict)), number_cell(contrast.smallest_detectable),
          contrast.needed_n ? std::to_string(*contrast.needed_n) : std::string(), contrast.reason.value_or("")}) {
        cells.push_back(std::move(cell));
    }
}

std::string overall_csv(const Comparison& comparison) {
    CsvText csv;
    csv.add({"outcome", "configurations", "ratio", "difference", "ci95_low", "ci95_high", "p", "verdict",
             "smallest_detectable", "needed_n", "reason", "signed_rank_p"});
    for (const OverallOutcome& overall : comparison.overall) {
        std::vector<std::string> cells{overall.outcome, std::to_string(overall.configurations)};
        append_contrast(cells, overall.contrast);
        cells.push_back(number_cell(overall.signed_rank_p));
        csv.add(cells);
    }
    return csv.text();
}

std::string configurations_csv(const Comparison& comparison) {
    CsvText csv;
    csv.add({"repository",     "model",       "background", "values",
             "outcome",        "n_a",         "n_b",        "value_a",
             "value_b",        "ratio",       "difference", "ci95_low",
             "ci95_high",      "p",           "verdict",    "smallest_detectable",
             "needed_n",       "reason",      "welch_df",   "p_holm",
             "mann_whitney_p", "cliffs_delta"});
    for (const ComparedOutcome& row : comparison.rows) {
        const ComparedConfiguration& of = comparison.configurations[row.configuration];
        std::vector<std::string> cells{of.repository,
                                       of.model,
                                       background_cell(of.background),
                                       values_cell(of.values),
                                       row.outcome,
                                       std::to_string(row.n_a),
                                       std::to_string(row.n_b),
                                       number_cell(row.value_a),
                                       number_cell(row.value_b)};
        append_contrast(cells, row.contrast);
        for (const std::optional<double>& number : {row.welch_df, row.p_holm, row.ranks_p, row.cliffs_delta}) {
            cells.push_back(number_cell(number));
        }
        csv.add(cells);
    }
    return csv.text();
}

std::string unmatched_csv(const Comparison& comparison) {
    CsvText csv;
    csv.add({"side", "repository", "model", "background", "values", "runs", "reason"});
    for (const auto& [name, side] : {std::pair("a", &comparison.a), std::pair("b", &comparison.b)}) {
        for (const UnmatchedConfiguration& of : side->unmatched) {
            csv.add({name, of.repository, of.model, background_cell(of.background), values_cell(of.values),
                     std::to_string(of.runs), of.reason});
        }
    }
    return csv.text();
}

std::string left_out_csv(const Comparison& comparison) {
    CsvText csv;
    csv.add({"side", "session", "experiment_id", "stage", "reason"});
    for (const auto& [name, side] : {std::pair("a", &comparison.a), std::pair("b", &comparison.b)}) {
        for (const Exclusion& exclusion : side->left_out) {
            csv.add({name, exclusion.run.session, exclusion.run.experiment_id, std::string(stage_name(exclusion.stage)),
                     exclusion.reason});
        }
    }
    return csv.text();
}

} // namespace

void write_comparison(const std::filesystem::path& directory, const Comparison& comparison) {
    const std::filesystem::path tables = directory / "tables";
    system::create_directories(tables);
    const std::string json = comparison_to_json(comparison).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    system::write_file_atomically(directory / "comparison.json", json);
    system::write_file_atomically(tables / "overall.csv", overall_csv(comparison));
    system::write_file_atomically(tables / "configurations.csv", configurations_csv(comparison));
    system::write_file_atomically(tables / "unmatched.csv", unmatched_csv(comparison));
    system::write_file_atomically(tables / "left_out.csv", left_out_csv(comparison));
}

} // namespace mutation::report
