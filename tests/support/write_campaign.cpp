#include "mutation/record/session_document.hpp"
#include "support/campaign.hpp"
#include "support/campaign_registry.hpp"
#include "support/files.hpp"

namespace mutation::test {

namespace {

Json v3_values(const record::ExperimentRecord& record) {
    Json values = Json::object();
    for (const Assignment& assignment : record.hyperparameters) {
        if (assignment.is_mutated) { // v3.0 recorded no others
            std::visit([&](const auto& value) { values[assignment.name] = value; }, *assignment.value);
        }
    }
    return values;
}

/// v3.0's form, as in its sample sessions.
Json v3_record(const record::ExperimentRecord& record) {
    const record::AttemptRecord& attempt = record.last_attempt();
    Json metrics = Json::object();
    for (const auto& [metric, value] : attempt.metrics) {
        if (value) {
            metrics[metric] = *value;
        }
    }
    Json energy = Json::object();
    if (attempt.measurement.cpu.total) {
        energy["cpu_energy_pkg_joules"] = attempt.measurement.cpu.package->value();
        energy["cpu_energy_ram_joules"] = attempt.measurement.cpu.ram->value();
        energy["cpu_energy_total_joules"] = attempt.measurement.cpu.total->value();
    }
    if (attempt.measurement.gpu.energy) {
        energy["gpu_energy_total_joules"] = attempt.measurement.gpu.energy->value();
        energy["gpu_util_avg_percent"] = attempt.measurement.gpu.utilization_mean->value();
    }
    const bool is_good = record::is_success(attempt.status);
    return Json{{"experiment_id", record.id},
                {"timestamp", record.timestamp},
                {"repository", record.repository},
                {"model", record.model},
                {"hyperparameters", v3_values(record)},
                {"duration_seconds", attempt.duration->count()},
                {"energy_metrics", energy},
                {"performance_metrics", metrics},
                {"training_success", is_good},
                {"retries", record.retries()},
                {"error_message", is_good ? "Training completed successfully" : attempt.error_message}};
}

record::SessionDocument describe_campaign(const Campaign& campaign, const plan::Plan& plan) {
    record::SessionDocument document;
    document.session = campaign.name;
    document.tool_version = "1.0.0";
    document.started = campaign.started;
    document.command_line = "mutation run --config made_up.json";
    document.machine = campaign_environment(campaign.has_gpu).machine;
    document.registry_source = "settings";
    document.models = record::describe_models(plan, campaign_registry());
    document.plan = plan;
    return document;
}

} // namespace

std::filesystem::path write_campaign(const std::filesystem::path& results, const Campaign& campaign) {
    const MadeCampaign made = make_campaign(campaign);
    const fs::path session = results / campaign.name;
    fs::create_directories(session);
    if (!campaign.is_of_v3) {
        record::write_session_document(session, describe_campaign(campaign, made.plan));
    }
    for (const MadeRun& run : made.runs) {
        if (run.record) {
            const Json json = campaign.is_of_v3 ? v3_record(*run.record) : record::record_to_json(*run.record);
            write_text(session / run.planned.id / "experiment.json", json.dump(2) + "\n");
        }
    }
    return session;
}

} // namespace mutation::test
