#include "mutation/config/key_tables.hpp"

#include "mutation/config/session_settings.hpp"
#include "mutation/core/text.hpp"

#include <algorithm>
#include <utility>

namespace mutation::config {

namespace {

/// What other tools and older versions call these keys.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kOtherNames{{
    {"repository", "repo"},
    {"name", "experiment_name"},
    {"runs", "runs_per_config"},
    {"num_mutations", "runs_per_config"},
    {"mutate_params", "mutate"},
    {"mutations", "mutate"},
    {"hyperparams", "hyperparameters"},
    {"timeout", "timeout_seconds"},
    {"retries", "max_retries"},
    {"cooldown", "cooldown_seconds"},
}};

bool has_key(const KeyTable& table, std::string_view key) {
    return std::find(table.keys.begin(), table.keys.end(), key) != table.keys.end();
}

/// Our name for what others call `key`, if `table` has it, or "".
std::string_view translate_key(std::string_view key, const KeyTable& table) {
    for (const auto& [other, ours] : kOtherNames) {
        if (other == key && has_key(table, ours)) {
            return ours;
        }
    }
    return {};
}

/// The names of the places that take `key`, or "".
std::string find_homes(std::string_view key, std::span<const KeyTable* const> family) {
    std::vector<std::string> homes;
    for (const KeyTable* table : family) {
        if (has_key(*table, key)) {
            homes.emplace_back(table->place);
        }
    }
    return join(homes, " or ");
}

void report_unknown_key(const JsonMember& member, const KeyTable& table, std::span<const KeyTable* const> family) {
    const std::string comment_hint = "to keep it as a comment, write " + quote("_" + member.key);
    if (const std::string homes = find_homes(member.key, family); !homes.empty()) {
        member.at.error("the key does not belong here", "it belongs to " + homes + "; " + comment_hint);
        return;
    }
    const std::string_view ours = translate_key(member.key, table);
    const std::string hint = ours.empty() ? member.at.guess(member.key, {table.keys.begin(), table.keys.end()})
                                          : "did you mean " + quote(ours) + "?";
    member.at.error("unknown key " + quote(member.key), hint + (hint.empty() ? "" : " ") + comment_hint);
}

template <class Owner>
void add_keys(const std::vector<Setting<Owner>>& settings, KeyTable& table) {
    for (const Setting<Owner>& setting : settings) {
        if (!setting.key.empty()) {
            table.keys.push_back(setting.key);
        }
    }
}

ExperimentKeys make_experiment_keys() {
    ExperimentKeys keys{
        {"at the top level", {}},
        {"experiments[i]",
         {"repo", "model", "mode", "mutate", "hyperparameters", "runs_per_config", "timeout_seconds", "stall_seconds",
          "foreground", "background", "comment"}},
        {"experiments[i].foreground", {"repo", "model", "mode", "mutate", "hyperparameters", "runs_per_config"}},
        {"experiments[i].background", {"repo", "model", "mode", "hyperparameters"}}};
    add_keys(session_settings(), keys.head);
    add_keys(background_settings(), keys.background);
    return keys;
}

} // namespace

bool is_free_key(std::string_view key) {
    return key.starts_with('_') || std::find(kFreeKeys.begin(), kFreeKeys.end(), key) != kFreeKeys.end();
}

const ExperimentKeys& experiment_keys() {
    static const ExperimentKeys keys = make_experiment_keys();
    return keys;
}

const RegistryKeys& registry_keys() {
    static const RegistryKeys keys{
        {"the repository",
         {"name", "path", "train_script", "check_arguments", "models", "model_flag", "required_args", "python",
          "environment", "supported_hyperparams", "performance_metrics", "required_metrics", "success_patterns",
          "failure_patterns", "remark_patterns", "timeout_seconds", "stall_seconds", "upstream"}},
        {"models[i]",
         {"name", "aliases", "hyperparameters", "without_effect", "required_metrics", "required_args",
          "timeout_seconds", "stall_seconds", "performance_metrics"}},
        {"supported_hyperparams.<name>",
         {"flag", "type", "default", "range", "distribution", "zero_probability", "choices", "aliases"}},
        {"performance_metrics", {"log_patterns"}},
        {"performance_metrics.log_patterns.<name>", {"pattern", "higher_is_better"}},
        {"upstream", {"url", "commit"}},
        {"the top level", {"models"}}};
    return keys;
}

void check_keys(const JsonCursor& object, const KeyTable& table, std::span<const KeyTable* const> family) {
    for (const JsonMember& member : object.members()) {
        if (!has_key(table, member.key) && !is_free_key(member.key)) {
            report_unknown_key(member, table, family);
        }
    }
}

std::vector<JsonMember> named_members(const JsonCursor& object) {
    std::vector<JsonMember> members = object.members();
    std::erase_if(members, [](const JsonMember& member) { return is_free_key(member.key); });
    return members;
}

} // namespace mutation::config
