#include "json_reader.hpp"

#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mutation::config {

namespace {

constexpr std::size_t kLongestValueShown = 60;
constexpr std::size_t kLongestName = 100;
constexpr std::size_t kMostNamesListed = 20;
constexpr std::size_t kMostGuesses = 1000;
/// Beyond this, doubles skip whole numbers.
constexpr double kLargestExactInteger = 9007199254740992.0;

bool is_control(char letter) {
    return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F;
}

bool is_bad_in_name(char letter) {
    return is_control(letter) || std::string_view(" /\\,;\"'`*?<>|").find(letter) != std::string_view::npos;
}

std::vector<std::string> to_strings(std::span<const std::string_view> names) {
    return {names.begin(), names.end()};
}

std::string describe_bounds(double min, double max) {
    return format_shortest(min) + " to " + format_shortest(max);
}

/// What to write instead of a text that holds a number.
std::string unquote_remedy(const Json& value) {
    if (value.is_string() && parse_double(value.get_ref<const std::string&>())) {
        return "write it without quotes";
    }
    return {};
}

} // namespace

std::string show_value(const Json& value) {
    return shorten_text(value.dump(-1, ' ', false, Json::error_handler_t::replace), kLongestValueShown);
}

std::string quote(std::string_view name) {
    return Json(shorten_text(name, kLongestValueShown)).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string list_names(const std::vector<std::string>& names) {
    std::vector<std::string> shown;
    for (const std::string& name : names) {
        if (shown.size() == kMostNamesListed) {
            shown.push_back("and " + std::to_string(names.size() - kMostNamesListed) + " more");
            break;
        }
        shown.push_back(quote(name));
    }
    return join(shown, ", ");
}

void JsonReader::error(const Place& place, std::string message, std::string remedy) {
    problems_.errors.push_back({file_, place.path, place.value == nullptr ? "" : show_value(*place.value),
                                std::move(message), std::move(remedy)});
}

void JsonReader::missing(const Place& object, std::string_view key, std::string remedy) {
    error({nullptr, object.path}, quote(key) + " is missing", std::move(remedy));
}

void JsonReader::warn(const Place& place, std::string message, std::string remedy) {
    problems_.warnings.push_back({file_, place.path, place.value == nullptr ? "" : show_value(*place.value),
                                  std::move(message), std::move(remedy)});
}

void JsonReader::remark(const Place& place, std::string message, std::string remedy) {
    problems_.remarks.push_back({file_, place.path, place.value == nullptr ? "" : show_value(*place.value),
                                 std::move(message), std::move(remedy)});
}

void JsonReader::add_errors(const std::vector<Problem>& errors) {
    problems_.errors.insert(problems_.errors.end(), errors.begin(), errors.end());
}

std::string JsonReader::guess(std::string_view name, const std::vector<std::string>& known) const {
    const std::string nearest = error_count() > kMostGuesses ? "" : nearest_name(name, known);
    // "nonparallel" is near to "parallel", and its opposite.
    const bool is_opposite = name.starts_with("no") && name.ends_with(nearest);
    return nearest.empty() || is_opposite ? "" : "did you mean " + quote(nearest) + "?";
}

bool JsonReader::is_object(const Place& place, std::string_view remedy) {
    if (place.value->is_object()) {
        return true;
    }
    error(place, "must be an object", std::string(remedy));
    return false;
}

bool JsonReader::is_array(const Place& place, std::string_view remedy) {
    if (place.value->is_array()) {
        return true;
    }
    error(place, "must be an array", std::string(remedy));
    return false;
}

std::optional<Place> JsonReader::find(const Place& object, std::string_view key) {
    for (const auto& [name, value] : object.value->get_ref<const Json::object_t&>()) {
        if (name == key) {
            return Place{&value, member_path(object.path, key)};
        }
    }
    return std::nullopt;
}

std::vector<Member> JsonReader::members(const Place& object) {
    std::vector<Member> members;
    for (const auto& [name, value] : object.value->get_ref<const Json::object_t&>()) {
        if (!is_free_key(name)) {
            members.push_back({name, {&value, member_path(object.path, name)}});
        }
    }
    return members;
}

std::vector<Place> JsonReader::elements(const Place& array) {
    std::vector<Place> elements;
    for (const Json& value : array.value->get_ref<const Json::array_t&>()) {
        elements.push_back({&value, element_path(array.path, elements.size())});
    }
    return elements;
}

std::optional<std::string> JsonReader::text(const Place& place) {
    if (!place.value->is_string()) {
        const bool is_number = place.value->is_number();
        error(place, "must be text",
              is_number ? "write " + quote(show_value(*place.value)) : "put it in double quotes");
        return std::nullopt;
    }
    const auto& text = place.value->get_ref<const std::string&>();
    if (trim(text).empty()) {
        error(place, "is empty", "write some text, or leave the key out");
        return std::nullopt;
    }
    if (text.find('\0') != std::string::npos) {
        error(place, "holds a NUL character, which no command or path can hold", "remove it");
        return std::nullopt;
    }
    return text;
}

bool JsonReader::check_name(const Place& place, std::string_view name) {
    const bool is_good = !name.empty() && name.size() <= kLongestName && name.front() != '-' && name.front() != '.' &&
                         std::none_of(name.begin(), name.end(), is_bad_in_name);
    if (!is_good) {
        error(place, quote(name) + " cannot be a name",
              "use up to 100 letters, digits, _, - and ., not beginning with - or .");
    }
    return is_good;
}

std::optional<std::string> JsonReader::name(const Place& place) {
    std::optional<std::string> name = text(place);
    return name && check_name(place, *name) ? name : std::nullopt;
}

std::optional<std::int64_t> JsonReader::integer(const Place& place, std::int64_t min, std::int64_t max) {
    const std::optional<std::int64_t> number = to_integer(*place.value);
    if (!number || *number < min || *number > max) {
        error(place, "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max),
              unquote_remedy(*place.value));
        return std::nullopt;
    }
    return number;
}

std::optional<double> JsonReader::number(const Place& place, Bounds bounds) {
    const auto value = place.value->is_number() ? std::optional(place.value->get<double>()) : std::nullopt;
    if (!value || !std::isfinite(*value) || *value < bounds.min || *value > bounds.max) {
        error(place, "must be a number from " + describe_bounds(bounds.min, bounds.max), unquote_remedy(*place.value));
        return std::nullopt;
    }
    return value;
}

std::optional<bool> JsonReader::boolean(const Place& place) {
    if (!place.value->is_boolean()) {
        error(place, "must be true or false", "write it without quotes, in small letters");
        return std::nullopt;
    }
    return place.value->get<bool>();
}

std::optional<std::string> JsonReader::choice(const Place& place, std::span<const std::string_view> choices) {
    const std::vector<std::string> known = to_strings(choices);
    if (!place.value->is_string()) {
        error(place, "must be one of " + list_names(known), "put one of them in double quotes");
        return std::nullopt;
    }
    const auto& chosen = place.value->get_ref<const std::string&>();
    if (std::find(choices.begin(), choices.end(), chosen) == choices.end()) {
        error(place, "must be one of " + list_names(known), guess(chosen, known));
        return std::nullopt;
    }
    return chosen;
}

std::vector<std::string> JsonReader::texts(const Place& place, std::string_view remedy) {
    std::vector<std::string> texts;
    if (is_array(place, remedy)) {
        for (const Place& element : elements(place)) {
            if (std::optional<std::string> word = text(element)) {
                texts.push_back(std::move(*word));
            }
        }
    }
    return texts;
}

std::optional<std::string> JsonReader::text_at(const Place& object, std::string_view key) {
    const auto place = find(object, key);
    return place ? text(*place) : std::nullopt;
}

std::optional<std::int64_t> JsonReader::integer_at(const Place& object, std::string_view key, std::int64_t min,
                                                   std::int64_t max) {
    const auto place = find(object, key);
    return place ? integer(*place, min, max) : std::nullopt;
}

std::optional<double> JsonReader::number_at(const Place& object, std::string_view key, Bounds bounds) {
    const auto place = find(object, key);
    return place ? number(*place, bounds) : std::nullopt;
}

std::optional<bool> JsonReader::boolean_at(const Place& object, std::string_view key) {
    const auto place = find(object, key);
    return place ? boolean(*place) : std::nullopt;
}

std::optional<std::string> JsonReader::choice_at(const Place& object, std::string_view key,
                                                 std::span<const std::string_view> choices) {
    const auto place = find(object, key);
    return place ? choice(*place, choices) : std::nullopt;
}

std::optional<std::int64_t> to_integer(const Json& value) {
    if (value.is_number_unsigned()) {
        const auto number = value.get<std::uint64_t>();
        return std::in_range<std::int64_t>(number) ? std::optional(static_cast<std::int64_t>(number)) : std::nullopt;
    }
    if (value.is_number_integer()) {
        return value.get<std::int64_t>();
    }
    if (value.is_number_float()) {
        const auto number = value.get<double>();
        if (std::abs(number) <= kLargestExactInteger && std::trunc(number) == number) {
            return static_cast<std::int64_t>(number);
        }
    }
    return std::nullopt;
}

void note_json_faults(const std::vector<JsonFault>& faults, const std::string& file, Problems& problems) {
    for (const JsonFault& fault : faults) {
        problems.errors.push_back({file, fault.path, "", fault.message, ""});
    }
}

} // namespace mutation::config
