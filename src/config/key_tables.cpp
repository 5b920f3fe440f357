#include "mutation/config/key_tables.hpp"

#include "json_reader.hpp"
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

/// The places that take `key`, in words, or "".
std::string find_homes(std::string_view key, std::span<const KeyTable> family) {
    std::vector<std::string> homes;
    for (const KeyTable& table : family) {
        if (has_key(table, key)) {
            homes.emplace_back(table.place);
        }
    }
    return join(homes, " or ");
}

} // namespace

bool is_free_key(std::string_view key) {
    return key.starts_with('_') || std::find(kFreeKeys.begin(), kFreeKeys.end(), key) != kFreeKeys.end();
}

void JsonReader::check_keys(const Place& object, const KeyTable& table, std::span<const KeyTable> family) {
    for (const auto& [key, value] : object.value->get_ref<const Json::object_t&>()) {
        if (!has_key(table, key) && !is_free_key(key)) {
            note_unknown_key({key, {&value, member_path(object.path, key)}}, table, family);
        }
    }
}

void JsonReader::note_unknown_key(const Member& member, const KeyTable& table, std::span<const KeyTable> family) {
    const std::string comment_hint = "to keep it as a comment, write " + quote("_" + member.key);
    if (const std::string homes = find_homes(member.key, family); !homes.empty()) {
        error(member.place, "the key does not belong here", "it belongs to " + homes + "; " + comment_hint);
        return;
    }
    const std::string_view ours = translate_key(member.key, table);
    const std::string hint =
        ours.empty() ? guess(member.key, {table.keys.begin(), table.keys.end()}) : "did you mean " + quote(ours) + "?";
    error(member.place, "unknown key " + quote(member.key), hint + (hint.empty() ? "" : " ") + comment_hint);
}

} // namespace mutation::config
