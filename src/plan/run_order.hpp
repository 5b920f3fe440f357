#pragma once

#include "mutation/config/experiment_config.hpp"
#include "mutation/plan/draw_bits.hpp"

#include <cstdint>
#include <vector>

namespace mutation::plan {

/// One experiment before it has values: which run of which configuration.
struct Slot {
    std::uint32_t configuration = 0;
    std::uint32_t run = 0;       ///< which of the configuration's sets of values
    std::uint32_t replicate = 1; ///< which run of these values, from 1
    bool is_control = false;

    bool operator==(const Slot&) const = default;
};

/// How many runs a configuration has.
struct RunCount {
    std::uint32_t runs = 0;
    bool has_same_values = false; ///< all runs are replicates of one set of values
};

/// Puts all runs, each `replicates` times, in order. `as_written` is AAABBB: all replicates of a set of values before
/// the next set, all sets of a configuration before the next configuration. `interleaved` is ABABAB: one run of each
/// configuration in turn, all values of the session before they come again. `random` shuffles; the same values are
/// neighbours only if nothing else can be put between them.
[[nodiscard]] std::vector<Slot> order_runs(const std::vector<RunCount>& configurations, std::uint32_t replicates,
                                           config::Order order, Engine engine);

/// Adds control runs: first, after every `every` slots, and last.
[[nodiscard]] std::vector<Slot> add_controls(const std::vector<Slot>& slots, std::uint32_t every,
                                             std::uint32_t configuration);

} // namespace mutation::plan
