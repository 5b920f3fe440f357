#pragma once

#include <cstdint>
#include <random>

namespace mutation::plan {

/// The generator of all draws. Its output is fixed by the C++ standard; only its raw bits are used, since the
/// standard's distributions differ between libraries.
using Engine = std::mt19937_64;

/// The generator of one stream of a session: every configuration has its own, so that editing one entry of a config
/// does not change what another draws.
[[nodiscard]] Engine make_engine(std::uint64_t seed, std::uint64_t stream);

/// Uniform in [0, 1), a multiple of 2^-53.
[[nodiscard]] double draw_unit(Engine& engine);

/// Uniform in [0, 1) with all 53 bits of a double however small it is: each double can come, not just the
/// multiples of 2^-53.
[[nodiscard]] double draw_fine_unit(Engine& engine);

/// Uniform in [0, count), unbiased. `count` is at least 1.
[[nodiscard]] std::uint64_t draw_below(std::uint64_t count, Engine& engine);

} // namespace mutation::plan
