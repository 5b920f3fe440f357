#include "catch.hpp"

#include "mutation/core/numbers.hpp"
#include "mutation/plan/decimal_grid.hpp"
#include "mutation/plan/draw_bits.hpp"
#include "mutation/plan/portable_math.hpp"

#include <bit>
#include <cfloat>
#include <cmath>

using namespace mutation;
using namespace mutation::plan;

TEST_CASE("rounding to the grid is rounding to six significant digits, over all doubles") {
    Engine engine(3);
    int wrong = 0;
    for (int i = 0; i < 100'000; ++i) {
        const double any = std::bit_cast<double>(engine());
        const double usual = std::ldexp(draw_unit(engine) - 0.5, static_cast<int>(draw_below(80, engine)) - 40);
        for (const double value : {std::isfinite(any) ? any : 1.0, usual}) {
            const double rounded = round_to_grid(value);
            wrong += rounded != round_significant(value, 6) || round_to_grid(rounded) != rounded ? 1 : 0;
        }
    }
    CHECK(wrong == 0);
    CHECK_FALSE(std::signbit(round_to_grid(-0.0)));
    CHECK(round_to_grid(0.9999996) == 1.0);
    CHECK(round_to_grid(1e-3) == 1e-3);
}

TEST_CASE("each value of the grid has its own rank, also tiny and huge values") {
    Engine engine(4);
    const std::uint64_t all = grid_rank(DBL_MAX);
    const std::uint64_t coarse = std::bit_cast<std::uint64_t>(1e-318); // from here on decimals are sparser than doubles
    int wrong = 0;
    for (std::uint64_t i = 0; i < 30'000; ++i) {
        for (const std::uint64_t rank : {1 + draw_below(all, engine), i + 1, coarse - 15'000 + i}) {
            const double value = grid_value(rank);
            wrong += grid_rank(value) != rank || round_to_grid(value) != value ? 1 : 0;
        }
    }
    CHECK(wrong == 0);
    CHECK(grid_rank(2.0) - grid_rank(1.0) == 100'000);
    CHECK(grid_rank(std::nextafter(2.0, 0.0)) == grid_rank(2.0) - 1);
    CHECK(std::isfinite(grid_value(all)));
}

TEST_CASE("logarithm and exponential agree with the C library to the last digits") {
    Engine engine(5);
    double worst_log = 0;
    double worst_exp = 0;
    for (int i = 0; i < 100'000; ++i) {
        const double x = std::bit_cast<double>(engine() >> 1U);
        if (std::isfinite(x) && x > 0) {
            worst_log =
                std::max(worst_log, std::abs(portable_log(x) - std::log(x)) / std::max(1.0, std::abs(std::log(x))));
        }
        const double y = draw_unit(engine) * 1400 - 700;
        worst_exp = std::max(worst_exp, std::abs(portable_exp(y) / std::exp(y) - 1));
    }
    CHECK(worst_log < 1e-15);
    CHECK(worst_exp < 1e-14);
}
