#include "mutation/plan/value_space.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "mutation/plan/decimal_grid.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace mutation::plan {

namespace {

using config::HyperparameterType;

// No drawn value has these bits: they are a negative real next to 0.
constexpr Word kNoValue = 0x8000000000000001U;

void check_choices(const config::Hyperparameter& hyperparameter) {
    std::vector<std::string> sorted = hyperparameter.choices;
    std::sort(sorted.begin(), sorted.end());
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
    if (twice != sorted.end()) {
        throw Error(ErrorKind::usage, hyperparameter.name + " lists the choice \"" + *twice + "\" twice");
    }
    if (sorted.empty()) {
        throw Error(ErrorKind::usage, hyperparameter.name + " has no choices and cannot be mutated");
    }
}

std::variant<IntegerSpace, RealSpace, ListSpace> make_space(const config::Hyperparameter& hyperparameter) {
    const HyperparameterType type = hyperparameter.type;
    if (type == HyperparameterType::boolean) {
        return ListSpace(2);
    }
    if (type == HyperparameterType::choice) {
        check_choices(hyperparameter);
        return ListSpace(hyperparameter.choices.size());
    }
    if (!hyperparameter.range) {
        throw Error(ErrorKind::usage, hyperparameter.name + " has no range and cannot be mutated; give it one in the "
                                                            "repository's settings file");
    }
    if (type == HyperparameterType::integer) {
        return IntegerSpace(hyperparameter);
    }
    return RealSpace(hyperparameter);
}

/// A text that is not on the list: it equals itself and, but for a freak, nothing else.
Word hash_text(const std::string& text) {
    Word hash = 0xCBF29CE484222325U;
    for (const char letter : text) {
        hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001B3U;
    }
    return hash | 0x8000000000000000U;
}

Word pack_choice(const config::Hyperparameter& hyperparameter, const std::string& text) {
    const auto& choices = hyperparameter.choices;
    const auto at = std::find(choices.begin(), choices.end(), text);
    return at == choices.end() ? hash_text(text) : static_cast<Word>(at - choices.begin());
}

std::optional<Word> integer_from_text(std::string_view text) {
    if (const auto whole = parse_integer(text)) {
        return static_cast<Word>(*whole);
    }
    const auto real = parse_double(text); // other tools write 10 as 10.0
    if (!real || std::floor(*real) != *real || std::abs(*real) >= 0x1p63) {
        return std::nullopt;
    }
    return static_cast<Word>(static_cast<std::int64_t>(*real));
}

std::optional<Word> boolean_from_text(std::string_view text) {
    text = trim(text);
    if (text == "true" || text == "True" || text == "1") {
        return 1;
    }
    const bool is_false = text == "false" || text == "False" || text == "0";
    return is_false ? std::optional<Word>(0) : std::nullopt;
}

std::optional<Word> real_from_text(const config::Hyperparameter& hyperparameter, std::string_view text) {
    const auto number = parse_double(text);
    if (!number || !std::isfinite(*number)) {
        return std::nullopt;
    }
    double seen = round_to_grid(*number);
    const auto& range = hyperparameter.range;
    if (range && *number >= range->min && *number <= range->max) {
        seen = std::clamp(seen, range->min, range->max);
    }
    return std::bit_cast<Word>(seen + 0.0);
}

} // namespace

ValueSpace::ValueSpace(const config::Hyperparameter& hyperparameter)
    : hyperparameter_(&hyperparameter), space_(make_space(hyperparameter)) {}

std::uint64_t ValueSpace::size() const {
    return std::visit([](const auto& space) { return space.size(); }, space_);
}

Word ValueSpace::at(std::uint64_t index) const {
    return std::visit([index](const auto& space) { return space.at(index); }, space_);
}

Word ValueSpace::draw(Engine& engine) const {
    return std::visit([&engine](const auto& space) { return space.draw(engine); }, space_);
}

Value ValueSpace::unpack(Word word) const {
    switch (hyperparameter_->type) {
    case HyperparameterType::integer:
        return static_cast<std::int64_t>(word);
    case HyperparameterType::real:
        return std::bit_cast<double>(word);
    case HyperparameterType::boolean:
        return word != 0;
    case HyperparameterType::choice:
        break;
    }
    return hyperparameter_->choices.at(word);
}

Word pack_value(const config::Hyperparameter& hyperparameter, const std::optional<Value>& value) {
    if (!value) {
        return kNoValue;
    }
    if (const auto* text = std::get_if<std::string>(&*value)) {
        return pack_choice(hyperparameter, *text);
    }
    if (const auto* flag = std::get_if<bool>(&*value)) {
        return *flag ? 1 : 0;
    }
    const auto* const whole = std::get_if<std::int64_t>(&*value);
    if (hyperparameter.type != HyperparameterType::real) {
        return whole != nullptr ? static_cast<Word>(*whole) : std::bit_cast<Word>(std::get<double>(*value));
    }
    const double number = whole != nullptr ? static_cast<double>(*whole) : std::get<double>(*value);
    return std::bit_cast<Word>(number + 0.0);
}

std::optional<Word> pack_text(const config::Hyperparameter& hyperparameter, std::string_view text) {
    switch (hyperparameter.type) {
    case HyperparameterType::integer:
        return integer_from_text(text);
    case HyperparameterType::boolean:
        return boolean_from_text(text);
    case HyperparameterType::choice:
        return pack_choice(hyperparameter, std::string(text));
    case HyperparameterType::real:
        break;
    }
    return real_from_text(hyperparameter, text);
}

} // namespace mutation::plan
