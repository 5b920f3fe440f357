#pragma once

#include "mutation/config/setting.hpp"
#include "mutation/core/units.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

namespace mutation::config {

template <class Type>
constexpr bool kIsOptional = false;
template <class Type>
constexpr bool kIsOptional<std::optional<Type>> = true;

template <class Type>
constexpr SettingKind kind_of() {
    if constexpr (kIsOptional<Type>) {
        return kind_of<typename Type::value_type>();
    } else if constexpr (std::is_same_v<Type, std::string> || std::is_enum_v<Type>) {
        return SettingKind::text;
    } else if constexpr (std::is_same_v<Type, bool>) {
        return SettingKind::boolean;
    } else if constexpr (std::is_integral_v<Type>) {
        return SettingKind::whole;
    } else if constexpr (std::is_same_v<Type, std::vector<std::string>>) {
        return SettingKind::texts;
    } else {
        return SettingKind::number;
    }
}

inline double number_of(Seconds value) {
    return value.count();
}
template <class Tag>
double number_of(Quantity<Tag> value) {
    return value.value();
}

template <class Type>
Json write_value(const Type& value, const SettingInfo& info) {
    if constexpr (kIsOptional<Type>) {
        return value ? write_value(*value, info) : Json(nullptr);
    } else if constexpr (std::is_enum_v<Type>) {
        return info.choices[static_cast<std::size_t>(value)];
    } else if constexpr (kind_of<Type>() == SettingKind::number) {
        return number_of(value);
    } else {
        return value;
    }
}

inline std::optional<std::string> read_text(const JsonCursor& at, const SettingInfo& info, Origin origin) {
    if (origin == Origin::session) {
        return at.any_text();
    }
    if (info.is_lenient && !at.value().is_string()) {
        return std::nullopt;
    }
    return info.choices.empty() ? (info.is_lenient ? at.any_text() : at.text()) : at.choice(info.choices);
}

inline std::optional<std::vector<std::string>> read_command(const JsonCursor& at, Origin origin) {
    constexpr std::string_view kRemedy = R"(list the program and its arguments: ["notify-send", "done"])";
    if (origin == Origin::config && at.value().is_array() && at.value().empty()) {
        at.error("names no program", std::string(kRemedy));
    }
    return at.texts(kRemedy);
}

/// The value of that type, or nullopt after an error.
template <class Type>
std::optional<Type> read_value(const JsonCursor& at, const SettingInfo& info, Origin origin) {
    const bool is_config = origin == Origin::config;
    if constexpr (kIsOptional<Type>) {
        using Held = typename Type::value_type;
        if (!is_config && at.value().is_null()) {
            return Type();
        }
        const auto value = read_value<Held>(at, info, origin);
        return value ? std::optional<Type>(*value) : std::nullopt;
    } else if constexpr (std::is_same_v<Type, std::string>) {
        return read_text(at, info, origin);
    } else if constexpr (std::is_enum_v<Type>) {
        const auto word = at.choice(info.choices);
        const auto found = word ? std::find(info.choices.begin(), info.choices.end(), *word) : info.choices.end();
        return word ? std::optional(static_cast<Type>(found - info.choices.begin())) : std::nullopt;
    } else if constexpr (std::is_same_v<Type, bool>) {
        return at.boolean();
    } else if constexpr (std::is_same_v<Type, std::uint64_t>) {
        return at.count(std::numeric_limits<std::uint64_t>::max());
    } else if constexpr (std::is_same_v<Type, int>) {
        const Bounds wide{0, static_cast<double>(std::numeric_limits<int>::max())};
        const Bounds bounds = is_config ? info.bounds : wide;
        const auto whole = at.whole(static_cast<std::int64_t>(bounds.min), static_cast<std::int64_t>(bounds.max));
        return whole ? std::optional(static_cast<int>(*whole)) : std::nullopt;
    } else if constexpr (std::is_same_v<Type, std::vector<std::string>>) {
        return read_command(at, origin);
    } else {
        const Bounds wide{0, std::numeric_limits<double>::max()};
        const auto number = at.number(is_config ? info.bounds : wide);
        return number ? std::optional(Type(is_config ? *number * info.scale : *number)) : std::nullopt;
    }
}

/// The line of a table for a member of the `Owner`.
template <class Owner, class Type>
Setting<Owner> setting(SettingInfo info, Type Owner::*member) {
    info.kind = info.choices.empty() ? kind_of<Type>() : SettingKind::choice;
    Setting<Owner> made{info, {}, {}};
    made.read = [info, member](const JsonCursor& at, Origin origin, Owner& owner) {
        if (origin == Origin::config && info.may_be_null && at.value().is_null()) {
            return;
        }
        if (auto value = read_value<Type>(at, info, origin)) {
            owner.*member = std::move(*value);
        }
    };
    made.write = [info, member](const Owner& owner) { return write_value(owner.*member, info); };
    return made;
}

/// The line for a key that is read elsewhere.
template <class Owner>
Setting<Owner> other_setting(const SettingInfo& info) {
    return {info, {}, {}};
}

} // namespace mutation::config
