#include "mutation/stats/importance.hpp"

#include "contract.hpp"
#include "design_matrix.hpp"
#include "mutation/stats/descriptive.hpp"
#include "subset_r2.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <span>
#include <utility>

namespace mutation::stats {

namespace {

/// Number of columns of each term.
std::vector<std::size_t> columns_of_terms(const std::vector<std::size_t>& term_of_column) {
    std::vector<std::size_t> counts;
    for (const std::size_t term : term_of_column) {
        counts.resize(std::max(counts.size(), term + 1), 0);
        ++counts[term];
    }
    require(std::find(counts.begin(), counts.end(), std::size_t{0}) == counts.end(), "stats: a term has no column");
    return counts;
}

/// The columns in the order of the terms, then the outcomes.
Columns in_order_of_terms(const GroupedInputs& inputs, std::size_t terms, const Columns& outcomes) {
    Columns columns;
    for (std::size_t term = 0; term < terms; ++term) {
        for (std::size_t j = 0; j < inputs.columns.size(); ++j) {
            if (inputs.term_of_column[j] == term) {
                columns.push_back(inputs.columns[j]);
            }
        }
    }
    columns.insert(columns.end(), outcomes.begin(), outcomes.end());
    return columns;
}

/// Sums of products about the mean of the rows, each counted as often as `counts` says. `rows` has a row of the data in
/// each column.
ProductMatrix products_of(const Eigen::MatrixXd& rows, const std::vector<std::size_t>& counts) {
    Eigen::MatrixXd drawn(rows.rows(), rows.cols());
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(rows.rows());
    Eigen::Index used = 0;
    double total = 0;
    for (Eigen::Index i = 0; i < rows.cols(); ++i) {
        const auto count = static_cast<double>(counts[static_cast<std::size_t>(i)]);
        if (count > 0) {
            sum += count * rows.col(i);
            drawn.col(used++) = std::sqrt(count) * rows.col(i);
            total += count;
        }
    }
    Eigen::MatrixXd products = -sum * sum.transpose() / total;
    products.selfadjointView<Eigen::Lower>().rankUpdate(drawn.leftCols(used));
    ProductMatrix result(static_cast<std::size_t>(products.rows()));
    for (std::size_t row = 0; row < result.size; ++row) {
        for (std::size_t column = 0; column <= row; ++column) {
            result.at(row, column) = products(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column));
        }
    }
    return result;
}

/// [s]: in which part of all orders a given term enters right after a given set of s others: s! (T - s - 1)! / T!.
std::vector<double> order_weights(std::size_t terms) {
    std::vector<double> weights(terms);
    double weight = 1 / static_cast<double>(terms);
    for (std::size_t s = 0; s < terms; ++s) {
        weights[s] = weight;
        weight *= static_cast<double>(s + 1) / static_cast<double>(terms - s - 1);
    }
    return weights;
}

/// shares[term * outcomes + k] from the R2 of all subsets. A term's share is the sum of (w[s - 1] + w[s]) R2 over the
/// subsets of size s with the term, less the sum of w[s] R2 over all subsets. The sums with a term are folded: once the
/// upper half, which has the last term, is summed, it is added to the lower half, and the last term is dealt with.
std::vector<double> shapley(const std::vector<double>& r2, std::size_t terms, std::size_t outcomes) {
    std::vector<double> weights = order_weights(terms);
    weights.push_back(0); // no term enters after all have
    std::vector<double> folded(r2.size());
    std::vector<double> all(outcomes, 0);
    for (std::size_t mask = 0; mask < std::size_t{1} << terms; ++mask) {
        const auto size = static_cast<std::size_t>(std::popcount(mask));
        const double with_term = weights[size] + (size > 0 ? weights[size - 1] : 0);
        for (std::size_t k = 0; k < outcomes; ++k) {
            const std::size_t i = mask * outcomes + k;
            folded[i] = with_term * r2[i];
            all[k] += weights[size] * r2[i];
        }
    }
    std::vector<double> shares(terms * outcomes, 0);
    for (std::size_t term = terms; term-- > 0;) {
        const std::size_t half = std::size_t{1} << term;
        for (std::size_t k = 0; k < outcomes; ++k) {
            double sum = -all[k];
            for (std::size_t i = k; i < half * outcomes; i += outcomes) {
                sum += folded[half * outcomes + i];
                folded[i] += folded[half * outcomes + i];
            }
            shares[term * outcomes + k] = sum;
        }
    }
    return shares;
}

/// draws[term * outcomes + k] holds that share in each resample.
std::vector<std::vector<double>> bootstrap_shares(SubsetR2& models, const Eigen::MatrixXd& rows, std::size_t outcomes,
                                                  const Resampling& bootstrap) {
    Random random(bootstrap.seed);
    std::vector<std::vector<double>> draws(models.terms() * outcomes);
    for (std::size_t draw = 0; draw < bootstrap.draws; ++draw) {
        const auto counts = random.resample_counts(static_cast<std::size_t>(rows.cols()));
        const std::vector<double> shares = shapley(models.compute(products_of(rows, counts)), models.terms(), outcomes);
        for (std::size_t i = 0; i < shares.size(); ++i) {
            draws[i].push_back(shares[i]);
        }
    }
    return draws;
}

} // namespace

Result<std::vector<Importance>> shares_of_r2(const GroupedInputs& inputs, const Columns& outcomes,
                                             const Resampling& bootstrap, double level) {
    require(inputs.columns.size() == inputs.term_of_column.size(), "stats: every input column needs a term");
    require(!outcomes.empty(), "stats: there is no outcome");
    const auto columns_of_term = columns_of_terms(inputs.term_of_column);
    if (columns_of_term.size() > kMostTerms) {
        return Refusal{"there are too many inputs to compare all models", {}};
    }
    if (outcomes.front().size() < 3) {
        return Refusal{"shares need at least three rows", {}};
    }
    const auto checked = scale_inputs(inputs.columns, outcomes.front().size());
    if (!checked) {
        return checked.refusal();
    }
    if (const auto outcome = scale_inputs(outcomes, outcomes.front().size()); !outcome) {
        return Refusal{"an outcome has the same value in all rows, or one that is not finite", {}};
    }
    const auto scaled =
        scale_inputs(in_order_of_terms(inputs, columns_of_term.size(), outcomes), outcomes.front().size());
    const Eigen::MatrixXd rows = scaled->matrix.transpose();

    SubsetR2 models(columns_of_term, outcomes.size());
    const std::vector<std::size_t> once(outcomes.front().size(), 1);
    const std::vector<double> r2 = models.compute(products_of(rows, once));
    const std::vector<double> shares = shapley(r2, models.terms(), outcomes.size());
    const auto draws = bootstrap_shares(models, rows, outcomes.size(), bootstrap);

    std::vector<Importance> result(outcomes.size());
    for (std::size_t k = 0; k < outcomes.size(); ++k) {
        result[k].r2 = r2[r2.size() - outcomes.size() + k];
        for (std::size_t i = k; i < shares.size(); i += outcomes.size()) {
            Share share{shares[i], std::nullopt};
            if (bootstrap.draws > 0) {
                share.interval = percentile_interval(draws[i], level);
            }
            result[k].terms.push_back(share);
        }
    }
    return result;
}

} // namespace mutation::stats
