#include "past_tables.hpp"

#include "mutation/core/counted.hpp"
#include "mutation/core/json.hpp"

#include <iterator>
#include <map>

namespace mutation::cli {

std::vector<plan::HistoricalRun> read_past_runs(const config::ExperimentConfig& config) {
    std::vector<plan::HistoricalRun> all;
    for (const config::PastTable& table : config.past_tables) {
        std::vector<plan::HistoricalRun> runs = plan::parse_history(table.text, table.element);
        all.insert(all.end(), std::make_move_iterator(runs.begin()), std::make_move_iterator(runs.end()));
    }
    return all;
}

std::vector<config::Problem> unused_past_tables(const std::string& file, const config::ExperimentConfig& config,
                                                const plan::HistoryUse& use) {
    std::map<std::size_t, std::vector<std::string>> paths;
    for (const config::PastTable& table : config.past_tables) {
        paths[table.element].push_back(table.path);
    }
    std::vector<config::Problem> warnings;
    for (const auto& [element, files] : paths) {
        if (element < use.counted_by_source.size() && use.counted_by_source[element] > 0) {
            continue;
        }
        warnings.push_back({file, element_path("$.historical_csvs", element),
                            files.size() == 1 ? files.front() : counted(files.size(), "file"),
                            "none of its runs counts, nothing is excluded",
                            "a run counts if repository, model, mode and fixed values are those of an experiment of "
                            "this plan, and its mutated values are recorded and within their ranges"});
    }
    return warnings;
}

} // namespace mutation::cli
