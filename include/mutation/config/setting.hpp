#pragma once

#include "mutation/core/json_cursor.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::config {

enum class SettingKind {
    text,
    whole,
    number,
    boolean,
    choice,
    texts,
    other, ///< has a reader of its own
};

/// The command-line option that overrides a setting.
struct SettingOption {
    std::string_view long_name;  ///< without dashes; "" : there is none
    std::string_view short_name; ///< without the dash
    std::string_view value_name; ///< for the help
    std::string_view help;
};

/// All that is known about a setting but its value. The reader of configs, the check for unknown keys, session.json,
/// the command line, the schema's test and docs/CONFIGURATION.md go by this.
struct SettingInfo {
    std::string_view key = {};    ///< in an experiment config; "" : only session.json has it
    std::string_view stored = {}; ///< in session.json, if that is not `key`
    std::string_view unit = {};
    Bounds bounds = {};
    double scale = 1;                               ///< the stored value is that of the config times this
    std::span<const std::string_view> choices = {}; ///< of a text
    bool may_be_null = false;                       ///< in a config: null is the same as no key
    bool is_lenient = false;                        ///< in a config: what is not text is a comment
    std::string_view default_words = {};            ///< for the documentation, if the value does not say it
    std::string_view meaning = {};                  ///< for the documentation
    SettingOption option = {};
    SettingKind kind = SettingKind::other; ///< follows from the member's type

    [[nodiscard]] std::string_view stored_name() const { return stored.empty() ? key : stored; }
};

/// Where a value is read from: what session.json keeps was checked when it was a config's.
enum class Origin { config, session };

/// A setting with its place in the `Owner`.
template <class Owner>
struct Setting : SettingInfo {
    std::function<void(const JsonCursor&, Origin, Owner&)> read; ///< reports errors; none: read elsewhere
    std::function<Json(const Owner&)> write;                     ///< as session.json keeps it
};

/// Reads the members of an object that are settings. What is not there, or wrong, stays as it is.
template <class Owner>
void read_settings(const std::vector<Setting<Owner>>& table, const JsonCursor& object, Origin origin, Owner& owner) {
    for (const Setting<Owner>& setting : table) {
        const std::string_view name = origin == Origin::config ? setting.key : setting.stored_name();
        const auto member = name.empty() || !setting.read ? std::nullopt : object.find(name);
        if (member) {
            setting.read(*member, origin, owner);
        }
    }
}

/// Adds the settings to an object, as session.json keeps them.
template <class Owner>
void write_settings(const std::vector<Setting<Owner>>& table, const Owner& owner, Json& object) {
    for (const Setting<Owner>& setting : table) {
        if (setting.write) {
            object[std::string(setting.stored_name())] = setting.write(owner);
        }
    }
}

} // namespace mutation::config
