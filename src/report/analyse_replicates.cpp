#include "analyse_replicates.hpp"

#include "cost.hpp"
#include "mutation/stats/pooled_spread.hpp"
#include "mutation/stats/t_test_power.hpp"

#include <array>
#include <cmath>

namespace mutation::report {

namespace {

constexpr std::array<std::size_t, 5> kRunsASide{2, 3, 5, 10, 20};

} // namespace

Replicates analyse_replicates(const Group& group, const std::vector<const Run*>& analysed) {
    Replicates replicates;
    replicates.outcome = group.cost_name();
    std::vector<std::vector<double>> log_costs;
    for (const auto& [configuration, runs] : by_configuration(analysed)) {
        std::vector<double>& values = log_costs.emplace_back();
        for (const Run* run : runs) {
            if (const std::optional<double> cost = cost_of(group, *run)) {
                values.push_back(std::log(*cost));
            }
        }
    }
    const auto spread = stats::pooled_spread(log_costs);
    if (!spread) {
        replicates.reason = "no configuration was run twice; set \"replicates\" to 2 or more in the config";
        return replicates;
    }
    replicates.configurations = spread->groups;
    replicates.sd_log = spread->sd;
    replicates.sd_ci95 = spread->interval;
    replicates.cv_percent = cv_percent_of(spread->sd);
    for (const std::size_t n : kRunsASide) {
        replicates.detectable.push_back({n, stats::smallest_detectable_ratio(spread->sd, n)});
    }
    return replicates;
}

double cv_percent_of(double log_sd) {
    return 100 * std::sqrt(std::expm1(log_sd * log_sd));
}

} // namespace mutation::report
