#include "mutation/stats/robust_fit.hpp"

#include "design_matrix.hpp"
#include "least_absolute.hpp"
#include "mutation/stats/descriptive.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>

namespace mutation::stats {

namespace {

constexpr double kBisquareConstant = 4.685;
constexpr double kMadToSd = 1.482602218505602; // 1 / the .75 quantile of the standard normal
constexpr int kMostReweightings = 500;

/// 1.4826 times the median of the n - m largest |residuals|.
double scale_of(const Eigen::VectorXd& residuals, Eigen::Index m) {
    std::vector<double> sizes = to_std(residuals.cwiseAbs());
    std::sort(sizes.begin(), sizes.end());
    return kMadToSd * median(std::span(sizes).subspan(static_cast<std::size_t>(m)));
}

Eigen::VectorXd bisquare_weights(const Eigen::VectorXd& residuals, double scale) {
    const Eigen::ArrayXd part = (residuals.array() / (kBisquareConstant * scale)).square().min(1);
    return (1 - part).square();
}

struct Descent {
    Eigen::VectorXd coefficients;
    bool is_converged = false;
};

/// Reweighted least squares with a fixed scale until no fitted value moves.
Descent reweight(const Eigen::MatrixXd& x, const Eigen::VectorXd& y, Eigen::VectorXd coefficients, double scale) {
    for (int step = 0; step < kMostReweightings; ++step) {
        const Eigen::VectorXd roots = bisquare_weights(y - x * coefficients, scale).cwiseSqrt();
        const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(roots.asDiagonal() * x);
        if (qr.rank() < x.cols()) { // all rows that tell one input's effect are outliers
            break;
        }
        const Eigen::VectorXd next = qr.solve(roots.cwiseProduct(y));
        const double moved = (x * (next - coefficients)).cwiseAbs().maxCoeff();
        coefficients = next;
        if (moved <= 1e-12 * scale) {
            return {coefficients, true};
        }
    }
    return {coefficients, false};
}

} // namespace

Result<RobustFit> fit_robust(const Columns& inputs, std::span<const double> outcome) {
    const Result<ScaledInputs> scaled = scale_for_fit(inputs, outcome);
    if (!scaled) {
        return scaled.refusal();
    }
    const Refusal no_scale{"so many rows fit exactly that the residuals have no scale", {}};
    const Eigen::MatrixXd x = scaled->with_intercept();
    const double center = median(outcome);
    const Eigen::VectorXd y = to_vector(outcome).array() - center;
    const double smallest_scale = 1e-12 * y.cwiseAbs().maxCoeff();

    const Eigen::VectorXd start = fit_least_absolute(x, y);
    const double start_scale = scale_of(y - x * start, x.cols());
    if (!(start_scale > smallest_scale)) {
        return no_scale;
    }
    Descent descent = reweight(x, y, start, start_scale);
    const Eigen::VectorXd residuals = y - x * descent.coefficients;

    RobustFit fit;
    fit.is_converged = descent.is_converged;
    fit.scale = scale_of(residuals, x.cols());
    if (!(fit.scale > smallest_scale)) {
        return no_scale;
    }
    descent.coefficients(0) += center;
    fit.coefficients = scaled->unscaled(descent.coefficients);
    fit.residuals = to_std(residuals);
    fit.standardised = to_std(residuals / fit.scale);
    fit.weights = to_std(bisquare_weights(residuals, start_scale));
    return fit;
}

} // namespace mutation::stats
