#include "mutation/report/tables.hpp"

#include "group_labels.hpp"
#include "mutation/core/csv.hpp"
#include "mutation/core/json.hpp"
#include "mutation/core/text.hpp"
#include "mutation/report/report_json.hpp"

#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace mutation::report {

namespace {

/// Members that are an interval or null.
const std::set<std::string_view> kIntervalMembers{"ci95", "ratio_ci95", "sd_ci95", "tried"};
/// Members of objects that become columns, and what their names begin with. As in summary.csv.
const std::map<std::string_view, std::string_view> kPrefixes{{"values", "hyperparam_"},
                                                             {"metrics", "perf_"},
                                                             {"largest_cooks_run", "largest_cooks_"},
                                                             {"reference", "reference_"}};
/// Members that have a table of their own, or none.
const std::set<std::string_view> kNestedMembers{"checks", "points", "detectable_ratio", "interactions", "rows"};

std::string text_of(const Json& value) {
    if (value.is_null()) {
        return "";
    }
    return value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// The elements with a separator; the reasons of flags.
std::string text_of_list(const Json& list) {
    std::vector<std::string> parts;
    for (const Json& element : list) {
        parts.push_back(text_of(element.is_object() ? element.at("reason") : element));
    }
    return join(parts, "; ");
}

/// Rows with the columns that at least one of them has, in the order in which they appear.
class TableBuilder {
public:
    /// `head`: cells before those of the members of `row`.
    void add(const Json& head, const Json& row) {
        cells_.emplace_back();
        add_members(head, "");
        add_members(row, "");
    }

    void add_all(const Json& head, const Json& rows) {
        for (const Json& row : rows) {
            add(head, row);
        }
    }

    [[nodiscard]] bool is_empty() const { return cells_.empty(); }

    [[nodiscard]] std::string csv() const {
        std::string text = line_of(columns_);
        for (const auto& row : cells_) {
            std::vector<std::string> cells(columns_.size());
            for (const auto& [column, cell] : row) {
                cells[column] = cell;
            }
            text += line_of(cells);
        }
        return text;
    }

private:
    static std::string line_of(const std::vector<std::string>& cells) {
        std::string line;
        for (const std::string& cell : cells) {
            append_csv_cell(line, cell);
        }
        line.pop_back(); // the last comma
        return line.append(kCsvLineEnd);
    }

    void add_members(const Json& object, std::string_view prefix) {
        for (const auto& [name, value] : object.items()) {
            add_member(std::string(prefix) + name, name, value);
        }
    }

    void add_member(const std::string& column, const std::string& name, const Json& value) {
        if (kNestedMembers.contains(name)) {
            return;
        }
        if (kIntervalMembers.contains(name)) {
            set(column + "_low", value.is_null() ? "" : text_of(value[0]));
            set(column + "_high", value.is_null() ? "" : text_of(value[1]));
        } else if (const auto prefix = kPrefixes.find(name); prefix != kPrefixes.end() && !value.is_array()) {
            if (value.is_object()) {
                add_members(value, prefix->second);
            }
        } else {
            set(column, value.is_array() ? text_of_list(value) : text_of(value));
        }
    }

    void set(const std::string& column, std::string cell) {
        const auto [place, is_new] = places_.emplace(column, columns_.size());
        if (is_new) {
            columns_.push_back(column);
        }
        cells_.back()[place->second] = std::move(cell);
    }

    std::vector<std::string> columns_;
    std::map<std::string, std::size_t> places_;
    std::vector<std::map<std::size_t, std::string>> cells_;
};

/// All tables by name, in the order in which they were begun.
class TableSet {
public:
    TableBuilder& at(const std::string& name) {
        for (auto& [known, builder] : builders_) {
            if (known == name) {
                return builder;
            }
        }
        return builders_.emplace_back(name, TableBuilder()).second;
    }

    [[nodiscard]] std::vector<Table> tables() const {
        std::vector<Table> tables;
        for (const auto& [name, builder] : builders_) {
            if (!builder.is_empty()) {
                tables.push_back({name, builder.csv()});
            }
        }
        return tables;
    }

private:
    std::vector<std::pair<std::string, TableBuilder>> builders_;
};

void add_analyses(TableSet& tables, const std::string& group, const char* runs, const Json& analyses) {
    const Json head{{"group", group}, {"runs", runs}};
    for (const char* name : {"effects", "fits", "splits", "importance", "trade_offs", "interactions"}) {
        tables.at(name).add_all(head, analyses.at(name));
    }
    const auto head_with = [&](const char* name, const Json& value) {
        Json extended = head;
        extended[name] = value;
        return extended;
    };
    for (const Json& fit : analyses.at("fits")) {
        tables.at("checks").add_all(head_with("outcome", fit.at("outcome")), fit.at("checks"));
    }
    for (const Json& pareto : analyses.at("pareto")) {
        tables.at("pareto").add_all(head_with("metric_name", pareto.at("metric")), pareto.at("points"));
        tables.at("fronts").add(head, pareto);
    }
    const Json& replicates = analyses.at("replicates");
    tables.at("replicates").add(head, replicates);
    tables.at("detectable_ratios")
        .add_all(head_with("outcome", replicates.at("outcome")), replicates.at("detectable_ratio"));
    tables.at("drift").add(head, analyses.at("drift"));
    if (!analyses.at("epoch_cost").is_null()) {
        tables.at("epoch_cost").add(head, analyses.at("epoch_cost"));
    }
}

void add_group(TableSet& tables, const std::string& label, const Json& group) {
    const Json head{{"group", label}};
    tables.at("flow").add_all(head, group.at("flow"));
    tables.at("flagged").add_all(head, group.at("flagged"));
    tables.at("inputs").add_all(head, group.at("inputs"));
    tables.at("runs").add_all(head, group.at("run_table"));
    add_analyses(tables, label, "without_flagged", group);
    if (!group.at("with_flagged").is_null()) {
        add_analyses(tables, label, "with_flagged", group.at("with_flagged"));
    }
    if (const Json& background = group.at("background_ratio"); !background.is_null()) {
        tables.at("background").add(head, background);
        tables.at("background_interactions").add_all(head, background.at("interactions"));
    }
}

} // namespace

std::vector<Table> make_tables(const Report& report) {
    const Json json = report_to_json(report);
    const std::vector<std::string> labels = group_labels(report.groups);
    TableSet tables;
    tables.at("flow").add_all({{"group", "all"}}, json.at("flow"));
    tables.at("excluded").add_all(Json::object(), json.at("excluded"));
    for (std::size_t i = 0; i < labels.size(); ++i) {
        add_group(tables, labels[i], json.at("groups")[i]);
    }
    tables.at("tests").add_all(Json::object(), json.at("tests"));
    tables.at("warnings").add_all(Json::object(), json.at("warnings"));
    return tables.tables();
}

} // namespace mutation::report
