#include "hyperparameter_reader.hpp"

#include "mutation/config/key_tables.hpp"
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

std::optional<JsonCursor> find_field(const HyperparameterSource& source, std::string_view key) {
    for (const std::optional<JsonCursor>* place : {&source.model, &source.repository}) {
        if (place->has_value()) {
            if (auto field = (*place)->find(key)) {
                return field;
            }
        }
    }
    return std::nullopt;
}

const JsonCursor& main_place(const HyperparameterSource& source) {
    return source.model ? *source.model : *source.repository;
}

bool is_numeric(HyperparameterType type) {
    return type == HyperparameterType::integer || type == HyperparameterType::real;
}

void read_flag(const HyperparameterSource& source, Hyperparameter& hyperparameter) {
    const auto field = find_field(source, "flag");
    if (!field) {
        main_place(source).missing("flag", R"(name the training script's option, such as "--lr")");
        return;
    }
    hyperparameter.flag = field->text().value_or("");
    if (hyperparameter.flag.find_first_of(" \t\r\n") != std::string::npos) {
        field->error("a flag cannot contain blanks: it is one word of the command line", "write the option alone");
    }
}

void read_type(const HyperparameterSource& source, Hyperparameter& hyperparameter) {
    const auto field = find_field(source, "type");
    if (!field) {
        main_place(source).missing("type", R"(write "int", "float", "choice" or "bool")");
        return;
    }
    const std::string type = field->choice(kHyperparameterTypes).value_or("float");
    if (type == "int") {
        hyperparameter.type = HyperparameterType::integer;
    } else if (type == "choice") {
        hyperparameter.type = HyperparameterType::choice;
    } else if (type == "bool") {
        hyperparameter.type = HyperparameterType::boolean;
    }
}

/// The field if it has a meaning for the type; an error if it has none.
std::optional<JsonCursor> find_field_for(const HyperparameterSource& source, std::string_view key,
                                         bool is_meant_for_type) {
    auto field = find_field(source, key);
    if (field && !is_meant_for_type && !field->value().is_null()) {
        field->error("has no meaning for this type", "remove it, or change the type");
        return std::nullopt;
    }
    return field;
}

std::optional<double> read_bound(const JsonCursor& place, HyperparameterType type) {
    if (!place.value().is_number()) {
        place.error("a bound must be a number", "write it without quotes");
        return std::nullopt;
    }
    const auto bound = place.value().get<double>();
    if (type == HyperparameterType::integer && (std::trunc(bound) != bound || std::abs(bound) > kLargestIntegerBound)) {
        place.error("a bound of an int must be a whole number", R"(round it, or write "type": "float")");
        return std::nullopt;
    }
    return bound;
}

std::optional<NumericRange> read_range(const JsonCursor& place, HyperparameterType type) {
    if (!place.value().is_array() || place.value().size() != 2) {
        place.error("a range must be two numbers", "write [min, max]");
        return std::nullopt;
    }
    const std::vector<JsonCursor> ends = place.elements();
    const auto min = read_bound(ends[0], type);
    const auto max = read_bound(ends[1], type);
    if (!min || !max) {
        return std::nullopt;
    }
    if (*min > *max) {
        place.error("the range's minimum is greater than its maximum", "write [min, max]");
        return std::nullopt;
    }
    if (!std::isfinite(*max - *min)) {
        place.error("the range is too wide for any number", "narrow it");
        return std::nullopt;
    }
    return NumericRange{*min, *max};
}

void read_drawing(const HyperparameterSource& source, Hyperparameter& hyperparameter) {
    const bool is_number = is_numeric(hyperparameter.type);
    const auto range = find_field_for(source, "range", is_number);
    if (range && !range->value().is_null()) {
        hyperparameter.range = read_range(*range, hyperparameter.type);
    }
    if (const auto distribution = find_field_for(source, "distribution", is_number)) {
        const bool is_log = distribution->choice(kDistributions).value_or("uniform") == "log_uniform";
        hyperparameter.distribution = is_log ? Distribution::log_uniform : Distribution::uniform;
        if (is_log && hyperparameter.range && hyperparameter.range->min <= 0) {
            range->error("log_uniform needs a range above 0",
                         R"(raise the minimum and reach 0 by "zero_probability", or write "distribution": "uniform")");
        }
    }
    if (const auto probability = find_field_for(source, "zero_probability", is_number)) {
        hyperparameter.zero_probability = probability->number({0, 1}).value_or(0);
    }
}

