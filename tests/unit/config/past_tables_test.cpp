#include "../../support/temporary_folder.hpp"
#include "example_registry.hpp"

#include <string>

using namespace mutation;
using namespace mutation::config;
using namespace mutation::test;

namespace {

const std::string kGood =
    "experiment_id,repository,model,training_success,hyperparam_epochs\na,vision,resnet20,True,7\n";

/// The folder that holds the tables.
class Tables {
public:
    Tables() {
        write_text(folder_.path() / "results/a/summary.csv", kGood);
        write_text(folder_.path() / "results/b/summary.csv", "\xEF\xBB\xBF" + kGood);
        write_text(folder_.path() / "run[1].csv", kGood);
    }

    LoadedExperimentConfig load(const std::string& list) const {
        return parse_experiment_config(R"({"use_deduplication": true, "historical_csvs": [)" + list +
                                           R"(], "experiments": [{"repo": "vision", "model": "resnet20"}]})",
                                       "exp.json", load_example_registry().registry, folder_.path());
    }

    /// The error about a table of that text.
    std::string error_of(const std::string& text) const {
        write_text(folder_.path() / "table.csv", text);
        const LoadedExperimentConfig loaded = load(R"("table.csv")");
        CHECK(loaded.config.past_tables.empty());
        return has_problem(loaded.problems.errors, "$.historical_csvs[0]", "is not a table of past runs")
                   ? list_problems(loaded.problems.errors)
                   : "";
    }

    const fs::path& path() const { return folder_.path(); }

private:
    TemporaryFolder folder_;
};

} // namespace

TEST_CASE("a file that is not a table of past runs is an error with missing columns and likely cause") {
    using Catch::Contains;
    const Tables tables;
    CHECK_THAT(tables.error_of("experiment_id;repository;model;hyperparam_epochs\na;toy;tiny;5\n"),
               Contains("repository, model, hyperparam_* are missing") && Contains("separated by semicolons"));
    CHECK_THAT(tables.error_of("experiment_id\trepository\tmodel\thyperparam_epochs\n"), Contains("separated by tabs"));
    CHECK_THAT(tables.error_of("repository|model|hyperparam_epochs\n"), Contains("separated by bars"));
    CHECK_THAT(tables.error_of(""), Contains("hyperparam_* are missing") && Contains("empty"));
    CHECK_THAT(tables.error_of("\n\n  \n"), Contains("empty"));
    CHECK_THAT(tables.error_of(std::string("\x7F"
                                           "ELF\0\1\2\xFF\xFE",
                                           9)),
               Contains("not text"));
    CHECK_THAT(tables.error_of(std::string("\xFF\xFEr\0e\0p\0o\0", 10)), Contains("UTF-16"));
    CHECK_THAT(tables.error_of("step,loss\n1,0.3\n"), Contains("\"step\", \"loss\""));
    CHECK_THAT(tables.error_of("repository,hyperparam_epochs\n"), Contains("the column model is missing"));
    CHECK_THAT(tables.error_of("repository,model,epochs\nvision,resnet20,3\n"),
               Contains("the column hyperparam_* is missing"));
    CHECK_THAT(tables.error_of(R"({"experiments": []})"), Contains("are missing"));
}

TEST_CASE("a table may have a byte order mark, quotes, blanks, and no mutated values") {
    const Tables tables;
    for (const char* text : {"\xEF\xBB\xBFrepository,model,hyperparam_x\n",
                             "\"repository\",\"model\",\"hyperparam_x\"\r\n", "repository, model, hyperparam_x\n",
                             "experiment_id,timestamp,repository,model,training_success,duration_seconds,retries\n"}) {
        write_text(tables.path() / "table.csv", text);
        INFO(text);
        CHECK(tables.load(R"("table.csv")").problems.ok());
    }
}

TEST_CASE("historical_csvs accepts patterns, and one without a matching file is an error") {
    const Tables tables;
    const LoadedExperimentConfig both = tables.load(R"("results/*/summary.csv")");
    REQUIRE(both.config.past_tables.size() == 2);
    CHECK(both.config.past_tables[0].path == (tables.path() / "results/a/summary.csv").string());
    CHECK(both.config.past_tables[1].element == 0);
    CHECK(both.config.past_tables[0].text == kGood);
    const LoadedExperimentConfig once = tables.load(R"("results/a/summary.csv", "results/?/summary.csv")");
    REQUIRE(once.config.past_tables.size() == 2); // each file once
    CHECK(once.config.past_tables[1].element == 1);
    CHECK(tables.load(R"("run[1].csv")").config.past_tables.size() == 1); // a name that looks like a pattern
    CHECK(has_problem(tables.load(R"("nowhere/*.csv")").problems.errors, "$.historical_csvs[0]",
                      "no file matches the pattern"));
    CHECK(has_problem(tables.load(R"("results/*")").problems.errors, "$.historical_csvs[0]", // folders only
                      "no file matches the pattern"));
    CHECK(has_problem(tables.load(R"("results")").problems.errors, "$.historical_csvs[0]", "results/*/summary.csv"));
    write_text(tables.path() / "results/c/summary.csv", "a;b\n");
    CHECK(has_problem(tables.load(R"("results/*/summary.csv")").problems.errors, "$.historical_csvs[0]",
                      "results/c/summary.csv is not a table"));
}
