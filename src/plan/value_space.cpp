#include "mutation/plan/value_space.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "mutation/plan/decimal_grid.hpp"

#include <algorithm>
#include <cmath>

namespace mutation::plan {

namespace {

using config::HyperparameterType;

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

std::optional<Value> integer_from_text(std::string_view text) {
    if (const auto whole = parse_integer(text)) {
        return *whole;
    }
    const auto real = parse_double(text); // other tools write 10 as 10.0
    if (!real || std::floor(*real) != *real || std::abs(*real) >= 0x1p63) {
        return std::nullopt;
    }
    return static_cast<std::int64_t>(*real);
}

std::optional<Value> boolean_from_text(std::string_view text) {
    text = trim(text);
    if (text == "true" || text == "True" || text == "1") {
        return true;
    }
    const bool is_false = text == "false" || text == "False" || text == "0";
    return is_false ? std::optional<Value>(false) : std::nullopt;
}

std::optional<Value> real_from_text(const config::Hyperparameter& hyperparameter, std::string_view text) {
    const auto number = parse_double(text);
    if (!number || !std::isfinite(*number)) {
        return std::nullopt;
    }
    double seen = round_to_grid(*number);
    const auto& range = hyperparameter.range;
    if (range && *number >= range->min && *number <= range->max) {
        seen = std::clamp(seen, range->min, range->max);
    }
    return seen + 0.0;
}

} // namespace

ValueSpace::ValueSpace(const config::Hyperparameter& hyperparameter)
    : hyperparameter_(&hyperparameter), space_(ListSpace{2}) {
    const bool is_number =
        hyperparameter.type == HyperparameterType::integer || hyperparameter.type == HyperparameterType::real;
    if (is_number && !hyperparameter.range) {
        throw Error(ErrorKind::usage, hyperparameter.name + " has no range and cannot be mutated; give it one in the "
                                                            "repository's settings file");
    }
    switch (hyperparameter.type) {
    case HyperparameterType::integer:
        space_ = IntegerSpace(hyperparameter);
        break;
    case HyperparameterType::real:
        space_ = RealSpace(hyperparameter);
        break;
    case HyperparameterType::choice:
        check_choices(hyperparameter);
        space_ = ListSpace{hyperparameter.choices.size()};
        break;
    case HyperparameterType::boolean:
        break;
    }
}

std::uint64_t ValueSpace::size() const {
    const auto* const list = std::get_if<ListSpace>(&space_);
    const auto* const integers = std::get_if<IntegerSpace>(&space_);
    return list != nullptr ? list->count : integers != nullptr ? integers->size() : std::get<RealSpace>(space_).size();
}

Value ValueSpace::at(std::uint64_t index) const {
    if (const auto* integers = std::get_if<IntegerSpace>(&space_)) {
        return integers->at(index);
    }
    const auto* reals = std::get_if<RealSpace>(&space_);
    return reals != nullptr ? Value(reals->at(index)) : item(index);
}

Value ValueSpace::draw(Engine& engine) const {
    if (const auto* integers = std::get_if<IntegerSpace>(&space_)) {
        return integers->draw(engine);
    }
    const auto* reals = std::get_if<RealSpace>(&space_);
    return reals != nullptr ? Value(reals->draw(engine)) : item(draw_below(size(), engine));
}

Value ValueSpace::item(std::uint64_t index) const {
    return hyperparameter_->type == HyperparameterType::boolean ? Value(index != 0)
                                                                : Value(hyperparameter_->choices.at(index));
}

std::optional<Value> value_from_text(const config::Hyperparameter& hyperparameter, std::string_view text) {
    switch (hyperparameter.type) {
    case HyperparameterType::integer:
        return integer_from_text(text);
    case HyperparameterType::boolean:
        return boolean_from_text(text);
    case HyperparameterType::choice:
        return Value(std::string(text));
    case HyperparameterType::real:
        break;
    }
    return real_from_text(hyperparameter, text);
}

} // namespace mutation::plan
