#include "mutation/session/session_document.hpp"

#include "mutation/plan/plan_json.hpp"
#include "mutation/record/schema_version.hpp"
#include "mutation/session/machine.hpp"
#include "mutation/session/preflight.hpp"
#include "mutation/system/clock.hpp"

namespace mutation::session {

Json registry_digests(const config::Registry& registry, const plan::Plan& plan) {
    Json digests = Json::object();
    for (const std::string& name : repositories_of(plan)) {
        const config::Repository* repository = registry.find(name);
        digests[name] = repository == nullptr ? Json(nullptr) : Json(repository->digest);
    }
    return digests;
}

Json describe_session(const SessionRequest& request, const std::string& name, const record::MachineFacts& machine) {
    Json session;
    session["schema_version"] = record::kSchemaVersion;
    session["session"] = name;
    session["tool_version"] = tool_version();
    session["started"] = system::format_iso(system::wall_now());
    session["command_line"] = request.command_line;
    session["environment"] = record::machine_to_json(machine);
    session["config"] = request.config;
    session["registry_source"] = request.registry_source;
    session["is_registry_file"] = request.is_registry_file;
    session["registry_digests"] = registry_digests(request.registry, request.plan);
    session["plan"] = plan::plan_to_json(request.plan);
    return session;
}

} // namespace mutation::session
