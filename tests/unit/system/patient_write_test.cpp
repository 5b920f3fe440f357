#include "catch.hpp"

#include "mutation/system/patient_write.hpp"

#include <array>
#include <string>
#include <unistd.h>

using namespace mutation;

TEST_CASE("a pipe that nobody reads drops text and does not block the writer") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    const std::string text(1 << 20, 'x'); // more than a pipe holds
    CHECK_FALSE(system::write_patiently(ends[1], text, Seconds(0)));
    CHECK_FALSE(system::write_patiently(ends[1], "more", Seconds(0)));
    std::string read(text.size(), '\0');
    CHECK(::read(ends[0], read.data(), read.size()) > 4096);
    CHECK(system::write_patiently(ends[1], "more", Seconds(0)));
    ::close(ends[0]);
    CHECK_FALSE(system::write_patiently(ends[1], "nobody is there", Seconds(0)));
    ::close(ends[1]);
}
