#include "hyperparameter_reader.hpp"

#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace mutation::config {

namespace {

constexpr std::size_t kMostChoices = 10000;
/// Whole numbers beyond this are not exact as bounds.
constexpr double kLargestIntegerBound = 9007199254740992.0;

std::optional<Place> find_field(const HyperparameterSource& source, std::string_view key) {
    for (const std::optional<Place>* place : {&source.model, &source.repository}) {
        if (place->has_value()) {
            if (auto field = JsonReader::find(**place, key)) {
                return field;
            }
        }
    }
    return std::nullopt;
}

const Place& main_place(const HyperparameterSource& source) {
    return source.model ? *source.model : *source.repository;
}

bool is_numeric(HyperparameterType type) {
    return type == HyperparameterType::integer || type == HyperparameterType::real;
}

void read_flag(JsonReader& reader, const HyperparameterSource& source, Hyperparameter& hyperparameter) {
    const auto field = find_field(source, "flag");
    if (!field) {
        reader.missing(main_place(source), "flag", R"(name the training script's option, such as "--lr")");
        return;
    }
    hyperparameter.flag = reader.text(*field).value_or("");
    if (hyperparameter.flag.find_first_of(" \t\r\n") != std::string::npos) {
        reader.error(*field, "a flag holds no blanks: it is one word of the command line", "write the option alone");
    }
}

void read_type(JsonReader& reader, const HyperparameterSource& source, Hyperparameter& hyperparameter) {
    const auto field = find_field(source, "type");
    if (!field) {
        reader.missing(main_place(source), "type", R"(write "int", "float", "choice" or "bool")");
        return;
    }
    const std::string type = reader.choice(*field, kHyperparameterTypes).value_or("float");
    if (type == "int") {
        hyperparameter.type = HyperparameterType::integer;
    } else if (type == "choice") {
        hyperparameter.type = HyperparameterType::choice;
    } else if (type == "bool") {
        hyperparameter.type = HyperparameterType::boolean;
    }
}

/// Notes fields that mean nothing for the type. Returns the field if it does.
std::optional<Place> find_field_for(JsonReader& reader, const HyperparameterSource& source, std::string_view key,
                                    bool is_meant_for_type) {
    auto field = find_field(source, key);
    if (field && !is_meant_for_type && !field->value->is_null()) {
        reader.error(*field, "means nothing for this type", "remove it, or change the type");
        return std::nullopt;
    }
    return field;
}

std::optional<double> read_bound(JsonReader& reader, const Place& place, HyperparameterType type) {
    if (!place.value->is_number()) {
        reader.error(place, "a bound must be a number", "write it without quotes");
        return std::nullopt;
    }
    const auto bound = place.value->get<double>();
    if (type == HyperparameterType::integer && (std::trunc(bound) != bound || std::abs(bound) > kLargestIntegerBound)) {
        reader.error(place, "a bound of an int must be a whole number", R"(round it, or write "type": "float")");
        return std::nullopt;
    }
    return bound;
}

std::optional<NumericRange> read_range(JsonReader& reader, const Place& place, HyperparameterType type) {
    if (!place.value->is_array() || place.value->size() != 2) {
        reader.error(place, "a range must be two numbers", "write [min, max]");
        return std::nullopt;
    }
    const std::vector<Place> ends = JsonReader::elements(place);
    const auto min = read_bound(reader, ends[0], type);
    const auto max = read_bound(reader, ends[1], type);
    if (!min || !max) {
        return std::nullopt;
    }
    if (*min > *max) {
        reader.error(place, "the range's minimum is greater than its maximum", "write [min, max]");
        return std::nullopt;
    }
    if (!std::isfinite(*max - *min)) {
        reader.error(place, "the range is too wide for any number", "narrow it");
        return std::nullopt;
    }
    return NumericRange{*min, *max};
}

void read_drawing(JsonReader& reader, const HyperparameterSource& source, Hyperparameter& hyperparameter) {
    const bool is_number = is_numeric(hyperparameter.type);
    const auto range = find_field_for(reader, source, "range", is_number);
    if (range && !range->value->is_null()) {
        hyperparameter.range = read_range(reader, *range, hyperparameter.type);
    }
    if (const auto distribution = find_field_for(reader, source, "distribution", is_number)) {
        const bool is_log = reader.choice(*distribution, kDistributions).value_or("uniform") == "log_uniform";
        hyperparameter.distribution = is_log ? Distribution::log_uniform : Distribution::uniform;
        if (is_log && hyperparameter.range && hyperparameter.range->min <= 0) {
            reader.error(*range, "log_uniform needs a range above 0",
                         R"(raise the minimum and reach 0 by "zero_probability", or write "distribution": "uniform")");
        }
    }
    if (const auto probability = find_field_for(reader, source, "zero_probability", is_number)) {
        hyperparameter.zero_probability = reader.number(*probability, {0, 1}).value_or(0);
    }
}

void read_choices(JsonReader& reader, const HyperparameterSource& source, Hyperparameter& hyperparameter) {
    const bool is_choice = hyperparameter.type == HyperparameterType::choice;
    const auto field = find_field_for(reader, source, "choices", is_choice);
    if (!is_choice) {
        return;
    }
    if (!field) {
        reader.missing(main_place(source), "choices", R"(list them: "choices": ["a", "b"])");
        return;
    }
    hyperparameter.choices = reader.texts(*field, R"(list the choices: ["a", "b"])");
    const std::set<std::string> distinct(hyperparameter.choices.begin(), hyperparameter.choices.end());
    if (field->value->is_array() && field->value->empty()) {
        reader.error(*field, "holds no choice", R"(list them: ["a", "b"])");
    } else if (distinct.size() != hyperparameter.choices.size()) {
        reader.error(*field, "a choice stands twice", "keep one of them");
    } else if (distinct.size() > kMostChoices) {
        reader.error(*field, "more than " + std::to_string(kMostChoices) + " choices", "list fewer");
    }
}

void read_aliases(JsonReader& reader, const HyperparameterSource& source, Hyperparameter& hyperparameter) {
    const auto field = find_field(source, "aliases");
    if (!field || !reader.is_array(*field, R"(list the old names: ["old_name"])")) {
        return;
    }
    for (const Place& element : JsonReader::elements(*field)) {
        if (auto alias = reader.name(element)) {
            hyperparameter.aliases.push_back(std::move(*alias));
        }
    }
}

bool is_in_range(const Value& value, const Hyperparameter& hyperparameter) {
    const auto* const whole = std::get_if<std::int64_t>(&value);
    const auto* const real = std::get_if<double>(&value);
    const auto& range = hyperparameter.range;
    if (!range || (whole == nullptr && real == nullptr)) {
        return true;
    }
    const double number = whole != nullptr ? static_cast<double>(*whole) : *real;
    return (number >= range->min && number <= range->max) || (number == 0 && hyperparameter.zero_probability > 0);
}

std::string describe_range(const NumericRange& range) {
    return "its range [" + format_shortest(range.min) + ", " + format_shortest(range.max) + "]";
}

void check_range(JsonReader& reader, const Place& place, const Value& value, const Hyperparameter& hyperparameter) {
    if (!is_in_range(value, hyperparameter)) {
        reader.warn(place, hyperparameter.name + " is outside " + describe_range(*hyperparameter.range),
                    "it is used as it is; the range binds only what is drawn");
    }
}

std::optional<ReadValue> read_choice(JsonReader& reader, const Place& place, const Hyperparameter& hyperparameter) {
    const auto& choices = hyperparameter.choices;
    const bool is_text = place.value->is_string();
    const std::string word = is_text ? place.value->get<std::string>() : "";
    if (!is_text || std::find(choices.begin(), choices.end(), word) == choices.end()) {
        reader.error(place, hyperparameter.name + " must be one of " + list_names(choices),
                     reader.guess(word, choices));
        return std::nullopt;
    }
    return ReadValue{Value(word)};
}

std::optional<ReadValue> read_integer(JsonReader& reader, const Place& place, const Hyperparameter& hyperparameter) {
    const auto number = to_integer(*place.value);
    if (!number) {
        reader.error(place, hyperparameter.name + " must be a whole number",
                     place.value->is_string() ? "write it without quotes" : "round it");
        return std::nullopt;
    }
    check_range(reader, place, Value(*number), hyperparameter);
    return ReadValue{Value(*number)};
}

std::optional<ReadValue> read_real(JsonReader& reader, const Place& place, const Hyperparameter& hyperparameter) {
    if (!place.value->is_number()) {
        reader.error(place, hyperparameter.name + " must be a number",
                     place.value->is_string() ? "write it without quotes"
                                              : "write a number, or null to leave its flag out");
        return std::nullopt;
    }
    const auto number = place.value->get<double>();
    check_range(reader, place, Value(number), hyperparameter);
    return ReadValue{Value(number)};
}

std::optional<ReadValue> read_boolean(JsonReader& reader, const Place& place, const Hyperparameter& hyperparameter) {
    if (!place.value->is_boolean()) {
        reader.error(place, hyperparameter.name + " must be true or false",
                     "write it without quotes, in small letters");
        return std::nullopt;
    }
    return ReadValue{Value(place.value->get<bool>())};
}

/// A registry's default is outside its range on purpose at times (a weight decay of 0): only `validate` says so.
void read_default(JsonReader& reader, const HyperparameterSource& source, Hyperparameter& hyperparameter) {
    const auto field = find_field(source, "default");
    if (!field) {
        return;
    }
    Hyperparameter unbounded = hyperparameter;
    unbounded.range.reset();
    const auto read = read_value(reader, *field, unbounded);
    if (!read) {
        return;
    }
    hyperparameter.default_value = read->value;
    if (read->value && !is_in_range(*read->value, hyperparameter)) {
        reader.remark(*field,
                      "the default of " + hyperparameter.name + " is outside " + describe_range(*hyperparameter.range),
                      "no draw gives this value; correct one of them if that is not intended");
    }
}

} // namespace

