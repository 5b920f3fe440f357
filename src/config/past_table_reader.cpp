#include "past_table_reader.hpp"

#include "mutation/core/csv.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/system/file.hpp"
#include "mutation/system/file_pattern.hpp"

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

namespace mutation::config {

namespace {

namespace fs = std::filesystem;

bool has_column(const std::vector<std::string>& columns, std::string_view name) {
    return std::any_of(columns.begin(), columns.end(), [name](const std::string& each) { return trim(each) == name; });
}

std::vector<std::string> missing_columns(const std::vector<std::string>& columns) {
    std::vector<std::string> missing;
    for (const char* name : {"repository", "model"}) {
        if (!has_column(columns, name)) {
            missing.emplace_back(name);
        }
    }
    const bool has_values = std::any_of(columns.begin(), columns.end(),
                                        [](const std::string& each) { return trim(each).starts_with("hyperparam_"); });
    const bool is_summary = has_column(columns, "experiment_id") && has_column(columns, "training_success");
    if (!has_values && !is_summary) {
        missing.emplace_back("hyperparam_*");
    }
    return missing;
}

/// What most likely happened to a table without the expected columns, or "".
std::string likely_cause(std::string_view csv, const std::vector<std::string>& columns) {
    const std::string_view head = csv.substr(0, csv.find('\n'));
    if (trim(csv).empty()) {
        return "the file is empty";
    }
    if (csv.starts_with("\xFF\xFE") || csv.starts_with("\xFE\xFF")) {
        return "the file is UTF-16; save it as UTF-8";
    }
    if (head.find('\0') != std::string_view::npos || !is_valid_utf8(head)) {
        return "the file is not text";
    }
    for (const auto& [separator, name] : {std::pair{';', "semicolons"}, {'\t', "tabs"}, {'|', "bars"}}) {
        const auto count = std::count(head.begin(), head.end(), separator);
        if (count > 0 && static_cast<std::size_t>(count) >= columns.size()) {
            return std::string("its columns are separated by ") + name + "; save it with commas";
        }
    }
    return "its columns are " + list_names(columns);
}

/// The files that an element of the list names: one path, else what the pattern matches; none: empty.
std::vector<fs::path> find_tables(const std::string& name, const fs::path& base) {
    std::error_code ignored;
    for (const fs::path& candidate : {fs::path(name), base / name}) {
        if (fs::exists(candidate, ignored) && !fs::is_directory(candidate, ignored)) {
            return {candidate};
        }
        if (system::is_file_pattern(name)) {
            if (std::vector<fs::path> found = system::find_matching_files(candidate.string()); !found.empty()) {
                return found;
            }
        }
    }
    return {};
}

/// Reads the tables of `historical_csvs`, each file once.
class PastTableReader {
public:
    PastTableReader(const fs::path& base, std::vector<PastTable>& tables) : base_(base), tables_(tables) {}

    void read_element(const JsonCursor& element, std::size_t index) {
        const auto name = element.text();
        if (!name) {
            return;
        }
        const std::vector<fs::path> files = find_tables(*name, base_);
        if (files.empty()) {
            note_missing(element, *name);
        }
        for (const fs::path& file : files) {
            std::error_code ignored;
            const fs::path path = fs::absolute(file, ignored).lexically_normal();
            if (read_.insert(path.string()).second) {
                read_table(element, index, path);
            }
        }
    }

private:
    void note_missing(const JsonCursor& element, const std::string& name) {
        std::error_code ignored;
        if (fs::is_directory(name, ignored) || fs::is_directory(base_ / name, ignored)) {
            element.error("is a folder", "name its tables: " + quote((fs::path(name) / "*/summary.csv").string()));
            return;
        }
        element.error(std::string(system::is_file_pattern(name) ? "no file matches the pattern" : "no such file") +
                          ", neither here nor below " + base_.string(),
                      "name a summary.csv that exists");
    }

    void read_table(const JsonCursor& element, std::size_t index, const fs::path& path) {
        try {
            PastTable table{index, path.string(), system::read_input(path)};
            if (const auto reason = check_past_table(table.text)) {
                element.error(path.string() + " is not a table of past runs: " + *reason,
                              "name a summary.csv, or remove it from the list");
                return;
            }
            tables_.push_back(std::move(table));
        } catch (const Error& error) {
            element.error(error.message(), "name a summary.csv that can be read");
        }
    }

    const fs::path& base_;
    std::vector<PastTable>& tables_;
    std::set<std::string> read_;
};

void read_list(const JsonCursor& list, const fs::path& base, ExperimentConfig& config) {
    if (!list.is_array(R"(list them: ["results/*/summary.csv"])")) {
        return;
    }
    PastTableReader tables(base, config.past_tables);
    const std::vector<JsonCursor> elements = list.elements();
    for (std::size_t i = 0; i < elements.size(); ++i) {
        if (config.use_deduplication) {
            tables.read_element(elements[i], i);
        } else {
            (void)elements[i].text();
        }
    }
}

} // namespace

std::optional<std::string> check_past_table(std::string_view csv) {
    std::string_view rest = csv;
    const std::vector<std::string> columns = take_csv_header(rest);
    const std::vector<std::string> missing = missing_columns(columns);
    if (missing.empty()) {
        return std::nullopt;
    }
    return std::string(missing.size() == 1 ? "the column " : "the columns ") + join(missing, ", ") +
           (missing.size() == 1 ? " is missing (" : " are missing (") + likely_cause(csv, columns) + ")";
}

void read_past_tables(const JsonCursor& root, const std::filesystem::path& base, ExperimentConfig& config) {
    config.use_deduplication = root.boolean_at("use_deduplication").value_or(false);
    const auto list = root.find("historical_csvs");
    if (list) {
        read_list(*list, base, config);
    }
    const bool is_listed = list && !(list->value().is_array() && list->value().empty());
    if (config.use_deduplication && !is_listed) {
        root.find("use_deduplication")
            ->error("it is not known what was run already", R"(list it: "historical_csvs": ["results/*/summary.csv"])");
    } else if (is_listed && !root.find("use_deduplication")) {
        list->warn("has no effect without \"use_deduplication\": true", "add that, or remove the list");
    }
}

} // namespace mutation::config
