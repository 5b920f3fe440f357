#include "design_matrix.hpp"

#include "contract.hpp"
#include "mutation/stats/descriptive.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <optional>

namespace mutation::stats {

namespace {

/// A column whose spread is this small against its size holds only rounding errors.
constexpr double kConstantTolerance = 1e-12;
/// As in R's lm.
constexpr double kRankTolerance = 1e-7;

bool all_finite(std::span<const double> values) {
    return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

/// The first column, in the order of pivoting, that the columns before it give.
std::optional<std::size_t> dependent_column(const Eigen::MatrixXd& matrix) {
    Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr;
    qr.setThreshold(kRankTolerance);
    qr.compute(matrix);
    if (qr.rank() == matrix.cols()) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(qr.colsPermutation().indices()(qr.rank()));
}

} // namespace

Eigen::MatrixXd ScaledInputs::with_intercept() const {
    Eigen::MatrixXd full(matrix.rows(), matrix.cols() + 1);
    full.col(0).setOnes();
    full.rightCols(matrix.cols()) = matrix;
    return full;
}

std::vector<double> ScaledInputs::unscaled(const Eigen::VectorXd& coefficients) const {
    Eigen::VectorXd result = coefficients;
    result.tail(lengths.size()).array() /= lengths.array();
    result(0) -= result.tail(lengths.size()).dot(means);
    return to_std(result);
}

Eigen::VectorXd to_vector(std::span<const double> values) {
    return Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size()));
}

std::vector<double> to_std(const Eigen::VectorXd& values) {
    return {values.data(), values.data() + values.size()};
}

Result<ScaledInputs> scale_inputs(const Columns& inputs, std::size_t rows) {
    require_rows(inputs, rows);
    if (inputs.empty() || rows == 0) {
        return Refusal{"there is no input", {}};
    }
    const auto p = static_cast<Eigen::Index>(inputs.size());
    ScaledInputs scaled{Eigen::MatrixXd(static_cast<Eigen::Index>(rows), p), Eigen::VectorXd(p), Eigen::VectorXd(p)};
    for (std::size_t j = 0; j < inputs.size(); ++j) {
        if (!all_finite(inputs[j])) {
            return Refusal{"an input has a value that is not finite", j};
        }
        const auto column = static_cast<Eigen::Index>(j);
        const Eigen::VectorXd values = to_vector(inputs[j]);
        scaled.means(column) = values.mean();
        scaled.matrix.col(column) = values.array() - scaled.means(column);
        scaled.lengths(column) = scaled.matrix.col(column).norm();
        if (!(scaled.lengths(column) > kConstantTolerance * values.norm())) {
            return Refusal{"an input has the same value in all rows", j};
        }
        scaled.matrix.col(column) /= scaled.lengths(column);
    }
    return scaled;
}

Result<ScaledInputs> scale_for_fit(const Columns& inputs, std::span<const double> outcome) {
    Result<ScaledInputs> scaled = scale_inputs(inputs, outcome.size());
    if (!scaled) {
        return scaled;
    }
    if (outcome.size() < inputs.size() + 2) {
        return Refusal{"there are too few rows for so many inputs", {}};
    }
    if (!all_finite(outcome)) {
        return Refusal{"the outcome has a value that is not finite", {}};
    }
    if (!varies(outcome)) {
        return Refusal{"the outcome has the same value in all rows", {}};
    }
    if (const auto column = dependent_column(scaled->matrix)) {
        return Refusal{"an input follows from the other inputs, so that their effects cannot be told apart", column};
    }
    return scaled;
}

} // namespace mutation::stats
