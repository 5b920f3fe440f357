#pragma once

#include "mutation/report/report.hpp"

namespace mutation::report {

/// Adds the flags that a comparison with the other runs of the group raises: first of the GPUs' utilisation, then of
/// power and duration. Runs that were excluded, or flagged already, are not looked at and do not count.
///
/// Utilisation: further from the median than 5 max(1.4826 MAD, 1 point), after what the inputs explain (robust fit,
/// if there are enough runs for one) is taken away.
/// Power and duration: |residual| over 5 robust standard deviations of the robust fit of their logarithms on the
/// inputs, with and without squared terms: a curve is no contamination.
void find_flags(Group& group);

} // namespace mutation::report
