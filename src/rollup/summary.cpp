#include "mutation/rollup/summary.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/record/schema_version.hpp"

#include <algorithm>
#include <array>

namespace mutation::rollup {

namespace {

/// A column and where its cell comes from in a flat record.
struct Column {
    std::string_view name;
    std::string_view section; ///< "" : the record itself; else an object of it, `a/b` for one in one
    std::string_view field;
};

constexpr std::string_view kHyperparameterHead = "hyperparam_";
constexpr std::string_view kMetricHead = "perf_";

constexpr std::array<Column, 7> kFirst{{
    {"experiment_id", "", "experiment_id"},
    {"timestamp", "", "timestamp"},
    {"repository", "", "repository"},
    {"model", "", "model"},
    {"training_success", "", "training_success"},
    {"duration_seconds", "", "duration_seconds"},
    {"retries", "", "retries"},
}};

/// v3.0's energy, then ours.
constexpr std::array<Column, 41> kLast{{
    {"energy_cpu_pkg_joules", "energy_metrics", "cpu_energy_pkg_joules"},
    {"energy_cpu_ram_joules", "energy_metrics", "cpu_energy_ram_joules"},
    {"energy_cpu_total_joules", "energy_metrics", "cpu_energy_total_joules"},
    {"energy_gpu_avg_watts", "energy_metrics", "gpu_power_avg_watts"},
    {"energy_gpu_max_watts", "energy_metrics", "gpu_power_max_watts"},
    {"energy_gpu_min_watts", "energy_metrics", "gpu_power_min_watts"},
    {"energy_gpu_total_joules", "energy_metrics", "gpu_energy_total_joules"},
    {"energy_gpu_temp_avg_celsius", "energy_metrics", "gpu_temp_avg_celsius"},
    {"energy_gpu_temp_max_celsius", "energy_metrics", "gpu_temp_max_celsius"},
    {"energy_gpu_util_avg_percent", "energy_metrics", "gpu_util_avg_percent"},
    {"energy_gpu_util_max_percent", "energy_metrics", "gpu_util_max_percent"},
    {"session", "", "session"},
    {"mode", "", "mode"},
    {"status", "", "status"},
    {"error_message", "", "error_message"},
    {"window_start", "window", "start"},
    {"window_end", "window", "end"},
    {"energy_cpu_uncertainty_joules", "energy_quality/cpu", "uncertainty_joules"},
    {"energy_cpu_coverage_percent", "energy_quality/cpu", "coverage_percent"},
    {"energy_cpu_verdict", "energy_quality/cpu", "verdict"},
    {"energy_gpu_uncertainty_joules", "energy_quality/gpu", "uncertainty_joules"},
    {"energy_gpu_coverage_percent", "energy_quality/gpu", "coverage_percent"},
    {"energy_gpu_verdict", "energy_quality/gpu", "verdict"},
    {"energy_gpu_counter_joules", "energy_quality/gpu", "counter_joules"},
    {"energy_net_cpu_joules", "energy_net", "cpu_joules"},
    {"energy_net_gpu_joules", "energy_net", "gpu_joules"},
    {"energy_idle_cpu_watts", "energy_net", "cpu_idle_watts"},
    {"energy_idle_gpu_watts", "energy_net", "gpu_idle_watts"},
    {"estimated_cpu_energy_joules", "", "cpu_energy_estimated_joules"},
    {"failed_attempts_energy_joules", "", "failed_attempts_energy_joules"},
    {"start_temperature_celsius", "", "start_temperature_celsius"},
    {"other_cpu_percent", "contamination", "other_cpu_percent"},
    {"other_gpu_processes", "contamination", "gpu_processes"},
    {"throttle_reasons", "contamination", "throttle_reasons"},
    {"background_repository", "background", "repository"},
    {"background_model", "background", "model"},
    {"background_alive_percent", "background", "alive_percent"},
    {"replicate", "", "replicate"},
    {"mutated", "", "mutated"},
    {"is_control", "", "is_control"},
    {"cooldown", "", "cooldown"},
}};

/// The value at a path of objects, or null.
const Json& look_up(const Json& record, std::string_view path, std::string_view field) {
    static const Json nothing;
    const Json* at = &record;
    while (!path.empty()) {
        const std::size_t slash = path.find('/');
        const auto found = at->is_object() ? at->find(std::string(path.substr(0, slash))) : at->end();
        if (!at->is_object() || found == at->end()) {
            return nothing;
        }
        at = &*found;
        path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    }
    const auto found = at->is_object() ? at->find(std::string(field)) : at->end();
    return !at->is_object() || found == at->end() ? nothing : *found;
}

std::string to_cell(const Json& value) {
    if (value.is_null()) {
        return {};
    }
    if (value.is_string()) {
        return value.get<std::string>();
    }
    if (value.is_boolean()) {
        return value.get<bool>() ? "True" : "False"; // as v3.0's Python wrote it
    }
    if (value.is_number_float()) {
        return format_shortest(value.get<double>());
    }
    if (value.is_array()) {
        std::string cell;
        for (const Json& item : value) {
            cell += (cell.empty() ? "" : "; ") + to_cell(item);
        }
        return cell;
    }
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void add_cell(SummaryRow& row, std::string column, const Json& value) {
    std::string cell = to_cell(value);
    if (!cell.empty()) {
        row.cells.emplace_back(std::move(column), std::move(cell));
    }
}

template <std::size_t N>
constexpr std::array<std::string_view, N> names_of(const std::array<Column, N>& columns) {
    std::array<std::string_view, N> names;
    for (std::size_t i = 0; i < N; ++i) {
        names[i] = columns[i].name;
    }
    return names;
}

constexpr auto kFirstNames = names_of(kFirst);
constexpr auto kLastNames = names_of(kLast);

template <std::size_t N>
void add_columns(SummaryRow& row, const Json& record, const Json& training, const std::array<Column, N>& columns) {
    for (const Column& column : columns) {
        const Json& own = look_up(record, column.section, column.field);
        add_cell(row, std::string(column.name), own.is_null() ? look_up(training, column.section, column.field) : own);
    }
}

void add_family(SummaryRow& row, const Json& training, const char* section, std::string_view head) {
    const auto found = training.find(section);
    if (found == training.end() || !found->is_object()) {
        return;
    }
    for (const auto& [name, value] : found->items()) {
        row.cells.emplace_back(std::string(head) + name,
                               to_cell(value)); // the column stands even where the value is none
    }
}

} // namespace

const std::string* SummaryRow::find(std::string_view column) const {
    const auto found = std::lower_bound(cells.begin(), cells.end(), column,
                                        [](const auto& cell, std::string_view name) { return cell.first < name; });
    return found == cells.end() || found->first != column ? nullptr : &found->second;
}

std::span<const std::string_view> leading_columns() {
    return kFirstNames;
}

std::span<const std::string_view> trailing_columns() {
    return kLastNames;
}

SummaryRow row_from_record(const Json& record, const std::string& fallback_session) {
    record::check_schema_version(record);
    if (!record.is_object() || !look_up(record, "", "experiment_id").is_string()) {
        throw Error(ErrorKind::usage, "this is no record of an experiment: it has no experiment_id");
    }
    // v3.0 nested all but id, timestamp and mode of a parallel run in `foreground`.
    const auto nested = record.find("foreground");
    const Json& training = nested != record.end() && nested->is_object() ? *nested : record;
    SummaryRow row;
    add_columns(row, record, training, kFirst);
    add_family(row, training, "hyperparameters", kHyperparameterHead);
    add_family(row, training, "performance_metrics", kMetricHead);
    add_columns(row, record, training, kLast);
    if (look_up(record, "", "session").is_null()) {
        row.cells.emplace_back("session", fallback_session);
    }
    std::sort(row.cells.begin(), row.cells.end());
    row.cells.shrink_to_fit();
    return row;
}

} // namespace mutation::rollup
