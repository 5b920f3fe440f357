#include "mutation/plan/decimal_grid.hpp"

#include "mutation/core/numbers.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <string>

namespace mutation::plan {

namespace {

constexpr int kDigits = 6;
constexpr std::uint64_t kFirstMantissa = 100'000;
constexpr std::uint64_t kPerDecade = 900'000;

// Below 1e-318 doubles are coarser than 6 digits: there each double is on the grid. From it on, each decimal has its
// own.
constexpr int kFirstDecade = -318;
constexpr double kGridStart = 1e-318;
constexpr std::uint64_t kCoarseCount = std::bit_cast<std::uint64_t>(kGridStart) - 1;

// Doubles represent these exactly, so one multiplication or division by them is correctly rounded.
constexpr std::array<double, 23> kPowers{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                         1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

constexpr int kFirstFastDecade = -15;
constexpr std::array<double, 31> kFastDecades{1e-15, 1e-14, 1e-13, 1e-12, 1e-11, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5,
                                              1e-4,  1e-3,  1e-2,  1e-1,  1e0,   1e1,   1e2,  1e3,  1e4,  1e5,  1e6,
                                              1e7,   1e8,   1e9,   1e10,  1e11,  1e12,  1e13, 1e14, 1e15};

/// mantissa * 10^exponent, correctly rounded.
double decimal_value(std::uint64_t mantissa, int exponent) {
    const auto digits = static_cast<double>(mantissa);
    const auto power = static_cast<std::size_t>(std::abs(exponent));
    if (power < kPowers.size()) {
        return exponent < 0 ? digits / kPowers[power] : digits * kPowers[power];
    }
    const std::string text = std::to_string(mantissa) + "e" + std::to_string(exponent);
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

double round_fast(double magnitude) {
    const auto* const above = std::upper_bound(kFastDecades.begin(), kFastDecades.end(), magnitude);
    const int decade = kFirstFastDecade + static_cast<int>(above - kFastDecades.begin()) - 1;
    const int scale = kDigits - 1 - decade;
    const auto power = kPowers[static_cast<std::size_t>(std::abs(scale))];
    const double scaled = scale < 0 ? magnitude / power : magnitude * power;
    return decimal_value(static_cast<std::uint64_t>(std::lround(scaled)), -scale);
}

/// Rank of a value of the grid.
std::uint64_t rank_on_grid(double value) {
    if (value <= kGridStart) {
        return std::bit_cast<std::uint64_t>(value);
    }
    std::array<char, 32> text{}; // d.ddddde-xxx
    const auto [end, status] =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific, kDigits - 1);
    auto mantissa = static_cast<std::uint64_t>(text[0] - '0');
    for (int digit = 1; digit < kDigits; ++digit) {
        mantissa = mantissa * 10 + static_cast<std::uint64_t>(text[static_cast<std::size_t>(digit) + 1] - '0');
    }
    const char* exponent = text.data() + kDigits + 2;
    int decade = 0;
    std::from_chars(*exponent == '+' ? exponent + 1 : exponent, end, decade);
    return kCoarseCount + static_cast<std::uint64_t>(decade - kFirstDecade) * kPerDecade + (mantissa - kFirstMantissa) +
           1;
}

} // namespace

double round_to_grid(double value) {
    const double magnitude = std::abs(value);
    if (magnitude >= kFastDecades.front() && magnitude < kFastDecades.back()) {
        const double rounded = round_fast(magnitude);
        return value < 0 ? -rounded : rounded;
    }
    return round_significant(value, kDigits) + 0.0; // turns -0.0 into 0.0
}

std::uint64_t grid_rank(double limit) {
    const double nearest = round_to_grid(limit);
    return rank_on_grid(nearest) - (nearest > limit ? 1 : 0);
}

double grid_value(std::uint64_t rank) {
    if (rank <= kCoarseCount) {
        return std::bit_cast<double>(rank);
    }
    const std::uint64_t place = rank - kCoarseCount - 1;
    const int decade = kFirstDecade + static_cast<int>(place / kPerDecade);
    return decimal_value(kFirstMantissa + place % kPerDecade, decade - (kDigits - 1));
}

} // namespace mutation::plan
