#include "catch.hpp"

#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "mutation/core/value.hpp"

using namespace mutation;

TEST_CASE("a number is written as its shortest exact decimal") {
    CHECK(format_shortest(0.1) == "0.1");
    CHECK(format_shortest(3e-05) == "3e-05");
    CHECK(to_argument(Value(std::int64_t{10})) == "10");
    CHECK(to_argument(Value(0.0002363971669851969)) == "0.0002363971669851969");
}

TEST_CASE("a negative number is an argument without an exponent, and exact") {
    CHECK(to_argument(Value(-3.2e-05)) == "-0.000032");
    CHECK(to_argument(Value(-1.5e20)) == "-150000000000000000000");
    CHECK(to_argument(Value(-0.25)) == "-0.25");
    CHECK(to_argument(Value(3.2e-05)) == "3.2e-05");
    for (const double value : {-1e-07, -6.02214076e23, -0.1, -5e-324, -2.2250738585072014e-308, -1.7976931348623157e308,
                               -1.2345678901234567e-300}) {
        const std::string text = to_argument(Value(value));
        INFO(text);
        CHECK(text.find_first_not_of("-.0123456789") == std::string::npos);
        CHECK(parse_double(text) == value);
    }
}

TEST_CASE("a number must use its whole text") {
    CHECK(parse_double(" 1.5 ") == 1.5);
    CHECK_FALSE(parse_double("1.5x").has_value());
    CHECK_FALSE(parse_double("").has_value());
    CHECK_FALSE(parse_double("+-1").has_value());
    CHECK(parse_integer("010") == 10);
    CHECK_FALSE(parse_integer("0x10").has_value());
    CHECK_FALSE(parse_integer("99999999999999999999").has_value());
}

TEST_CASE("rounding keeps the requested number of significant digits") {
    CHECK(round_significant(0.0707106781, 6) == 0.0707107);
    CHECK(round_significant(123456789, 6) == 123457000);
    CHECK(round_significant(0, 6) == 0);
}

TEST_CASE("a misspelled name finds the intended one") {
    const std::vector<std::string> known{"epochs", "learning_rate", "seed"};
    CHECK(nearest_name("epoch", known) == "epochs");
    CHECK(nearest_name("Learning_Rate", known) == "learning_rate");
    CHECK(nearest_name("zzzzzz", known).empty());
}

TEST_CASE("only well-formed UTF-8 passes") {
    CHECK(is_valid_utf8("测试 ok"));
    CHECK_FALSE(is_valid_utf8("\xc0\xaf"));
    CHECK_FALSE(is_valid_utf8("\xed\xa0\x80"));
    CHECK_FALSE(is_valid_utf8("abc\xe6\xb5"));
}
