#include "catch.hpp"

#include "mutation/core/counted.hpp"

using mutation::counted;

TEST_CASE("counted nouns have the right plural") {
    CHECK(counted(0, "run") == "0 runs");
    CHECK(counted(1, "run") == "1 run");
    CHECK(counted(2, "run") == "2 runs");
    CHECK(counted(1, "process", "processes") == "1 process");
    CHECK(counted(3, "process", "processes") == "3 processes");
}
