#include "json_codec.hpp"

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

std::string file_text(const Json& document) {
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

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

bool JsonCodec<std::string>::read(const Json& json, std::string& value) {
    if (!json.is_string()) {
        return false;
    }
    value = json.get_ref<const std::string&>();
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

bool JsonCodec<energy::Verdict>::read(const Json& json, energy::Verdict& value) {
    using energy::Verdict;
    for (const Verdict known : {Verdict::good, Verdict::usable, Verdict::poor, Verdict::absent}) {
        if (json == energy::verdict_name(known)) {
            value = known;
            return true;
        }
    }
    return false;
}

bool JsonCodec<config::NumericRange>::read(const Json& json, config::NumericRange& value) {
    std::vector<double> bounds;
    if (!JsonCodec<std::vector<double>>::read(json, bounds) || bounds.size() != 2) {
        return false;
    }
    value = {bounds[0], bounds[1]};
    return true;
}

bool JsonCodec<Value>::read(const Json& json, Value& value) {
    std::optional<Value> scalar = scalar_from_json(json);
    value = scalar ? std::move(*scalar) : value;
    return scalar.has_value();
}

Json JsonCodec<std::map<std::string, std::optional<std::string>>>::write(
    const std::map<std::string, std::optional<std::string>>& value) {
    Json json = Json::object();
    for (const auto& [name, text] : value) {
        json[name] = text ? Json(*text) : Json(nullptr);
    }
    return json;
}

bool JsonCodec<std::map<std::string, std::optional<std::string>>>::read(
    const Json& json, std::map<std::string, std::optional<std::string>>& value) {
    if (!json.is_object()) {
        return false;
    }
    value.clear();
    for (const auto& [name, text] : json.get_ref<const Json::object_t&>()) {
        if (!text.is_string() && !text.is_null()) {
            return false;
        }
        value.emplace(name, text.is_null() ? std::nullopt : std::optional(text.get<std::string>()));
    }
    return true;
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

} // namespace mutation::record
