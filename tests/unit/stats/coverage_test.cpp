#include "catch.hpp"

#include "golden.hpp"
#include "mutation/stats/association.hpp"
#include "mutation/stats/holm.hpp"
#include "mutation/stats/least_squares.hpp"
#include "mutation/stats/mean_difference.hpp"
#include "mutation/stats/random.hpp"

// Campaigns of known truth: what the intervals and tests promise is counted.

namespace mutation::stats {
namespace {

constexpr double kSpread = .03;

struct Campaign {
    Columns inputs;
    Numbers log_energy;
};

/// `n` runs in a random order. Each input is uniform over two units, as ln x of a range of e^2.
Campaign simulate(std::size_t n, const Numbers& truth, Random& random, double drift_per_run = 0) {
    Campaign campaign{Columns(truth.size()), {}};
    for (std::size_t i = 0; i < n; ++i) {
        double log_energy = 8 + kSpread * random.normal() + drift_per_run * static_cast<double>(i);
        for (std::size_t j = 0; j < truth.size(); ++j) {
            campaign.inputs[j].push_back(2 * random.uniform());
            log_energy += truth[j] * campaign.inputs[j].back();
        }
        campaign.log_energy.push_back(log_energy);
    }
    return campaign;
}

bool contains(const Interval& interval, double value) {
    return interval.low <= value && value <= interval.high;
}

Numbers holm_of_slopes(const LinearFit& fit) {
    Numbers p;
    for (std::size_t j = 1; j < fit.coefficients.size(); ++j) {
        p.push_back(t_p_value(fit.coefficients[j]));
    }
    return holm(p);
}

} // namespace

TEST_CASE("in 400 campaigns intervals hold what they promise and Holm's false alarms stay rare", "[stats]") {
    constexpr int kCampaigns = 400;
    const Numbers truth{1, -.2, 0, .05};
    Random random(2026);
    std::vector<int> covered(truth.size(), 0);
    int false_alarms = 0;
    int found = 0;
    for (int campaign = 0; campaign < kCampaigns; ++campaign) {
        const Campaign data = simulate(30, truth, random);
        const auto fit = fit_least_squares(data.inputs, data.log_energy);
        REQUIRE(fit);
        for (std::size_t j = 0; j < truth.size(); ++j) {
            covered[j] += contains(t_interval(fit->coefficients[j + 1]), truth[j]) ? 1 : 0;
        }
        const Numbers p = holm_of_slopes(*fit);
        false_alarms += p[2] < .05 ? 1 : 0;
        found += p[0] < .05 && p[1] < .05 && p[3] < .05 ? 1 : 0;
    }
    for (const int count : covered) {
        INFO("covered " << count << " of " << kCampaigns);
        CHECK(count >= .93 * kCampaigns);
        CHECK(count <= .97 * kCampaigns);
    }
    INFO("false alarms " << false_alarms << ", all effects found " << found);
    CHECK(false_alarms <= .06 * kCampaigns);
    CHECK(found >= .95 * kCampaigns);
}

TEST_CASE("like runs split 1,000 times are rarely different", "[stats]") {
    constexpr int kSplits = 1000;
    Random random(7);
    int different = 0;
    for (int split = 0; split < kSplits; ++split) {
        Numbers a;
        Numbers b;
        for (int run = 0; run < 5; ++run) {
            a.push_back(1000 * std::exp(kSpread * random.normal()));
            b.push_back(1000 * std::exp(kSpread * random.normal()));
        }
        different += contains(to_ratio(*welch_log_ratio(a, b)).interval, 1) ? 0 : 1;
    }
    INFO("different " << different);
    CHECK(different <= kSplits * (.05 + 2 * std::sqrt(.05 * .95 / kSplits)));
    CHECK(different >= kSplits * .02); // an interval that never excludes 1 would pass the check above
}

TEST_CASE("a drift of .2 % a run is found and moves no effect beyond its interval", "[stats]") {
    const Numbers truth{1, -.2, 0, .05};
    constexpr int kCampaigns = 20;
    Random random(11);
    int found = 0;
    int within = 0;
    for (int campaign = 0; campaign < kCampaigns; ++campaign) {
        const Campaign data = simulate(60, truth, random, .002);
        const auto fit = fit_least_squares(data.inputs, data.log_energy);
        REQUIRE(fit);
        Numbers order;
        for (std::size_t i = 0; i < fit->n; ++i) {
            order.push_back(static_cast<double>(i));
        }
        const auto drift = permuted_slope(order, fit->residuals, {199, 1});
        found += drift->permutation_p <= .05 ? 1 : 0;
        within += contains(t_interval(fit->coefficients[1]), truth[0]) ? 1 : 0;
        CHECK(drift->estimate == Approx(.002).margin(.0013));
    }
    CHECK(found == kCampaigns);
    CHECK(within >= kCampaigns - 3);
}

} // namespace mutation::stats
