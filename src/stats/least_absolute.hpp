#pragma once

#include <Eigen/Core>

namespace mutation::stats {

/// Coefficients b with the smallest sum of |y - X b|; `x` is n x m with independent columns, n >= m, and m >= 1.
/// The descent of Bloomfield & Steiger (1980): from exact fit to exact fit through m rows, along the edge that falls
/// most steeply to the weighted median on it. Every step lowers the sum, so it ends; where more than m rows fit exactly
/// it may end before the minimum.
[[nodiscard]] Eigen::VectorXd fit_least_absolute(const Eigen::MatrixXd& x, const Eigen::VectorXd& y);

} // namespace mutation::stats
