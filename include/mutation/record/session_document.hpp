#pragma once

#include "mutation/core/json.hpp"
#include "mutation/core/units.hpp"
#include "mutation/plan/plan.hpp"
#include "mutation/record/environment.hpp"
#include "mutation/record/model_facts.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mutation::record {

/// How far a session's control runs differ.
struct ControlFacts {
    std::vector<double> joules; ///< in the order of the runs
    Percent spread{0};          ///< between the least and the most, of the mean
    Percent tolerance{0};
    bool is_within_tolerance = true;
};

/// The content of session.json: all that is known when a session begins. The records say what happened in it.
struct SessionDocument {
    std::string session; ///< the original name of its folder
    std::string tool_version;
    std::string started; ///< ISO 8601 with offset
    std::string command_line;
    MachineFacts machine;
    Json config;                   ///< the experiment config as it was read; null for a run by flags
    std::string registry_source;   ///< the settings folder or registry file
    bool is_registry_file = false; ///< which of both
    /// Repository -> digest of its registry file; none: the registry did not have it.
    std::map<std::string, std::optional<std::string>> registry_digests;
    std::vector<ModelFacts> models; ///< empty in a session of an older program
    plan::Plan plan;
    std::optional<ControlFacts> controls; ///< none: fewer than two control runs so far
    Json unknown;                         ///< members that this program does not know, from the file
};

/// The digests of the registry files of all repositories that a plan trains.
[[nodiscard]] std::map<std::string, std::optional<std::string>> registry_digests(const config::Registry& registry,
                                                                                 const plan::Plan& plan);

[[nodiscard]] Json session_to_json(const SessionDocument& document);

/// The reverse. Every member but the plan may be missing. Error(usage) with the JSON path, the value and the remedy for
/// a member of another type, and for a document of a newer program.
[[nodiscard]] SessionDocument session_from_json(const Json& json);
/// The same, but a member that is damaged keeps its default.
[[nodiscard]] SessionDocument session_from_damaged_json(const Json& json);

/// Reads session.json in a session's folder. If the file has no name of the session, it is the folder's.
/// Error(usage) with the file if it is missing, damaged or from a newer program.
[[nodiscard]] SessionDocument read_session_document(const std::filesystem::path& session);
/// Writes it whole or not at all. Error(storage).
void write_session_document(const std::filesystem::path& session, const SessionDocument& document);

/// The name of a session of ours, from the beginning of session.json: the rest may be damaged. nullopt if the beginning
/// cannot be read, as in v3.0's sessions, which have no such file. Error(usage) if a newer program wrote it.
[[nodiscard]] std::optional<std::string> read_session_name(const std::filesystem::path& session);

} // namespace mutation::record
