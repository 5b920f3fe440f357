#include "catch.hpp"

#include "mutation/core/error.hpp"
#include "mutation/plan/value_space.hpp"
#include "toy_registry.hpp"

#include <cfloat>
#include <cmath>
#include <map>
#include <set>

using namespace mutation;
using namespace mutation::plan;
using config::Distribution;

namespace {

/// The words of many draws, with how often each came.
std::map<std::string, int> draw_many(const config::Hyperparameter& hyperparameter, int draws) {
    const ValueSpace space(hyperparameter);
    Engine engine(17);
    std::map<std::string, int> seen;
    for (int i = 0; i < draws; ++i) {
        ++seen[to_argument(space.draw(engine))];
    }
    return seen;
}

/// Every value that the space lists, as words.
std::set<std::string> list_all(const config::Hyperparameter& hyperparameter) {
    const ValueSpace space(hyperparameter);
    std::set<std::string> all;
    for (std::uint64_t index = 0; index < space.size(); ++index) {
        all.insert(to_argument(space.at(index)));
    }
    return all;
}

std::uint64_t count_values(const config::Hyperparameter& hyperparameter) {
    return ValueSpace(hyperparameter).size();
}

/// The count must be that of the distinct values that draws return, no more and no fewer.
void check_exact(const config::Hyperparameter& hyperparameter, std::uint64_t count) {
    INFO(hyperparameter.name);
    CHECK(count_values(hyperparameter) == count);
    const std::set<std::string> listed = list_all(hyperparameter);
    CHECK(listed.size() == count);
    const std::map<std::string, int> drawn = draw_many(hyperparameter, static_cast<int>(count) * 60);
    CHECK(drawn.size() == count);
    for (const auto& [word, times] : drawn) {
        CHECK(listed.count(word) == 1);
    }
}

} // namespace

TEST_CASE("the size of a space is the number of values that its draws return") {
    check_exact(toy::integer("both ends", 5, 15), 11);
    check_exact(toy::integer("negative", -3, 2, Distribution::uniform, 0.2), 6);
    check_exact(toy::integer("logarithmic", 1, 8, Distribution::log_uniform), 8);
    check_exact(toy::integer("ends between integers", 0.5, 3.5), 3);
    check_exact(toy::integer("zero beside the range", 4, 6, Distribution::uniform, 0.3), 4);
    check_exact(toy::integer("zero in the range", 0, 2, Distribution::uniform, 0.3), 3);
    check_exact(toy::integer("always zero", 4, 6, Distribution::uniform, 1), 1);
    check_exact(toy::real("grid ends", 0.1, 0.10002), 21);
    check_exact(toy::real("one point", 0.25, 0.25), 1);
    check_exact(toy::real("one point off the grid", 0.12345671, 0.12345671), 1);
    check_exact(toy::real("ends off the grid", 0.1234561, 0.1234589), 4);           // both ends, 0.123457, 0.123458
    check_exact(toy::real("an end that rounds inwards", 0.12345678, 0.1234601), 4); // 0.123457 to 0.12346
    check_exact(toy::real("between two of the grid", 0.12345671, 0.12345679), 1);
    check_exact(toy::real("logarithmic", 1e-5, 1.0002e-5, Distribution::log_uniform, 0.2), 22);
    check_exact(toy::real("negative", -0.10001, -0.1), 11);
    check_exact(toy::real("always zero", 1, 2, Distribution::uniform, 1), 1);
    check_exact(toy::real("subnormal", 5e-324, 5e-323), 10);
    check_exact(toy::choice("choice", {"a", "b", "c"}), 3);
    check_exact(toy::boolean("switch"), 2);
}

