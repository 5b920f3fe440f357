#include "mutation/report/comparison_json.hpp"

#include "analyses_json.hpp"
#include "mutation/plan/plan_json.hpp"
#include "mutation/report/report_json.hpp"
#include "names.hpp"

namespace mutation::report {

namespace {

Json compared_values_to_json(const std::vector<Assignment>& values) {
    Json json = Json::object();
    for (const Assignment& assignment : values) {
        json[assignment.name] = plan::value_to_json(assignment.value);
    }
    return json;
}

/// Whose energy was compared, and with which runs.
Json configuration_to_json(const ComparedConfiguration& configuration) {
    Json json{{"repository", configuration.repository},
              {"model", configuration.model},
              {"background", background_to_json(configuration.background)},
              {"values", compared_values_to_json(configuration.values)},
              {"energy_parts", Json::array()},
              {"runs_a", Json::array()},
              {"runs_b", Json::array()}};
    for (const EnergyPart part : configuration.energy_parts) {
        json["energy_parts"].push_back(energy_part_name(part));
    }
    for (const RunKey& key : configuration.runs_a) {
        json["runs_a"].push_back(key_to_json(key));
    }
    for (const RunKey& key : configuration.runs_b) {
        json["runs_b"].push_back(key_to_json(key));
    }
    return json;
}

Json contrast_to_json(const Contrast& contrast) {
    const bool is_ratio = contrast.scale == Scale::ratio;
    const Json value = number_to_json(contrast.value);
    return {{"ratio", is_ratio ? value : Json(nullptr)},
            {"difference", is_ratio ? Json(nullptr) : value},
            {"ci95", interval_to_json(contrast.ci95)},
            {"p", number_to_json(contrast.p)},
            {"margin", interval_to_json(contrast.margin)},
            {"verdict", comparison_verdict_name(contrast.verdict)},
            {"smallest_detectable", number_to_json(contrast.smallest_detectable)},
            {"needed_n", optional_to_json(contrast.needed_n)},
            {"reason", optional_to_json(contrast.reason)}};
}

Json overall_to_json(const OverallOutcome& overall) {
    Json json{{"outcome", overall.outcome}, {"configurations", overall.configurations}};
    json.update(contrast_to_json(overall.contrast));
    json["needed_of"] = overall.configurations == 1 ? "runs a side" : "configurations";
    json["signed_rank_p"] = number_to_json(overall.signed_rank_p);
    json["higher_is_better"] = optional_to_json(overall.higher_is_better);
    return json;
}

Json row_to_json(const ComparedOutcome& row, const ComparedConfiguration& configuration) {
    Json json{{"configuration", row.configuration},
              {"repository", configuration.repository},
              {"model", configuration.model},
              {"values", compared_values_to_json(configuration.values)},
              {"outcome", row.outcome},
              {"n_a", row.n_a},
              {"n_b", row.n_b},
              {"value_a", number_to_json(row.value_a)},
              {"value_b", number_to_json(row.value_b)}};
    json.update(contrast_to_json(row.contrast));
    json["welch_df"] = number_to_json(row.welch_df);
    json["p_holm"] = number_to_json(row.p_holm);
    json["mann_whitney_p"] = number_to_json(row.ranks_p);
    json["cliffs_delta"] = number_to_json(row.cliffs_delta);
    return json;
}

Json unmatched_to_json(const std::vector<UnmatchedConfiguration>& unmatched) {
    Json list = Json::array();
    for (const UnmatchedConfiguration& configuration : unmatched) {
        list.push_back({{"repository", configuration.repository},
                        {"model", configuration.model},
                        {"background", background_to_json(configuration.background)},
                        {"values", compared_values_to_json(configuration.values)},
                        {"runs", configuration.runs},
                        {"reason", configuration.reason}});
    }
    return list;
}

Json side_to_json(const ComparedSide& side) {
    Json json{{"sessions", side.sessions}, {"planned", side.planned}, {"compared", side.compared}};
    json["left_out"] = Json::array();
    for (const Exclusion& exclusion : side.left_out) {
        Json item = key_to_json(exclusion.run);
        item["stage"] = stage_name(exclusion.stage);
        item["reason"] = exclusion.reason;
        json["left_out"].push_back(std::move(item));
    }
    return json;
}

} // namespace

Json comparison_to_json(const Comparison& comparison) {
    Json json{{"schema_version", kComparisonSchemaVersion},
              {"a", side_to_json(comparison.a)},
              {"b", side_to_json(comparison.b)},
              {"matched", comparison.configurations.size()},
              {"unmatched",
               {{"a", unmatched_to_json(comparison.a.unmatched)}, {"b", unmatched_to_json(comparison.b.unmatched)}}},
              {"machine_differences", Json::array()},
              {"margin_percent", number_to_json(100 * comparison.margin)},
              {"margin_source", comparison.margin_source},
              {"notes", comparison.notes},
              {"overall", Json::array()},
              {"configurations", Json::array()},
              {"matched_configurations", Json::array()}};
    for (const MachineDifference& difference : comparison.machine_differences) {
        json["machine_differences"].push_back(
            {{"training", difference.training}, {"fact", difference.fact}, {"a", difference.a}, {"b", difference.b}});
    }
    for (const OverallOutcome& overall : comparison.overall) {
        json["overall"].push_back(overall_to_json(overall));
    }
    for (const ComparedOutcome& row : comparison.rows) {
        json["configurations"].push_back(row_to_json(row, comparison.configurations[row.configuration]));
    }
    for (const ComparedConfiguration& configuration : comparison.configurations) {
        json["matched_configurations"].push_back(configuration_to_json(configuration));
    }
    return json;
}

} // namespace mutation::report
