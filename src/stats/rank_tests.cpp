#include "mutation/stats/rank_tests.hpp"

#include "distributions.hpp"
#include "mid_ranks.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace mutation::stats {

namespace {

// All sums below are of doubled ranks, and deviations are doubled again: whole numbers, compared exactly.

/// |2 sum - twice the expected sum|.
std::size_t deviation(std::size_t sum, std::size_t doubled_expectation) {
    return std::max(2 * sum, doubled_expectation) - std::min(2 * sum, doubled_expectation);
}

/// P(|S - E S| >= observed) of the distribution `weights[s]`, which need not sum to 1.
double two_sided_p(const std::vector<double>& weights, std::size_t doubled_expectation, std::size_t observed) {
    double all = 0;
    double extreme = 0;
    for (std::size_t sum = 0; sum < weights.size(); ++sum) {
        all += weights[sum];
        if (deviation(sum, doubled_expectation) >= observed) {
            extreme += weights[sum];
        }
    }
    return extreme / all;
}

/// Two-sided normal p of a deviation, which is brought closer by half a step.
double normal_p(double distance, double half_step, double variance) {
    if (!(variance > 0)) {
        return 1;
    }
    return 2 * normal_cdf(-std::max(0.0, distance - half_step) / std::sqrt(variance));
}

/// In how many ways `size` of the ranks have each sum: the last row of a table that takes in rank after rank.
std::vector<double> subset_sum_counts(const std::vector<std::size_t>& ranks, std::size_t size) {
    const std::size_t largest = std::accumulate(ranks.begin(), ranks.end(), std::size_t{0});
    std::vector<std::vector<double>> counts(size + 1, std::vector<double>(largest + 1, 0));
    counts[0][0] = 1;
    for (std::size_t seen = 0; seen < ranks.size(); ++seen) {
        for (std::size_t k = std::min(size, seen + 1); k > 0; --k) {
            for (std::size_t sum = ranks[seen]; sum <= largest; ++sum) {
                counts[k][sum] += counts[k - 1][sum - ranks[seen]];
            }
        }
    }
    return counts[size];
}

/// In how many ways the signs of the ranks give each sum of the positive ones.
std::vector<double> sign_sum_counts(const std::vector<std::size_t>& ranks) {
    const std::size_t largest = std::accumulate(ranks.begin(), ranks.end(), std::size_t{0});
    std::vector<double> counts(largest + 1, 0);
    counts[0] = 1;
    for (const std::size_t rank : ranks) {
        for (std::size_t sum = largest; sum >= rank; --sum) {
            counts[sum] += counts[sum - rank];
        }
    }
    return counts;
}

} // namespace

Result<MannWhitney> mann_whitney(std::span<const double> a, std::span<const double> b) {
    if (a.empty() || b.empty()) {
        return Refusal{"each side needs at least one value", {}};
    }
    std::vector<double> both(a.begin(), a.end());
    both.insert(both.end(), b.begin(), b.end());
    const DoubledRanks ranked = doubled_ranks(both);
    const auto first_of_b = ranked.ranks.begin() + static_cast<std::ptrdiff_t>(a.size());
    const std::size_t sum_b = std::accumulate(first_of_b, ranked.ranks.end(), std::size_t{0});
    const std::size_t doubled_expectation = 2 * b.size() * (both.size() + 1);

    const auto pairs = static_cast<double>(a.size()) * static_cast<double>(b.size());
    const auto n = static_cast<double>(both.size());
    MannWhitney result;
    result.u = static_cast<double>(sum_b - b.size() * (b.size() + 1)) / 2;
    result.cliffs_delta = 2 * result.u / pairs - 1;
    if (both.size() <= kExactRankLimit) {
        result.p = two_sided_p(subset_sum_counts(ranked.ranks, b.size()), doubled_expectation,
                               deviation(sum_b, doubled_expectation));
    } else {
        const double variance = pairs / 12 * (n + 1 - ranked.tie_term / (n * (n - 1)));
        result.p = normal_p(std::abs(result.u - pairs / 2), .5, variance);
        result.method = Method::normal;
    }
    return result;
}

Result<SignedRank> signed_rank(std::span<const double> differences) {
    if (differences.empty()) {
        return Refusal{"there is no pair", {}};
    }
    std::vector<double> sizes;
    std::vector<bool> is_positive;
    for (const double difference : differences) {
        if (difference != 0) {
            sizes.push_back(std::abs(difference));
            is_positive.push_back(difference > 0);
        }
    }
    const DoubledRanks ranked = doubled_ranks(sizes);
    std::size_t sum = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        sum += is_positive[i] ? ranked.ranks[i] : 0;
    }
    const auto n = static_cast<double>(sizes.size());
    SignedRank result;
    result.n = sizes.size();
    result.w_plus = static_cast<double>(sum) / 2;
    if (sizes.size() <= kExactRankLimit) {
        const std::size_t total = sizes.size() * (sizes.size() + 1); // of all doubled ranks: twice the expectation
        result.p = two_sided_p(sign_sum_counts(ranked.ranks), total, deviation(sum, total));
    } else {
        const double variance = n * (n + 1) * (2 * n + 1) / 24 - ranked.tie_term / 48;
        result.p = normal_p(std::abs(result.w_plus - n * (n + 1) / 4), .5, variance);
        result.method = Method::normal;
    }
    return result;
}

} // namespace mutation::stats
