#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/core/json.hpp"
#include "mutation/rollup/summarize.hpp"
#include "support/csv.hpp"
#include "support/temporary_folder.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mutation::test {

namespace fs = std::filesystem;

inline config::Registry toy_registry(const std::string& pattern) {
    config::Model model;
    model.name = "tiny";
    model.aliases = {"small"};
    model.metrics = {{"accuracy", pattern, std::nullopt}};
    config::Repository repository;
    repository.name = "toy";
    repository.models = {model};
    return {{repository}};
}

inline Json toy_record(const std::string& id) {
    return Json{{"experiment_id", id},      {"repository", "toy"},
                {"model", "small"},         {"performance_metrics", {{"accuracy", 4552.0}}},
                {"training_success", true}, {"their_own", {1, 2}}};
}

/// A session with one record and its log.
struct ToySession {
    TemporaryFolder folder;
    fs::path root = folder.path() / "run_20260101_000000";
    fs::path experiment = root / "toy_small_001";

    explicit ToySession(const Json& record = toy_record("toy_small_001"),
                        const std::string& log = "Accuracy: 4552/5000 = 0.9104\n") {
        write_text(experiment / "experiment.json", record.dump(2));
        write_text(experiment / "training.log", log);
    }

    rollup::SummarizeResult summarize(const std::string& pattern = "Accuracy: .* = ([0-9.]+)") const {
        return rollup::summarize_session(root, toy_registry(pattern));
    }
    Json record() const { return Json::parse(read_text(experiment / "experiment.json")); }
    std::vector<std::map<std::string, std::string>> rows() const {
        return parse_csv_table(read_text(root / "summary.csv"));
    }
};

} // namespace mutation::test
