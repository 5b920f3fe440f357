#include "mutation/core/value.hpp"

#include "mutation/core/numbers.hpp"

namespace mutation {

namespace {

struct ArgumentWriter {
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const {
        // Up to Python 3.13 argparse takes -3.2e-05 for an option, and -0.000032 for a number.
        return number < 0 ? format_fixed(number) : format_shortest(number);
    }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(const std::string& text) const { return text; }
};

} // namespace

std::string to_argument(const Value& value) {
    return std::visit(ArgumentWriter{}, value);
}

} // namespace mutation
