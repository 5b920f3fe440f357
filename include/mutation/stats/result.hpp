#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace mutation::stats {

/// Why the data cannot answer a question. An outcome, not an error: the caller shows the reason in place of the number.
struct Refusal {
    std::string reason;                ///< plain English, without names: this module knows no record
    std::optional<std::size_t> column; ///< the column of the inputs that the reason is about, from 0
};

/// A value, or the reason why there is none.
template <class Value>
class Result {
public:
    Result(Value value) : content_(std::move(value)) {}
    Result(Refusal refusal) : content_(std::move(refusal)) {}

    [[nodiscard]] bool has_value() const { return std::holds_alternative<Value>(content_); }
    [[nodiscard]] explicit operator bool() const { return has_value(); }

    /// The value. Throws std::bad_variant_access if there is none.
    [[nodiscard]] const Value& operator*() const { return std::get<Value>(content_); }
    [[nodiscard]] const Value* operator->() const { return &std::get<Value>(content_); }

    /// Why there is no value. Throws std::bad_variant_access if there is one.
    [[nodiscard]] const Refusal& refusal() const { return std::get<Refusal>(content_); }

private:
    std::variant<Value, Refusal> content_;
};

} // namespace mutation::stats
