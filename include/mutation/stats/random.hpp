#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace mutation::stats {

/// How often something is drawn again, and from which seed.
struct Resampling {
    std::size_t draws = 2000;
    std::uint64_t seed = 0;
};

/// A source of random numbers that gives the same numbers on every machine, with every compiler and standard library.
/// The engine is fixed by the C++ standard (mt19937_64). The distributions are those of Boost.Random, because the
/// standard leaves them to the library; Boost's code for them gives the same numbers from 1.64 to at least 1.90.
class Random {
public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}

    /// Uniform in [0, 1).
    [[nodiscard]] double uniform();
    /// Standard normal (ziggurat).
    [[nodiscard]] double normal();
    /// Uniform in {0, ..., count - 1}, without bias. `count` is at least 1.
    [[nodiscard]] std::size_t index(std::size_t count);

    /// Brings `values` into a random order (Fisher-Yates); every order has the same probability.
    void shuffle(std::span<double> values);
    /// How often each of `count` cases appears in a sample of `count` cases with replacement.
    [[nodiscard]] std::vector<std::size_t> resample_counts(std::size_t count);

private:
    std::mt19937_64 engine_;
};

} // namespace mutation::stats
