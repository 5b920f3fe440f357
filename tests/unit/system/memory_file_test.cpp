#include "catch.hpp"

#include "mutation/system/memory_file.hpp"

#include <unistd.h>

using namespace mutation;

TEST_CASE("a bounded file refuses what exceeds its limit") {
    const system::UniqueFd file = system::make_bounded_file("words", 10);
    REQUIRE(file.is_open());
    CHECK(system::read_bounded_file(file).empty());
    CHECK(::write(file.get(), "one two", 7) == 7);
    CHECK(system::read_bounded_file(file) == "one two");
    for (int i = 0; i < 100; ++i) {
        [[maybe_unused]] const ssize_t written = ::write(file.get(), " three", 6);
    }
    CHECK(system::read_bounded_file(file).substr(0, 7) == "one two");
    CHECK(system::read_bounded_file(file).size() <= 10);
    CHECK(::lseek(file.get(), 0, SEEK_END) == 10);
}

TEST_CASE("a bounded file that could not be created reads as empty") {
    CHECK(system::read_bounded_file(system::UniqueFd()).empty());
}
