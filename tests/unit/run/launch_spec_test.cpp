#include "catch.hpp"

#include "../src/run/launch_spec.hpp"
#include "mutation/core/error.hpp"

using namespace mutation;

TEST_CASE("a launch is unchanged after the memory file") {
    run::LaunchSpec spec;
    spec.argv = {"/bin/train.sh", "--lr", "3e-05", "", "two words", "\xff\xfe"};
    spec.environment = {"A=b", "EMPTY=", "MULTI=line 1\nline 2"};
    spec.directory = "/some where";
    spec.log = "/results/training.log";
    spec.as_root = true;
    spec.umask = 0027;
    const run::LaunchSpec read = run::unpack_launch_spec(run::pack_launch_spec(spec));
    CHECK(read.argv == spec.argv);
    CHECK(read.environment == spec.environment);
    CHECK(read.directory == spec.directory);
    CHECK(read.log == spec.log);
    CHECK(read.as_root);
    CHECK(read.umask == 0027);
}

TEST_CASE("a cut-off launch is refused") {
    const std::string whole = run::pack_launch_spec({{"/bin/true"}, {"A=b"}, "/", "/log", false, 022});
    for (std::size_t length = 0; length < whole.size(); ++length) {
        CHECK_THROWS_AS(run::unpack_launch_spec(std::string_view(whole).substr(0, length)), Error);
    }
}

TEST_CASE("a launch with unknown data is refused") {
    const std::string whole = run::pack_launch_spec({{"/bin/true"}, {"A=b"}, "/", "/log", false, 022});
    CHECK_THROWS_AS(run::unpack_launch_spec(whole + whole), Error);
    CHECK_THROWS_AS(run::unpack_launch_spec(run::pack_launch_spec({{}, {}, "/", "/log", false, 022})), Error);
    for (const char* count : {"-1", "1x", "", "99999999999999999999", "9223372036854775807"}) {
        const std::size_t place = whole.find('\0') + 1;
        const std::string numbers = std::string(whole).replace(place, 1, count);
        CHECK_THROWS_AS(run::unpack_launch_spec(numbers), Error);
    }
}
