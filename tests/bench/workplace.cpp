#include "bench/workplace.hpp"

#include "bench/stopwatch.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/json.hpp"
#include "support/files.hpp"

#include <fmt/format.h>

namespace mutation::bench {

namespace fs = std::filesystem;

namespace {

constexpr const char* kRepository = R"json({
  "path": ".",
  "train_script": "train.sh",
  "models": ["default"],
  "supported_hyperparams": {
    "learning_rate": {"flag": "--lr", "type": "float", "default": 0.1, "range": [0.01, 1], "distribution": "log_uniform"},
    "seed": {"flag": "--seed", "type": "int", "default": 1, "range": [0, 99999], "distribution": "uniform"}
  },
  "performance_metrics": {"log_patterns": {"accuracy": "accuracy=([0-9.]+)"
}
}
})json";

/// The experiment.json of the first session below `results`; "" when there is none.
fs::path find_record(const fs::path& results) {
    for (const auto& entry : fs::recursive_directory_iterator(results)) {
        if (entry.path().filename() == "experiment.json") {
            return entry.path();
        }
    }
    return {};
}

} // namespace

Workplace::Workplace(fs::path tool) : tool_(std::move(tool)) {
    fs::create_directories(folder() / "results");
    test::write_text(folder() / "settings/repos/noop.json", kRepository);
    test::write_program(folder() / "train.sh", "#!/bin/sh\nexit 0\n");
}

std::vector<std::string> Workplace::session_command(int runs) const {
    return {tool_.string(),
            "--settings",
            (folder() / "settings").string(),
            "--results-dir",
            (folder() / "results").string(),
            "--repo",
            "noop",
            "--model",
            "default",
            "--mutate",
            "all",
            "--runs",
            std::to_string(runs),
            "--seed",
            "1",
            "--cooldown",
            "0",
            "--baseline",
            "0",
            "-q"};
}

fs::path Workplace::make_session(int records) const {
    const ProgramRun run = run_program(session_command(1));
    const fs::path example = find_record(folder() / "results");
    if (run.exit_code != 0 || example.empty()) {
        throw Error(ErrorKind::machine, fmt::format("a session of one run ended with {} and {}", run.exit_code,
                                                    example.empty() ? "left no record" : "left its record"));
    }
    Json record = Json::parse(test::read_text(example));
    fs::path session = folder() / "results/run_20200101_000000";
    for (int number = 1; number <= records; ++number) {
        const std::string id = fmt::format("noop_default_{:05}", number);
        record["experiment_id"] = id;
        record["session"] = session.filename().string();
        record["hyperparameters"]["seed"] = number;
        record["performance_metrics"]["accuracy"] = 1.0 / number;
        test::write_text(session / id / "experiment.json", record.dump(2) + "\n");
    }
    return session;
}

} // namespace mutation::bench
