#include "mutation/plan/draw_bits.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace mutation::plan {

namespace {

/// A bijection of 64 bits in which each bit depends on all others (the finaliser of SplitMix64).
std::uint64_t mix_bits(std::uint64_t bits) {
    bits = (bits ^ (bits >> 30U)) * 0xBF58476D1CE4E5B9U;
    bits = (bits ^ (bits >> 27U)) * 0x94D049BB133111EBU;
    return bits ^ (bits >> 31U);
}

} // namespace

Engine make_engine(std::uint64_t seed, std::uint64_t stream) {
    constexpr std::uint64_t kStride = 0x9E3779B97F4A7C15U; // odd: no two streams of a seed meet
    return Engine(mix_bits(mix_bits(seed) + kStride * (stream + 1)));
}

double draw_unit(Engine& engine) {
    return static_cast<double>(engine() >> 11U) * 0x1p-53;
}

double draw_fine_unit(Engine& engine) {
    constexpr int kSmallestExponent = -1088; // below every double
    int exponent = 0;
    std::uint64_t bits = engine();
    while (bits == 0 && exponent > kSmallestExponent) {
        bits = engine();
        exponent -= 64;
    }
    if (bits == 0) {
        return 0;
    }
    const int zeros = std::countl_zero(bits);
    if (zeros > 11) { // fewer than 53 bits are left behind the leading zeros
        bits = (bits << static_cast<unsigned>(zeros)) | (engine() >> static_cast<unsigned>(64 - zeros));
        exponent -= zeros;
    }
    // Cut to 53 significant bits, so that the conversion is exact and never rounds up to 1.
    const auto spare = static_cast<unsigned>(11 - std::min(std::countl_zero(bits), 11));
    return std::ldexp(static_cast<double>((bits >> spare) << spare), exponent - 64);
}

std::uint64_t draw_below(std::uint64_t count, Engine& engine) {
    const std::uint64_t surplus = (0 - count) % count; // so many of the 2^64 outcomes would favour small results
    for (;;) {
        const std::uint64_t bits = engine();
        if (bits >= surplus) {
            return bits % count;
        }
    }
}

} // namespace mutation::plan