std::optional<Hyperparameter> read_hyperparameter(JsonReader& reader, const HyperparameterSource& source) {
    const std::size_t errors_before = reader.error_count();
    Hyperparameter hyperparameter;
    hyperparameter.name = source.name;
    read_type(reader, source, hyperparameter);
    read_flag(reader, source, hyperparameter);
    read_drawing(reader, source, hyperparameter);
    read_choices(reader, source, hyperparameter);
    read_aliases(reader, source, hyperparameter);
    if (reader.error_count() == errors_before) { // else its type may not be what was meant
        read_default(reader, source, hyperparameter);
    }
    return reader.error_count() == errors_before ? std::optional(std::move(hyperparameter)) : std::nullopt;
}

std::optional<ReadValue> read_value(JsonReader& reader, const Place& place, const Hyperparameter& hyperparameter) {
    if (place.value->is_null()) {
        return ReadValue{};
    }
    switch (hyperparameter.type) {
    case HyperparameterType::integer:
        return read_integer(reader, place, hyperparameter);
    case HyperparameterType::real:
        return read_real(reader, place, hyperparameter);
    case HyperparameterType::choice:
        return read_choice(reader, place, hyperparameter);
    case HyperparameterType::boolean:
        return read_boolean(reader, place, hyperparameter);
    }
    return std::nullopt;
}

} // namespace mutation::config
