#include "mutation/report/report_json.hpp"

#include "analyses_json.hpp"
#include "mutation/plan/plan_json.hpp"
#include "names.hpp"
#include "stage_counts.hpp"

namespace mutation::report {

Json background_to_json(const std::optional<BackgroundKey>& background) {
    if (!background) {
        return nullptr;
    }
    return {{"repository", background->repository},
            {"model", background->model},
            {"values", background->values},
            {"reuse", background->reuse}};
}

namespace {

/// The number of a quantity; null if there is none.
template <class Tag>
Json quantity_to_json(const std::optional<Quantity<Tag>>& quantity) {
    return quantity ? number_to_json(quantity->value()) : Json(nullptr);
}

Json flow_to_json(const std::vector<FlowStep>& flow) {
    Json list = Json::array();
    for (const FlowStep& step : flow) {
        list.push_back({{"stage", stage_name(step.stage)}, {"runs", step.runs}});
    }
    return list;
}

/// The run's name, then other members.
Json with_key(const RunKey& key, const Json& others) {
    Json json = key_to_json(key);
    json.update(others);
    return json;
}

Json machine_to_json(const MachineKey& machine) {
    return {{"cpu", machine.cpu}, {"gpus", machine.gpus}, {"driver", machine.driver}, {"governor", machine.governor}};
}

Json flag_to_json(const Flag& flag) {
    return with_key(flag.run, {{"reason", flag.reason}, {"by", flag_source_name(flag.by)}});
}

Json input_to_json(const Input& input) {
    return {{"hyperparameter", input.hyperparameter},
            {"coding", coding_name(input.coding)},
            {"tried", interval_to_json(input.tried)},
            {"levels", input.levels}};
}

/// What was set, and which of it was mutated.
void add_values(Json& json, const std::vector<Assignment>& assignments) {
    Json values = Json::object();
    Json mutated = Json::array();
    for (const Assignment& assignment : assignments) {
        values[assignment.name] = plan::value_to_json(assignment.value);
        if (assignment.is_mutated) {
            mutated.push_back(assignment.name);
        }
    }
    json["values"] = std::move(values);
    json["mutated"] = std::move(mutated);
}

Json run_to_json(const Run& run) {
    Json json = key_to_json(run.key);
    json["folder"] = run.folder.string();
    json["configuration"] = run.configuration;
    json["is_control"] = run.is_control;
    json["status"] = run.status ? Json(record::status_name(*run.status)) : Json(nullptr);
    json["start"] = run.start ? Json(run.start->text) : Json(nullptr);
    json["duration_seconds"] = run.duration ? number_to_json(run.duration->count()) : Json(nullptr);
    json["energy_joules"] = quantity_to_json(run.energy);
    json["uncertainty_joules"] = quantity_to_json(run.uncertainty);
    json["cpu_energy_joules"] = quantity_to_json(run.cpu_energy);
    json["gpu_energy_joules"] = quantity_to_json(run.gpu_energy);
    json["verdict"] = run.verdict ? Json(energy::verdict_name(*run.verdict)) : Json(nullptr);
    json["power_watts"] = quantity_to_json(run.power);
    json["utilisation_percent"] = quantity_to_json(run.utilisation);
    json["start_temperature_celsius"] = quantity_to_json(run.start_temperature);
    json["failed_energy_joules"] = quantity_to_json(run.failed_energy);
    json["metrics"] = Json::object();
    for (const auto& [name, value] : run.metrics) {
        json["metrics"][name] = number_to_json(value);
    }
    add_values(json, run.values);
    json["command"] = run.command;
    const std::optional<Stage> stage = run.is_control ? std::nullopt : lost_at(run);
    json["lost_at"] = stage ? Json(stage_name(*stage)) : Json(nullptr);
    json["reason"] = run.exclusion ? Json(run.exclusion->reason) : Json(nullptr);
    json["flags"] = Json::array();
    for (const Flag& flag : run.flags) {
        json["flags"].push_back({{"reason", flag.reason}, {"by", flag_source_name(flag.by)}});
    }
    return json;
}

Json metrics_to_json(const std::map<std::string, std::optional<bool>>& metrics) {
    Json list = Json::array();
    for (const auto& [name, higher_is_better] : metrics) {
        list.push_back({{"name", name}, {"higher_is_better", optional_to_json(higher_is_better)}});
    }
    return list;
}

/// Flags of all runs of the group, and the runs themselves.
void add_runs(Json& json, const std::vector<Run>& runs) {
    json["flagged"] = Json::array();
    json["run_table"] = Json::array();
    for (const Run& run : runs) {
        for (const Flag& flag : run.flags) {
            json["flagged"].push_back(flag_to_json(flag));
        }
        json["run_table"].push_back(run_to_json(run));
    }
}

Json group_to_json(const Group& group) {
    RunRows rows;
    for (std::size_t i = 0; i < group.runs.size(); ++i) {
        rows[group.runs[i].key] = i;
    }
    const std::vector<FlowStep> flow = count_stages(group.runs);
    Json json{{"repository", group.key.repository},
              {"model", group.key.model},
              {"background", background_to_json(group.key.background)},
              {"machine", machine_to_json(group.key.machine)},
              {"runs", flow.front().runs},
              {"configurations", group.configurations},
              {"energy_parts", Json::array()},
              {"no_energy", optional_to_json(group.no_energy)},
              {"flow", flow_to_json(flow)},
              {"metrics", metrics_to_json(group.metrics)},
              {"inputs", Json::array()}};
    for (const EnergyPart part : group.energy_parts) {
        json["energy_parts"].push_back(energy_part_name(part));
    }
    for (const Input& input : group.inputs) {
        json["inputs"].push_back(input_to_json(input));
    }
    json.update(analyses_to_json(group.analyses, rows));
    json["background_ratio"] = background_effect_to_json(group.background_effect);
    json["with_flagged"] = group.with_flagged ? analyses_to_json(*group.with_flagged, rows) : Json(nullptr);
    add_runs(json, group.runs);
    return json;
}

Json session_to_json(const SessionSource& session) {
    return {{"session", session.name},
            {"path", session.directory.string()},
            {"tool_version", session.tool_version},
            {"is_of_v3", session.is_of_v3},
            {"command_line", session.command_line},
            {"is_order_random", optional_to_json(session.is_order_random)},
            {"damaged", session.damaged},
            {"sha256", session.sha256.empty() ? Json::object() : Json(session.sha256)}};
}

Json waste_to_json(const Waste& waste) {
    return {{"failed_joules", quantity_to_json(waste.failed)},
            {"dominated_joules", quantity_to_json(waste.dominated)},
            {"flagged_joules", quantity_to_json(waste.flagged)},
            {"resting_seconds", number_to_json(waste.resting.count())}};
}

Json carbon_to_json(const std::optional<Carbon>& carbon) {
    if (!carbon) {
        return nullptr;
    }
    const Factors& factors = carbon->factors;
    return {{"energy_joules", number_to_json(carbon->energy.value())},
            {"grams_co2e", number_to_json(carbon->grams)},
            {"cost", number_to_json(carbon->cost)},
            {"carbon_intensity_grams_per_kwh", number_to_json(factors.carbon_intensity)},
            {"price_per_kwh", number_to_json(factors.price)},
            {"currency", factors.currency},
            {"pue", number_to_json(factors.pue)}};
}

Json test_to_json(const TestMade& test) {
    return {{"group", test.group},
            {"name", test.name},
            {"subject", test.subject},
            {"p", number_to_json(test.p)},
            {"result", test.result}};
}

} // namespace

Json report_to_json(const Report& report) {
    Json json{{"schema_version", kReportSchemaVersion},
              {"tool_version", report.tool_version},
              {"created", report.created},
              {"sessions", Json::array()},
              {"flow", flow_to_json(report.flow)},
              {"control_runs", report.control_runs},
              {"excluded", Json::array()},
              {"groups", Json::array()},
              {"waste", waste_to_json(report.waste)},
              {"carbon", carbon_to_json(report.carbon)},
              {"warnings", Json::array()},
              {"tests", Json::array()},
              {"methods", report.methods}};
    for (const SessionSource& session : report.sessions) {
        json["sessions"].push_back(session_to_json(session));
    }
    for (const Exclusion& exclusion : report.excluded) {
        json["excluded"].push_back(
            with_key(exclusion.run, {{"stage", stage_name(exclusion.stage)}, {"reason", exclusion.reason}}));
    }
    for (const Group& group : report.groups) {
        json["groups"].push_back(group_to_json(group));
    }
    for (const Warning& warning : report.warnings) {
        json["warnings"].push_back({{"text", warning.text}, {"remedy", warning.remedy}, {"anchor", warning.anchor}});
    }
    for (const TestMade& test : report.tests) {
        json["tests"].push_back(test_to_json(test));
    }
    return json;
}

std::string report_text(const Json& report) {
    return report.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

} // namespace mutation::report
