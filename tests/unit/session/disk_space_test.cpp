#include "catch.hpp"

#include "mutation/session/disk_space.hpp"
#include "support/temporary_folder.hpp"

using namespace mutation;
using Catch::Contains;

TEST_CASE("a folder that cannot be created is not reported as a full disk") {
    for (const char* folder : {"/proc/mutation-results", "/proc/self/mutation/results"}) {
        const std::optional<std::string> problem = session::results_problem(folder);
        REQUIRE(problem.has_value());
        CHECK_THAT(*problem, Contains(folder) && Contains("--results-dir") && !Contains("MiB"));
    }
}

TEST_CASE("a folder is not created before it is needed") {
    const test::TemporaryFolder folder;
    CHECK_FALSE(session::results_problem(folder.path() / "a/b").has_value());
    CHECK_FALSE(std::filesystem::exists(folder.path() / "a"));
}
