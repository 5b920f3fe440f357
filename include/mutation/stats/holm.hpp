#pragma once

#include <span>
#include <vector>

namespace mutation::stats {

/// Holm's (1979) adjusted p values, in the order of `p_values`: rejecting those at most alpha keeps the probability of
/// any false rejection at most alpha, whatever the dependence between the tests.
[[nodiscard]] std::vector<double> holm(std::span<const double> p_values);

} // namespace mutation::stats
