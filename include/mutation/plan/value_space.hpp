#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/core/value.hpp"
#include "mutation/plan/draw_bits.hpp"
#include "mutation/plan/integer_space.hpp"
#include "mutation/plan/real_space.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <variant>

namespace mutation::plan {

/// Where counts stop: 2^63-1.
constexpr std::uint64_t kMostValues = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

/// Every value that one mutated hyperparameter can take. Refers to the hyperparameter, which must outlive it.
class ValueSpace {
public:
    /// Error(usage) if the hyperparameter cannot be mutated: a number without a range, a choice without choices.
    explicit ValueSpace(const config::Hyperparameter& hyperparameter);

    /// How many there are; stops at kMostValues.
    [[nodiscard]] std::uint64_t size() const;
    /// Each of them once, for index 0 to size() - 1.
    [[nodiscard]] Value at(std::uint64_t index) const;
    /// One of them, as the distribution has it. size() is not 0.
    [[nodiscard]] Value draw(Engine& engine) const;

    [[nodiscard]] const config::Hyperparameter& hyperparameter() const { return *hyperparameter_; }

private:
    /// The texts of a choice, or false and true: each is as likely as the others.
    struct ListSpace {
        std::uint64_t count = 0;
    };

    [[nodiscard]] Value item(std::uint64_t index) const;

    const config::Hyperparameter* hyperparameter_;
    std::variant<IntegerSpace, RealSpace, ListSpace> space_;
};

/// What a text (of a past session's table) stands for, as a training would get it if it were drawn now: reals are
/// rounded and, within the range, clipped. nullopt if it is no value of that type.
[[nodiscard]] std::optional<Value> value_from_text(const config::Hyperparameter& hyperparameter, std::string_view text);

} // namespace mutation::plan
