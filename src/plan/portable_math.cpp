#include "mutation/plan/portable_math.hpp"

#include <cmath>

namespace mutation::plan {

namespace {

// ln 2 in two parts: `kLog2High` has so few bits that a product with an exponent is exact.
constexpr double kLog2High = 0x1.62e42fefap-1;
constexpr double kLog2Low = 0x1.cf79abc9e3b39p-40;
constexpr double kHalfRoot = 0.70710678118654752440;

} // namespace

double portable_log(double x) {
    int exponent = 0;
    double fraction = std::frexp(x, &exponent);
    if (fraction < kHalfRoot) {
        fraction *= 2;
        --exponent;
    }
    // ln f = 2 (t + t^3/3 + t^5/5 + ...) with t = (f-1)/(f+1), here |t| < 0.172: 11 terms fill a double.
    const double t = (fraction - 1) / (fraction + 1);
    const double square = t * t;
    double series = 0;
    for (int term = 21; term >= 1; term -= 2) {
        series = series * square + 1.0 / term;
    }
    return exponent * kLog2High + (exponent * kLog2Low + 2 * t * series);
}

double portable_exp(double x) {
    const double exponent = std::floor(x / (kLog2High + kLog2Low) + 0.5);
    const double rest = (x - exponent * kLog2High) - exponent * kLog2Low;
    // Taylor; |rest| < 0.35: 14 terms fill a double.
    double series = 1;
    for (int term = 14; term >= 1; --term) {
        series = 1 + series * rest / term;
    }
    return std::ldexp(series, static_cast<int>(exponent));
}

} // namespace mutation::plan
