#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/core/json_cursor.hpp"
#include "mutation/core/value.hpp"

#include <optional>
#include <string>

namespace mutation::config {

/// Where the fields of a hyperparameter are. A field of the model overrides that of the repository.
struct HyperparameterSource {
    std::string name;
    std::optional<JsonCursor> repository;
    std::optional<JsonCursor> model;
};

/// Reads one hyperparameter, field by field from its sources. nullopt after an error.
[[nodiscard]] std::optional<Hyperparameter> read_hyperparameter(const HyperparameterSource& source);

/// A value that was read: none inside is null, the flag is left out.
struct ReadValue {
    std::optional<Value> value;
};

/// Reads an explicit value of that hyperparameter; null stands for leaving the flag out. Nothing when it is out of
/// type.
[[nodiscard]] std::optional<ReadValue> read_value(const JsonCursor& place, const Hyperparameter& hyperparameter);

} // namespace mutation::config
