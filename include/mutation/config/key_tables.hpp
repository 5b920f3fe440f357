#pragma once

#include "mutation/core/json_cursor.hpp"

#include <array>
#include <span>
#include <string_view>
#include <vector>

namespace mutation::config {

/// An object of a settings file, and every key that it takes beside the free ones. The loaders read by these tables,
/// and the JSON Schemas are held to them.
struct KeyTable {
    std::string_view place; ///< as an error names it
    std::vector<std::string_view> keys;
};

/// The objects of an experiment config: where a misplaced key may belong.
struct ExperimentKeys {
    KeyTable head;
    KeyTable entry;
    KeyTable foreground;
    KeyTable background;

    [[nodiscard]] std::array<const KeyTable*, 4> all() const { return {&head, &entry, &foreground, &background}; }
};
[[nodiscard]] const ExperimentKeys& experiment_keys();

/// The objects of a registry file.
struct RegistryKeys {
    KeyTable repository;
    KeyTable model;
    KeyTable hyperparameter;
    KeyTable performance_metrics;
    KeyTable metric;
    KeyTable upstream;
    KeyTable file; ///< of v3.0's form: repositories below `models`

    [[nodiscard]] std::array<const KeyTable*, 6> all() const {
        return {&repository, &model, &hyperparameter, &performance_metrics, &metric, &upstream};
    }
};
[[nodiscard]] const RegistryKeys& registry_keys();

/// Keys that are free in every object: for people, and for editors. So are those that begin with `_`.
inline constexpr std::array<std::string_view, 8> kFreeKeys{"comment", "note",    "notes",  "description",
                                                           "version", "created", "author", "$schema"};

inline constexpr std::array<std::string_view, 6> kGovernors{"performance",  "powersave", "ondemand",
                                                            "conservative", "schedutil", "userspace"};
inline constexpr std::array<std::string_view, 5> kHeadModes{"mutation", "default", "parallel", "mixed", "mutate"};
inline constexpr std::array<std::string_view, 4> kEntryModes{"mutation", "default", "parallel", "mutate"};
inline constexpr std::array<std::string_view, 3> kForegroundModes{"mutation", "default", "mutate"};
inline constexpr std::array<std::string_view, 1> kBackgroundModes{"default"};
inline constexpr std::array<std::string_view, 4> kHyperparameterTypes{"int", "float", "choice", "bool"};
inline constexpr std::array<std::string_view, 2> kDistributions{"uniform", "log_uniform"};

/// Whether a key is a comment wherever it is.
[[nodiscard]] bool is_free_key(std::string_view key);

/// Reports each key that is neither in `table` nor free, and says where it belongs if one of `family` has it.
void check_keys(const JsonCursor& object, const KeyTable& table, std::span<const KeyTable* const> family);

/// The members of an object whose keys are names, comments left out.
[[nodiscard]] std::vector<JsonMember> named_members(const JsonCursor& object);

} // namespace mutation::config
