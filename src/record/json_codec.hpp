#pragma once

#include "mutation/config/experiment_config.hpp"
#include "mutation/config/key_tables.hpp"
#include "mutation/config/registry.hpp"
#include "mutation/core/json.hpp"
#include "mutation/core/units.hpp"
#include "mutation/core/value.hpp"
#include "mutation/energy/quality.hpp"
#include "mutation/plan/plan_json.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/record/field_table.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace mutation::record {

/// How a C++ type is written to JSON and read from it. `read` returns false for a value of another type, and
/// leaves no part of a value. An enum's codec has a `kNoun`, for texts that
/// are none of its words.
template <class Type>
struct JsonCodec;

/// What the codecs of types without a unit have in common.
template <FieldKind kind>
struct CodecOf {
    static constexpr FieldKind kKind = kind;
    static constexpr std::string_view kUnit{};
};

/// A document as a file has it: readable. Bytes of trainings and users that are not UTF-8 are replaced.
[[nodiscard]] std::string file_text(const Json& document);

/// Null for what is no number: it is never 0.
[[nodiscard]] Json number_or_null(double value);
[[nodiscard]] bool read_number(const Json& json, double& value);

template <>
struct JsonCodec<std::string> : CodecOf<FieldKind::text> {
    static Json write(const std::string& value) { return value; }
    static bool read(const Json& json, std::string& value);
};

template <>
struct JsonCodec<bool> : CodecOf<FieldKind::boolean> {
    static Json write(bool value) { return value; }
    static bool read(const Json& json, bool& value);
};

template <>
struct JsonCodec<int> : CodecOf<FieldKind::whole> {
    static Json write(int value) { return value; }
    static bool read(const Json& json, int& value);
};

template <>
struct JsonCodec<std::size_t> : CodecOf<FieldKind::whole> {
    static Json write(std::size_t value) { return value; }
    static bool read(const Json& json, std::size_t& value);
};

template <>
struct JsonCodec<double> : CodecOf<FieldKind::number> {
    static Json write(double value) { return number_or_null(value); }
    static bool read(const Json& json, double& value) { return read_number(json, value); }
};

template <>
struct JsonCodec<Seconds> {
    static constexpr FieldKind kKind = FieldKind::number;
    static constexpr std::string_view kUnit = "s";
    static Json write(Seconds value) { return number_or_null(value.count()); }
    static bool read(const Json& json, Seconds& value);
};

template <class Tag>
constexpr std::string_view unit_of() {
    using Type = Quantity<Tag>;
    if constexpr (std::is_same_v<Type, Joules>) {
        return "J";
    } else if constexpr (std::is_same_v<Type, Watts>) {
        return "W";
    } else if constexpr (std::is_same_v<Type, Percent>) {
        return "%";
    } else {
        static_assert(std::is_same_v<Type, Celsius>, "give the new quantity its unit here");
        return "deg C";
    }
}

template <class Tag>
struct JsonCodec<Quantity<Tag>> {
    static constexpr FieldKind kKind = FieldKind::number;
    static constexpr std::string_view kUnit = unit_of<Tag>();
    static Json write(Quantity<Tag> value) { return number_or_null(value.value()); }
    static bool read(const Json& json, Quantity<Tag>& value) {
        double number = 0;
        const bool is_read = read_number(json, number);
        value = is_read ? Quantity<Tag>(number) : value;
        return is_read;
    }
};

/// An enum whose `kWords` are in its order.
template <class Enum, const auto& kWords>
struct CodecOfWords : CodecOf<FieldKind::text> {
    static Json write(Enum value) { return kWords[static_cast<std::size_t>(value)]; }
    static bool read(const Json& json, Enum& value) {
        const auto found = std::find_if(kWords.begin(), kWords.end(),
                                        [&json](std::string_view word) { return json.is_string() && json == word; });
        value = found == kWords.end() ? value : static_cast<Enum>(found - kWords.begin());
        return found != kWords.end();
    }
};

template <>
struct JsonCodec<config::Mode> : CodecOfWords<config::Mode, config::kModes> {
    static constexpr std::string_view kNoun = "mode";
};

