#include "catch.hpp"

#include "mutation/system/file_pattern.hpp"
#include "support/temporary_folder.hpp"

#include <sys/stat.h>

using namespace mutation;

TEST_CASE("a file pattern does not match pipes or folders") {
    const test::TemporaryFolder folder;
    test::write_text(folder.path() / "a.csv", "x");
    std::filesystem::create_directory(folder.path() / "b.csv");
    REQUIRE(::mkfifo((folder.path() / "c.csv").c_str(), 0600) == 0);
    CHECK(system::find_matching_files((folder.path() / "*.csv").string()) ==
          std::vector<std::filesystem::path>{folder.path() / "a.csv"});
}
