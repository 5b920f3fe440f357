#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace mutation {

/// The value of one hyperparameter as the training gets it.
using Value = std::variant<std::int64_t, double, bool, std::string>;

/// The word that is passed on the command line: shortest exact decimal for numbers (negative ones
/// without an exponent), `true`/`false` for booleans, the text itself for choices.
[[nodiscard]] std::string to_argument(const Value& value);

/// A hyperparameter with its value; no value means that its flag is left out and the record says null.
struct Assignment {
    std::string name;
    std::optional<Value> value;
    bool is_mutated = false;

    bool operator==(const Assignment&) const = default;
};

} // namespace mutation
