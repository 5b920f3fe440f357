#include "catch.hpp"

#include "mutation/sensors/perf_stat.hpp"

#include <string>

using namespace mutation;
using namespace mutation::sensors;

namespace {

double total_of(const PerfStat& stat, std::string_view event) {
    const PerfEvent* found = stat.find(event);
    REQUIRE(found != nullptr);
    REQUIRE(found->total().has_value());
    return found->total()->value();
}

} // namespace

TEST_CASE("perf's intervals are read and added up") {
    const PerfStat stat = parse_perf_stat("# started on Wed Jan  7 11:20:05 2026\n\n"
                                          "     1.000942911;52.25;Joules;power/energy-pkg/;1000214156;100.00;;\n"
                                          "     2.001825421;48.25;Joules;power/energy-pkg/;1000214156;100.00;;\n");
    CHECK(total_of(stat, "energy-pkg") == 100.5);
    CHECK(stat.find("energy-pkg")->counts[0].end == Seconds(1.000942911));
    CHECK(stat.other.text().empty());
}

TEST_CASE("an event that was not counted is absent, never zero") {
    for (const char* text : {"     1.000942911;<not supported>;;power/energy-ram/;0;100.00;;\n",
                             "     1.000942911;<not supported>;Joules;power/energy-ram/;0;100.00;;\n"}) {
        CAPTURE(text);
        const PerfStat stat = parse_perf_stat(text);
        REQUIRE(stat.find("energy-ram") != nullptr);
        CHECK_FALSE(stat.find("energy-ram")->total().has_value());
        CHECK_FALSE(stat.find("energy-ram")->is_supported);
    }
    const PerfStat counted = parse_perf_stat("     1.0;<not counted>;Joules;power/energy-pkg/;0;0.00;;\n"
                                             "     2.0;7.50;Joules;power/energy-pkg/;1;100.00;;\n");
    CHECK(counted.find("energy-pkg")->is_supported);
    CHECK(counted.find("energy-pkg")->counts.size() == 2);
    CHECK(total_of(counted, "energy-pkg") == 7.5);
}

TEST_CASE("a cut-off line is left out, the lines before it count") {
    const std::string first = "     1.000942911;52.25;Joules;power/energy-pkg/;1000214156;100.00;;\n";
    const std::string second = "     2.001825421;4825.25;Joules;power/energy-pkg/";
    for (std::size_t length = 0; length <= second.size(); ++length) {
        CAPTURE(length);
        const PerfStat stat = parse_perf_stat(first + second.substr(0, length));
        REQUIRE(stat.events.size() == 1);
        CHECK(total_of(stat, "energy-pkg") == 52.25);
    }
}

TEST_CASE("a line without a count of joules is skipped") {
    CHECK(parse_perf_stat("").events.empty());
    CHECK(parse_perf_stat("\n\n#\n").events.empty());
    CHECK(parse_perf_stat("1.0;406.74;msec;cpu-clock;406741059;100.00;2.020;CPUs utilized\n").events.empty());
    CHECK(parse_perf_stat("            402.69 Joules power/energy-pkg/\n").events.empty());
    CHECK(parse_perf_stat("1.0;3;Joules;power/;1;100.00;;\n").events.empty());
    CHECK(parse_perf_stat("1.0;nan;Joules;power/energy-pkg/;1;100.00;;\n").events.empty());
    CHECK(parse_perf_stat("1.0;-3;Joules;power/energy-pkg/;1;100.00;;\n").events.empty());
    CHECK(parse_perf_stat("1e9;3;Joules;power/energy-pkg/;1;100.00;;\n").events.empty());
    CHECK(
        parse_perf_stat("event syntax error: 'power/energy-pkg/'\n  \\___ Cannot find PMU `power'.\n").events.empty());
}

TEST_CASE("a repeated interval is not counted twice") {
    const PerfStat stat = parse_perf_stat("     1.0;10.00;Joules;power/energy-pkg/;1;100.00;;\n"
                                          "     1.0;10.00;Joules;power/energy-pkg/;1;100.00;;\n"
                                          "     0.5;10.00;Joules;power/energy-pkg/;1;100.00;;\n");
    CHECK(total_of(stat, "energy-pkg") == 10);
}
