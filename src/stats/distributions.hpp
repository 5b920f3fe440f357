#pragma once

namespace mutation::stats {

// The distributions of Boost.Math in double precision throughout: with long double, which differs between processors,
// the last digits would too. Only distributions.cpp sees Boost.Math, which takes long to compile.

[[nodiscard]] double normal_cdf(double z);
[[nodiscard]] double normal_quantile(double q);

/// P(T <= t).
[[nodiscard]] double t_cdf(double t, double degrees_of_freedom);
/// P(T > t), without cancellation for large t.
[[nodiscard]] double t_upper(double t, double degrees_of_freedom);
[[nodiscard]] double t_quantile(double q, double degrees_of_freedom);

/// P(T <= t) of the non-central t.
[[nodiscard]] double noncentral_t_cdf(double t, double degrees_of_freedom, double noncentrality);
/// P(T > t) of the non-central t.
[[nodiscard]] double noncentral_t_upper(double t, double degrees_of_freedom, double noncentrality);

[[nodiscard]] double chi_squared_upper(double x, double degrees_of_freedom);
[[nodiscard]] double chi_squared_quantile(double q, double degrees_of_freedom);

/// P(F > f).
[[nodiscard]] double f_upper(double f, double numerator, double denominator);

} // namespace mutation::stats