void read_choices(const HyperparameterSource& source, Hyperparameter& hyperparameter) {
    const bool is_choice = hyperparameter.type == HyperparameterType::choice;
    const auto field = find_field_for(source, "choices", is_choice);
    if (!is_choice) {
        return;
    }
    if (!field) {
        main_place(source).missing("choices", R"(list them: "choices": ["a", "b"])");
        return;
    }
    hyperparameter.choices = field->texts(R"(list the choices: ["a", "b"])");
    const std::set<std::string> distinct(hyperparameter.choices.begin(), hyperparameter.choices.end());
    if (field->value().is_array() && field->value().empty()) {
        field->error("has no choice", R"(list them: ["a", "b"])");
    } else if (distinct.size() != hyperparameter.choices.size()) {
        field->error("the same choice twice", "keep one of them");
    } else if (distinct.size() > kMostChoices) {
        field->error("more than " + std::to_string(kMostChoices) + " choices", "list fewer");
    }
}

void read_aliases(const HyperparameterSource& source, Hyperparameter& hyperparameter) {
    const auto field = find_field(source, "aliases");
    if (!field || !field->is_array(R"(list the old names: ["old_name"])")) {
        return;
    }
    for (const JsonCursor& element : field->elements()) {
        if (auto alias = element.name()) {
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

void check_range(const JsonCursor& place, const Value& value, const Hyperparameter& hyperparameter) {
    if (!is_in_range(value, hyperparameter)) {
        place.warn(hyperparameter.name + " is outside " + describe_range(*hyperparameter.range),
                   "it is used as it is; the range limits only what is drawn");
    }
}

std::optional<ReadValue> read_choice(const JsonCursor& place, const Hyperparameter& hyperparameter) {
    const auto& choices = hyperparameter.choices;
    const bool is_text = place.value().is_string();
    const std::string word = is_text ? place.value().get<std::string>() : "";
    if (!is_text || std::find(choices.begin(), choices.end(), word) == choices.end()) {
        place.error(hyperparameter.name + " must be one of " + list_names(choices), place.guess(word, choices));
        return std::nullopt;
    }
    return ReadValue{Value(word)};
}

std::optional<ReadValue> read_integer(const JsonCursor& place, const Hyperparameter& hyperparameter) {
    const auto number = to_whole(place.value());
    if (!number) {
        place.error(hyperparameter.name + " must be a whole number",
                    place.value().is_string() ? "write it without quotes" : "round it");
        return std::nullopt;
    }
    check_range(place, Value(*number), hyperparameter);
    return ReadValue{Value(*number)};
}

std::optional<ReadValue> read_real(const JsonCursor& place, const Hyperparameter& hyperparameter) {
    if (!place.value().is_number()) {
        place.error(hyperparameter.name + " must be a number", place.value().is_string()
                                                                   ? "write it without quotes"
                                                                   : "write a number, or null to leave its flag out");
        return std::nullopt;
    }
    const auto number = place.value().get<double>();
    check_range(place, Value(number), hyperparameter);
    return ReadValue{Value(number)};
}

std::optional<ReadValue> read_boolean(const JsonCursor& place, const Hyperparameter& hyperparameter) {
    if (!place.value().is_boolean()) {
        place.error(hyperparameter.name + " must be true or false", "write it without quotes, in lower case");
        return std::nullopt;
    }
    return ReadValue{Value(place.value().get<bool>())};
}

/// A registry's default may be outside its range on purpose (a weight decay of 0): only `validate` reports it.
void read_default(const HyperparameterSource& source, Hyperparameter& hyperparameter) {
    const auto field = find_field(source, "default");
    if (!field) {
        return;
    }
    Hyperparameter unbounded = hyperparameter;
    unbounded.range.reset();
    const auto read = read_value(*field, unbounded);
    if (!read) {
        return;
    }
    hyperparameter.default_value = read->value;
    if (read->value && !is_in_range(*read->value, hyperparameter)) {
        field->remark("the default of " + hyperparameter.name + " is outside " + describe_range(*hyperparameter.range),
                      "no draw gives this value; correct one of them if this is not intended");
    }
}

} // namespace

std::optional<Hyperparameter> read_hyperparameter(const HyperparameterSource& source) {
    const JsonSource& errors = main_place(source).source();
    const std::size_t errors_before = errors.error_count();
    Hyperparameter hyperparameter;
    hyperparameter.name = source.name;
    read_type(source, hyperparameter);
    read_flag(source, hyperparameter);
    read_drawing(source, hyperparameter);
    read_choices(source, hyperparameter);
    read_aliases(source, hyperparameter);
    if (errors.error_count() == errors_before) { // else its type may not be what was meant
        read_default(source, hyperparameter);
    }
    return errors.error_count() == errors_before ? std::optional(std::move(hyperparameter)) : std::nullopt;
}

std::optional<ReadValue> read_value(const JsonCursor& place, const Hyperparameter& hyperparameter) {
    if (place.value().is_null()) {
        return ReadValue{};
    }
    switch (hyperparameter.type) {
    case HyperparameterType::integer:
        return read_integer(place, hyperparameter);
    case HyperparameterType::real:
        return read_real(place, hyperparameter);
    case HyperparameterType::choice:
        return read_choice(place, hyperparameter);
    case HyperparameterType::boolean:
        return read_boolean(place, hyperparameter);
    }
    return std::nullopt;
}

} // namespace mutation::config