template <>
struct JsonCodec<CooldownKind> : CodecOfWords<CooldownKind, kCooldownKinds> {
    static constexpr std::string_view kNoun = "cooldown";
};

template <>
struct JsonCodec<Status> : CodecOfWords<Status, kStatuses> {
    static constexpr std::string_view kNoun = "status";
};

template <>
struct JsonCodec<config::HyperparameterType> : CodecOfWords<config::HyperparameterType, config::kHyperparameterTypes> {
    static constexpr std::string_view kNoun = "type";
};

template <>
struct JsonCodec<config::Distribution> : CodecOfWords<config::Distribution, config::kDistributions> {
    static constexpr std::string_view kNoun = "distribution";
};

template <>
struct JsonCodec<energy::Verdict> : CodecOf<FieldKind::text> {
    static constexpr std::string_view kNoun = "verdict";
    static Json write(energy::Verdict value) { return energy::verdict_name(value); }
    static bool read(const Json& json, energy::Verdict& value);
};

/// The least and the greatest value.
template <>
struct JsonCodec<config::NumericRange> : CodecOf<FieldKind::numbers> {
    static Json write(const config::NumericRange& value) { return {value.min, value.max}; }
    static bool read(const Json& json, config::NumericRange& value);
};

template <>
struct JsonCodec<Value> : CodecOf<FieldKind::value> {
    static Json write(const Value& value) { return plan::value_to_json(value); }
    static bool read(const Json& json, Value& value);
};

/// Any JSON.
template <>
struct JsonCodec<Json> : CodecOf<FieldKind::object> {
    static Json write(const Json& value) { return value; }
    static bool read(const Json& json, Json& value) {
        value = json;
        return true;
    }
};

template <>
struct JsonCodec<plan::Plan> : CodecOf<FieldKind::object> {
    static Json write(const plan::Plan& value) { return plan::plan_to_json(value); }
    /// Error(usage) for a plan that is damaged.
    static bool read(const Json& json, plan::Plan& value) {
        value = plan::plan_from_json(json);
        return true;
    }
};

template <>
struct JsonCodec<std::map<std::string, std::optional<std::string>>> : CodecOf<FieldKind::object> {
    static Json write(const std::map<std::string, std::optional<std::string>>& value);
    static bool read(const Json& json, std::map<std::string, std::optional<std::string>>& value);
};

template <>
struct JsonCodec<std::vector<std::string>> : CodecOf<FieldKind::texts> {
    static Json write(const std::vector<std::string>& value) { return value; }
    static bool read(const Json& json, std::vector<std::string>& value);
};

template <>
struct JsonCodec<std::vector<double>> : CodecOf<FieldKind::numbers> {
    static Json write(const std::vector<double>& value) { return value; }
    static bool read(const Json& json, std::vector<double>& value);
};

template <>
struct JsonCodec<std::map<std::string, std::optional<double>>> : CodecOf<FieldKind::metrics> {
    static Json write(const std::map<std::string, std::optional<double>>& value);
    static bool read(const Json& json, std::map<std::string, std::optional<double>>& value);
};

template <>
struct JsonCodec<std::vector<Assignment>> : CodecOf<FieldKind::values> {
    static Json write(const std::vector<Assignment>& value);
    static bool read(const Json& json, std::vector<Assignment>& value);
};

template <class Type>
struct JsonCodec<std::optional<Type>> : JsonCodec<Type> {
    static constexpr bool kIsNullable = true;
    static Json write(const std::optional<Type>& value) {
        return value ? JsonCodec<Type>::write(*value) : Json(nullptr);
    }
    static bool read(const Json& json, std::optional<Type>& value) {
        value.reset();
        if (json.is_null() || JsonCodec<Type>::read(json, value.emplace())) {
            return true;
        }
        value.reset();
        return false;
    }
};

template <class Codec>
concept HasNoun = requires {
    Codec::kNoun;
};
template <class Codec>
concept IsNullable = requires {
    Codec::kIsNullable;
};

} // namespace mutation::record
