#include "mutation/core/value.hpp"

#include "mutation/core/numbers.hpp"

namespace mutation {

namespace {

struct ArgumentWriter {
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return format_shortest(number); }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(const std::string& text) const { return text; }
};

} // namespace

std::string to_argument(const Value& value) {
    return std::visit(ArgumentWriter{}, value);
}

} // namespace mutation
