#pragma once

namespace mutation::plan {

/// Natural logarithm of a positive finite number, from additions, multiplications and divisions alone: IEEE 754 fixes
/// those to the last bit, while `std::log` differs between C libraries, and with it a plan would. Error below 1e-15
/// relative to max(1, |result|).
[[nodiscard]] double portable_log(double x);

/// e to the power of x, likewise; relative error below 1e-12 over the doubles' whole range.
[[nodiscard]] double portable_exp(double x);

} // namespace mutation::plan