TEST_CASE("spaces too large to list are counted exactly or stop at the largest count") {
    CHECK(count_values(toy::real("lr", 0.02, 0.5)) == 1'200'001); // 800,000 below 0.1, the rest from it on
    CHECK(count_values(toy::real("to zero", 0, 1)) - 1 == count_values(toy::real("above", 5e-324, 1)));
    CHECK(count_values(toy::real("both", -1, 1)) == 2 * count_values(toy::real("to zero", 0, 1)) - 1);
    CHECK(count_values(toy::real("all", -DBL_MAX, DBL_MAX)) == 1'127'364'343);
    CHECK(count_values(toy::integer("seed", 0, 4294967295.0)) == 4294967296U);
    CHECK(count_values(toy::integer("widest", -0x1p53, 0x1p53)) == (std::uint64_t{1} << 54U) + 1);
    config::Hyperparameter fixed = toy::integer("fixed", 0, 1);
    fixed.range.reset();
    CHECK_THROWS_AS(ValueSpace(fixed), Error);
}

TEST_CASE("draws stay within their range, however large or small it is, and are never a negative zero") {
    for (const auto& hyperparameter :
         {toy::real("all", -DBL_MAX, DBL_MAX), toy::real("subnormal", -1e-310, 1e-310), toy::real("wide", -1e-3, 1e6),
          toy::real("below", -7, 0), toy::real("tiny", 5e-324, DBL_MAX, Distribution::log_uniform)}) {
        const ValueSpace space(hyperparameter);
        Engine engine(8);
        for (int i = 0; i < 5000; ++i) {
            const double value = std::get<double>(space.draw(engine));
            REQUIRE((value >= hyperparameter.range->min && value <= hyperparameter.range->max));
            REQUIRE_FALSE((value == 0 && std::signbit(value)));
        }
    }
    for (const auto& hyperparameter :
         {toy::integer("all", -0x1p53, 0x1p53), toy::integer("large", 1, 0x1p53, Distribution::log_uniform)}) {
        const ValueSpace space(hyperparameter);
        Engine engine(8);
        for (int i = 0; i < 5000; ++i) {
            const auto value = std::get<std::int64_t>(space.draw(engine));
            REQUIRE((static_cast<double>(value) >= hyperparameter.range->min));
            REQUIRE((static_cast<double>(value) <= hyperparameter.range->max));
        }
    }
}

TEST_CASE("each value has the share of its distribution, also at the ends") {
    const int draws = 90'000;
    for (const auto& [word, times] : draw_many(toy::integer("even", 1, 9), draws)) {
        CHECK(times == Approx(draws / 9).margin(500));
    }
    for (const auto& [word, times] : draw_many(toy::integer("log", 1, 9, Distribution::log_uniform), draws)) {
        const double k = std::stod(word);
        CHECK(times == Approx(draws * std::log((k + 0.5) / (k - 0.5)) / std::log(9.5 / 0.5)).margin(500));
    }
    const auto zeros = draw_many(toy::real("zero", 1e-5, 0.01, Distribution::log_uniform, 0.3), draws);
    CHECK(zeros.at("0") == Approx(draws * 0.3).margin(600));
    int below = 0;
    for (const auto& [word, times] : draw_many(toy::real("log", 1e-5, 1e-1, Distribution::log_uniform), draws)) {
        below += std::stod(word) < 1e-3 ? times : 0;
    }
    CHECK(below == Approx(draws / 2).margin(600));
}

TEST_CASE("a space without values is refused with its name") {
    CHECK_THROWS_AS(ValueSpace(toy::real("x", 0, 1, Distribution::log_uniform)), Error);
    CHECK_THROWS_AS(ValueSpace(toy::integer("x", 0, 1, Distribution::log_uniform)), Error);
    CHECK_THROWS_AS(ValueSpace(toy::real("x", 2, 1)), Error);
    CHECK_THROWS_AS(ValueSpace(toy::choice("x", {})), Error);
    CHECK_THROWS_AS(ValueSpace(toy::choice("x", {"a", "b", "a"})), Error);
    CHECK(count_values(toy::integer("x", 0.2, 0.8)) == 0);
}
