#include "least_absolute.hpp"

#include <Eigen/LU>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace mutation::stats {

namespace {

constexpr int kMostExchanges = 10'000;

/// The rows that are fitted exactly.
using Basis = std::vector<Eigen::Index>;

/// m independent rows with small residuals of the least-squares fit. Pivoting picks the longest rows first.
Basis starting_basis(const Eigen::MatrixXd& x, const Eigen::VectorXd& y) {
    const Eigen::VectorXd residuals = y - x * x.colPivHouseholderQr().solve(y);
    const double softener = residuals.cwiseAbs().mean() * 1e-3 + std::numeric_limits<double>::min();
    const Eigen::VectorXd closeness = (residuals.cwiseAbs().array() + softener).inverse();
    const Eigen::MatrixXd weighted = x.transpose() * closeness.asDiagonal();
    const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(weighted);
    const auto& order = qr.colsPermutation().indices();
    return {order.data(), order.data() + x.cols()};
}

/// One exact fit, and how the residuals change along its edges.
struct Vertex {
    Eigen::VectorXd coefficients;
    Eigen::VectorXd residuals; ///< exactly 0 in the basis, and where they are rounding errors
    Eigen::MatrixXd slopes;    ///< n x m: residual i falls by slopes(i, j) per step along edge j
};

Vertex vertex_of(const Basis& basis, const Eigen::MatrixXd& x, const Eigen::VectorXd& y) {
    const Eigen::Index m = x.cols();
    Eigen::MatrixXd rows(m, m);
    Eigen::VectorXd values(m);
    for (Eigen::Index k = 0; k < m; ++k) {
        rows.row(k) = x.row(basis[static_cast<std::size_t>(k)]);
        values(k) = y(basis[static_cast<std::size_t>(k)]);
    }
    const Eigen::MatrixXd inverse = rows.inverse();
    Vertex vertex;
    vertex.coefficients = inverse * values;
    vertex.residuals = y - x * vertex.coefficients;
    vertex.slopes = x * inverse;
    const double rounding = 1e-13 * y.cwiseAbs().maxCoeff();
    vertex.residuals = (vertex.residuals.cwiseAbs().array() > rounding).select(vertex.residuals, 0);
    for (const Eigen::Index row : basis) {
        vertex.residuals(row) = 0;
    }
    return vertex;
}

/// The edge along which the sum of |residuals| falls most steeply; nothing at a minimum.
std::optional<Eigen::Index> steepest_edge(const Vertex& vertex) {
    std::optional<Eigen::Index> best;
    double steepest = 1e-9;
    for (Eigen::Index j = 0; j < vertex.slopes.cols(); ++j) {
        double pull = 0;       // of the residuals that change whatever the direction
        double resistance = 0; // of those that are 0 and can only grow: the basis' own row has slope 1
        for (Eigen::Index i = 0; i < vertex.residuals.size(); ++i) {
            const double residual = vertex.residuals(i);
            if (residual == 0) {
                resistance += std::abs(vertex.slopes(i, j));
            } else {
                pull += residual > 0 ? vertex.slopes(i, j) : -vertex.slopes(i, j);
            }
        }
        if (std::abs(pull) - resistance > steepest) {
            steepest = std::abs(pull) - resistance;
            best = j;
        }
    }
    return best;
}

/// The row whose residual is 0 where the sum along the edge is smallest: the weighted median of the zeros' positions.
Eigen::Index entering_row(const Vertex& vertex, Eigen::Index edge) {
    struct Zero {
        double position;
        double weight;
        Eigen::Index row;
    };
    std::vector<Zero> zeros;
    double total = 0;
    for (Eigen::Index i = 0; i < vertex.residuals.size(); ++i) {
        const double slope = vertex.slopes(i, edge);
        if (std::abs(slope) > 1e-12) {
            zeros.push_back({vertex.residuals(i) / slope, std::abs(slope), i});
            total += std::abs(slope);
        }
    }
    std::sort(zeros.begin(), zeros.end(), [](const Zero& a, const Zero& b) { return a.position < b.position; });
    double passed = 0;
    for (const Zero& zero : zeros) {
        passed += zero.weight;
        if (2 * passed >= total) {
            return zero.row;
        }
    }
    return zeros.back().row;
}

} // namespace

Eigen::VectorXd fit_least_absolute(const Eigen::MatrixXd& x, const Eigen::VectorXd& y) {
    Basis basis = starting_basis(x, y);
    Vertex vertex = vertex_of(basis, x, y);
    for (int step = 0; step < kMostExchanges; ++step) {
        const auto edge = steepest_edge(vertex);
        if (!edge) {
            break;
        }
        basis[static_cast<std::size_t>(*edge)] = entering_row(vertex, *edge);
        Vertex next = vertex_of(basis, x, y);
        if (!(next.residuals.lpNorm<1>() < vertex.residuals.lpNorm<1>())) { // only rounding errors are left to gain
            break;
        }
        vertex = std::move(next);
    }
    return vertex.coefficients;
}

} // namespace mutation::stats
