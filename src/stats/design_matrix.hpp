#pragma once

#include "mutation/stats/columns.hpp"
#include "mutation/stats/result.hpp"

#include <Eigen/Core>
#include <span>
#include <vector>

namespace mutation::stats {

/// Input columns, each centred and scaled to length 1, so that no tolerance depends on units.
struct ScaledInputs {
    Eigen::MatrixXd matrix; ///< n x p
    Eigen::VectorXd means;  ///< p, of the columns as given
    Eigen::VectorXd lengths;

    /// The same with a leading column of ones.
    [[nodiscard]] Eigen::MatrixXd with_intercept() const;
    /// Coefficients ([0]: intercept) that belong to the columns as given, from those of `with_intercept`.
    [[nodiscard]] std::vector<double> unscaled(const Eigen::VectorXd& coefficients) const;
};

[[nodiscard]] Eigen::VectorXd to_vector(std::span<const double> values);
[[nodiscard]] std::vector<double> to_std(const Eigen::VectorXd& values);

/// Refused if there is no column, a number is not finite or a column is constant.
/// Throws Error (internal) if the lengths differ.
[[nodiscard]] Result<ScaledInputs> scale_inputs(const Columns& inputs, std::size_t rows);

/// The reason why a model cannot be fitted: those of scale_inputs, n < p + 2, a constant outcome, or a column that is a
/// linear combination of the others.
[[nodiscard]] Result<ScaledInputs> scale_for_fit(const Columns& inputs, std::span<const double> outcome);

} // namespace mutation::stats
