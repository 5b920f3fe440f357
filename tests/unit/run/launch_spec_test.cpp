#include "catch.hpp"

#include "../src/run/launch_spec.hpp"
#include "mutation/core/error.hpp"

using namespace mutation;

TEST_CASE("a launch survives its way through the memory file to the byte") {
    run::LaunchSpec spec;
    spec.argv = {"/bin/train.sh", "--lr", "3e-05", "", "two words", "\xff\xfe"};
    spec.environment = {"A=b", "EMPTY=", "MULTI=line 1\nline 2"};
    spec.directory = "/some where";
    spec.log = "/results/training.log";
    spec.run_as = run::UserIds{1000, 1001, {4, 24, 1001}};
    const run::LaunchSpec read = run::unpack_launch_spec(run::pack_launch_spec(spec));
    CHECK(read.argv == spec.argv);
    CHECK(read.environment == spec.environment);
    CHECK(read.directory == spec.directory);
    CHECK(read.log == spec.log);
    REQUIRE(read.run_as.has_value());
    CHECK(read.run_as->uid == 1000);
    CHECK(read.run_as->gid == 1001);
    CHECK(read.run_as->groups == spec.run_as->groups);
}

TEST_CASE("a launch that was cut is refused, not half run") {
    const std::string whole = run::pack_launch_spec({{"/bin/true"}, {"A=b"}, "/", "/log", std::nullopt});
    for (std::size_t length = 0; length < whole.size(); ++length) {
        CHECK_THROWS_AS(run::unpack_launch_spec(std::string_view(whole).substr(0, length)), Error);
    }
}
