#include "mutation/stats/least_squares.hpp"

#include "design_matrix.hpp"
#include "mutation/stats/descriptive.hpp"

#include <Eigen/QR>
#include <Eigen/SVD>
#include <cmath>
#include <limits>

namespace mutation::stats {

namespace {

/// 1 - leverage below this is rounding error: the row decides a coefficient alone.
constexpr double kLeverageTolerance = 1e-9;

/// The matrix A with coefficients = A outcome, (p + 1) x n, for the columns as given and the intercept first. Standard
/// errors and leverage follow from its rows.
Eigen::MatrixXd coefficient_weights(const ScaledInputs& inputs) {
    const Eigen::Index n = inputs.matrix.rows();
    const Eigen::Index p = inputs.matrix.cols();
    const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(inputs.matrix);
    const Eigen::MatrixXd q = qr.householderQ() * Eigen::MatrixXd::Identity(n, p);
    Eigen::MatrixXd slopes = qr.matrixQR().topRows(p).triangularView<Eigen::Upper>().solve(q.transpose());
    slopes = qr.colsPermutation() * slopes;
    slopes.array().colwise() /= inputs.lengths.array();

    Eigen::MatrixXd weights(p + 1, n);
    weights.bottomRows(p) = slopes;
    weights.row(0) = -inputs.means.transpose() * slopes;
    weights.row(0).array() += 1 / static_cast<double>(n);
    return weights;
}

/// Diagonal of the hat matrix: the outcome's own part in each fitted value.
Eigen::VectorXd leverage_of(const ScaledInputs& inputs, const Eigen::MatrixXd& weights) {
    Eigen::VectorXd result(inputs.matrix.rows());
    for (Eigen::Index i = 0; i < result.size(); ++i) {
        const Eigen::VectorXd slopes = weights.col(i).tail(inputs.matrix.cols());
        result(i) = 1 / static_cast<double>(result.size()) +
                    (inputs.matrix.row(i).transpose().array() * inputs.lengths.array() * slopes.array()).sum();
    }
    return result;
}

double condition_of(const ScaledInputs& inputs) {
    const Eigen::JacobiSVD<Eigen::MatrixXd> svd(inputs.matrix.transpose() * inputs.matrix);
    return std::sqrt(svd.singularValues()(0) / svd.singularValues()(inputs.matrix.cols() - 1));
}

/// HC3 of the coefficient whose row of A this is.
std::optional<double> hc3_standard_error(const Eigen::VectorXd& weights, const Eigen::VectorXd& residuals,
                                         const Eigen::VectorXd& leverage) {
    const double negligible = kLeverageTolerance * weights.cwiseAbs().maxCoeff();
    double variance = 0;
    for (Eigen::Index i = 0; i < weights.size(); ++i) {
        const double freedom = 1 - leverage(i);
        if (freedom > kLeverageTolerance) {
            variance += std::pow(weights(i) * residuals(i) / freedom, 2);
        } else if (std::abs(weights(i)) > negligible) {
            return std::nullopt;
        }
    }
    return std::sqrt(variance);
}

std::vector<std::optional<double>> cooks_distances(const LinearFit& fit) {
    std::vector<std::optional<double>> distances(fit.n);
    const auto scale = static_cast<double>(fit.p + 1) * fit.residual_sd * fit.residual_sd;
    for (std::size_t i = 0; i < fit.n; ++i) {
        const double freedom = 1 - fit.leverage[i];
        if (freedom > kLeverageTolerance && scale > 0) {
            distances[i] = fit.residuals[i] * fit.residuals[i] * fit.leverage[i] / (scale * freedom * freedom);
        }
    }
    return distances;
}

} // namespace

Result<LinearFit> fit_least_squares(const Columns& inputs, std::span<const double> outcome) {
    const Result<ScaledInputs> scaled = scale_for_fit(inputs, outcome);
    if (!scaled) {
        return scaled.refusal();
    }
    LinearFit fit;
    fit.n = outcome.size();
    fit.p = inputs.size();
    const double center = mean(outcome);
    const Eigen::VectorXd centered = to_vector(outcome).array() - center;
    const Eigen::MatrixXd weights = coefficient_weights(*scaled);
    Eigen::VectorXd coefficients = weights * centered;
    const Eigen::VectorXd scaled_slopes = coefficients.tail(scaled->lengths.size()).cwiseProduct(scaled->lengths);
    const Eigen::VectorXd residuals = centered - scaled->matrix * scaled_slopes;
    const Eigen::VectorXd leverage = leverage_of(*scaled, weights);
    coefficients(0) += center;

    fit.residual_sd = residuals.norm() / std::sqrt(fit.degrees_of_freedom());
    fit.r2 = 1 - residuals.squaredNorm() / centered.squaredNorm();
    fit.condition_number = condition_of(*scaled);
    fit.residuals = to_std(residuals);
    fit.leverage = to_std(leverage);
    fit.cooks_distance = cooks_distances(fit);
    for (Eigen::Index j = 0; j < coefficients.size(); ++j) {
        const double error = fit.residual_sd * weights.row(j).norm();
        fit.coefficients.push_back({coefficients(j), error, fit.degrees_of_freedom()});
        fit.hc3_standard_errors.push_back(hc3_standard_error(weights.row(j), residuals, leverage));
    }
    return fit;
}

} // namespace mutation::stats
