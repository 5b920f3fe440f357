#include "json_codec.hpp"

#include "mutation/plan/plan_json.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mutation::record {

namespace {

/// None for what no hyperparameter can be.
std::optional<Value> scalar_from_json(const Json& json) {
    if (json.is_boolean()) {
        return Value(json.get<bool>());
    }
    if (json.is_string()) {
        return Value(json.get_ref<const std::string&>());
    }
    // An unsigned number that is too large for a signed one is read as a double.
    if (json.is_number_integer() && json.get<double>() <= 9e18) {
        return Value(json.get<std::int64_t>());
    }
    return json.is_number() ? std::optional(Value(json.get<double>())) : std::nullopt;
}

template <class Number>
bool read_whole(const Json& json, Number& value) {
    if (!json.is_number_integer()) {
        return false;
    }
    const double number = json.get<double>();
    if (number < static_cast<double>(std::numeric_limits<Number>::min()) ||
        number > std::min(static_cast<double>(std::numeric_limits<Number>::max()), 9e18)) {
        return false;
    }
    value = json.get<Number>();
    return true;
}

} // namespace

Json number_or_null(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

bool read_number(const Json& json, double& value) {
    if (!json.is_number()) {
        return false;
    }
    value = json.get<double>();
    return true;
}

bool JsonCodec<std::string>::read(Json& json, std::string& value) {
    if (!json.is_string()) {
        return false;
    }
    value = std::move(json.get_ref<std::string&>());
    return true;
}

bool JsonCodec<bool>::read(const Json& json, bool& value) {
    if (!json.is_boolean()) {
        return false;
    }
    value = json.get<bool>();
    return true;
}

bool JsonCodec<int>::read(const Json& json, int& value) {
    return read_whole(json, value);
}

bool JsonCodec<std::size_t>::read(const Json& json, std::size_t& value) {
    return read_whole(json, value);
}

bool JsonCodec<Seconds>::read(const Json& json, Seconds& value) {
    double seconds = 0;
    const bool is_read = read_number(json, seconds);
    value = is_read ? Seconds(seconds) : value;
    return is_read;
}

bool JsonCodec<Status>::read(const Json& json, Status& value) {
    const std::optional<Status> status =
        json.is_string() ? parse_status(json.get_ref<const std::string&>()) : std::nullopt;
    value = status.value_or(value);
    return status.has_value();
}

bool JsonCodec<energy::Verdict>::read(const Json& json, energy::Verdict& value) {
    using energy::Verdict;
    for (const Verdict known : {Verdict::good, Verdict::usable, Verdict::poor, Verdict::absent}) {
        if (json.is_string() && json.get_ref<const std::string&>() == energy::verdict_name(known)) {
            value = known;
            return true;
        }
    }
    return false;
}

bool JsonCodec<std::vector<std::string>>::read(const Json& json, std::vector<std::string>& value) {
    if (!json.is_array() || !std::all_of(json.begin(), json.end(), [](const Json& item) { return item.is_string(); })) {
        return false;
    }
    value = json.get<std::vector<std::string>>();
    return true;
}

bool JsonCodec<std::vector<double>>::read(const Json& json, std::vector<double>& value) {
    if (!json.is_array() || !std::all_of(json.begin(), json.end(), [](const Json& item) { return item.is_number(); })) {
        return false;
    }
    value = json.get<std::vector<double>>();
    return true;
}

Json JsonCodec<std::map<std::string, std::optional<double>>>::write(
    const std::map<std::string, std::optional<double>>& value) {
    Json json = Json::object();
    for (const auto& [name, number] : value) {
        json[name] = number ? number_or_null(*number) : Json(nullptr);
    }
    return json;
}

bool JsonCodec<std::map<std::string, std::optional<double>>>::read(
    const Json& json, std::map<std::string, std::optional<double>>& value) {
    if (!json.is_object()) {
        return false;
    }
    std::map<std::string, std::optional<double>> numbers;
    for (const auto& [name, number] : json.get_ref<const Json::object_t&>()) {
        if (!number.is_number() && !number.is_null()) {
            return false;
        }
        numbers.emplace(name, number.is_null() ? std::nullopt : std::optional(number.get<double>()));
    }
    value = std::move(numbers);
    return true;
}

Json JsonCodec<std::vector<Assignment>>::write(const std::vector<Assignment>& value) {
    Json json = Json::object();
    for (const Assignment& assignment : value) {
        json[assignment.name] = plan::value_to_json(assignment.value);
    }
    return json;
}

bool JsonCodec<std::vector<Assignment>>::read(const Json& json, std::vector<Assignment>& value) {
    if (!json.is_object()) {
        return false;
    }
    std::vector<Assignment> values;
    values.reserve(json.size());
    for (const auto& [name, member] : json.get_ref<const Json::object_t&>()) {
        std::optional<Value> scalar = scalar_from_json(member);
        if (!scalar && !member.is_null()) {
            return false;
        }
        values.push_back({name, std::move(scalar), false});
    }
    value = std::move(values);
    return true;
}

bool JsonCodec<Json>::read(Json& json, Json& value) {
    if (!json.is_object()) {
        return false;
    }
    value = std::move(json);
    return true;
}

} // namespace mutation::record
