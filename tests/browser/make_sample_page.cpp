// make_sample_page RUNS FOLDER: writes FOLDER/report.html and FOLDER/report.json of a made-up campaign of RUNS runs.

#include "mutation/core/numbers.hpp"
#include "mutation/report/page.hpp"
#include "mutation/report/report_json.hpp"
#include "support/sample_report.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>

namespace {

/// The first group alone, cut to its first `count` runs: a campaign too small for any model.
void keep_few(mutation::report::Report& report, std::size_t count) {
    report.groups.resize(1);
    mutation::report::Group& group = report.groups.front();
    group.runs.resize(count);
    group.with_flagged.reset();
    auto& analyses = group.analyses;
    const std::string reason = std::to_string(count) + " runs are too few; 11 are needed";
    for (auto& fit : analyses.fits) {
        fit = {};
        fit.outcome = group.cost_name();
        fit.reason = reason;
    }
    analyses.fits.resize(1);
    analyses.effects.clear();
    analyses.splits.clear();
    analyses.importance.clear();
    analyses.trade_offs.clear();
    analyses.epoch_cost.reset();
    analyses.replicates = {group.cost_name(), 0, {}, {}, {}, {}, "no configuration ran twice"};
    analyses.drift = {};
    analyses.drift.outcome = group.cost_name();
    analyses.drift.reason = reason;
    for (auto& pareto : analyses.pareto) {
        pareto.points.resize(std::min<std::size_t>(pareto.points.size(), 2));
        pareto.best.reset();
        pareto.cheapest_near_best.reset();
        pareto.saving_percent.reset();
    }
    report.control_runs = 0;
}

} // namespace

int main(int argc, char** argv) {
    constexpr std::size_t kSmallestSample = 12;
    const auto runs = argc == 3 ? mutation::parse_count(argv[1]) : std::nullopt;
    if (!runs) {
        std::cerr << "make_sample_page RUNS FOLDER\n";
        return 2;
    }
    mutation::report::Report report = mutation::test::sample_report(std::max<std::size_t>(*runs, kSmallestSample));
    if (*runs < kSmallestSample) {
        keep_few(report, *runs);
    }
    const std::filesystem::path folder = argv[2];
    const mutation::Json json = mutation::report::report_to_json(report);
    std::ofstream(folder / "report.json") << json.dump(1, ' ', false, mutation::Json::error_handler_t::replace);
    std::ofstream(folder / "report.html") << mutation::report::make_page(report, json, folder);
}
