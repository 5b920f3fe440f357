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

TEST_CASE("perf's human-readable form is read with its thousands separators") {
    const PerfStat stat = parse_perf_stat("# started on Wed Jan  7 11:20:05 2026\n\n\n"
                                          " Performance counter stats for 'system wide':\n\n"
                                          "         87,128.95 Joules power/energy-pkg/          \n"
                                          "            197.61 Joules power/energy-ram/          \n\n"
                                          "      83.828020466 seconds time elapsed\n\n");
    CHECK(total_of(stat, "energy-pkg") == 87128.95);
    CHECK(total_of(stat, "energy-ram") == 197.61);
    REQUIRE(stat.elapsed.has_value());
    CHECK(stat.elapsed->count() == 83.828020466);
    CHECK_FALSE(stat.find("energy-pkg")->counts.front().end.has_value());
}

TEST_CASE("perf's human-readable intervals are read") {
    const PerfStat stat = parse_perf_stat("#           time             counts unit events\n"
                                          "     1.000583057           1,001.36 Joules power/energy-pkg/      \n"
                                          "     1.000583057              10.25 Joules power/energy-ram/      \n"
                                          "     2.001288303              99.39 Joules power/energy-pkg/      \n");
    const PerfEvent* package = stat.find("energy-pkg");
    REQUIRE(package != nullptr);
    REQUIRE(package->counts.size() == 2);
    CHECK(package->counts[1].end == Seconds(2.001288303));
    CHECK(package->counts[1].energy == Joules(99.39));
    CHECK(total_of(stat, "energy-pkg") == Approx(1100.75));
}

TEST_CASE("the separated form is read with any separator, with and without intervals") {
    for (const char separator : std::string(";,|\t:")) {
        std::string whole = "2640.31;Joules;power/energy-pkg/;83828020466;100.00;;\n";
        std::string interval = "     1.000942911;52.25;Joules;power/energy-pkg/;1000214156;100.00;;\n"
                               "     2.001825421;48.25;Joules;power/energy-pkg/;1000214156;100.00;;\n";
        for (std::string* text : {&whole, &interval}) {
            for (char& letter : *text) {
                letter = letter == ';' ? separator : letter;
            }
        }
        CAPTURE(separator);
        CHECK(total_of(parse_perf_stat(whole), "energy-pkg") == 2640.31);
        const PerfStat stat = parse_perf_stat(interval);
        CHECK(total_of(stat, "energy-pkg") == 100.5);
        CHECK(stat.find("energy-pkg")->counts[0].end == Seconds(1.000942911));
    }
}

TEST_CASE("the JSON form is read, with its header and its quoted values") {
    const PerfStat stat = parse_perf_stat(
        "# started on Wed Jan  7 11:20:05 2026\n\n"
        R"({"interval" : 1.000594721, "counter-value" : "52.250000", "unit" : "Joules", "event" : "power/energy-pkg/", "event-runtime" : 1001441148, "pcnt-running" : 100.00})"
        "\n"
        R"({"interval" : 2.000594721, "counter-value" : "47.750000", "unit" : "Joules", "event" : "power/energy-pkg/", "event-runtime" : 1001441148, "pcnt-running" : 100.00})"
        "\n"
        R"({"interval" : 2.000594721, "counter-value" : "<not counted>", "unit" : "Joules", "event" : "power/energy-ram/", "event-runtime" : 0})"
        "\n");
    CHECK(total_of(stat, "energy-pkg") == 100);
    REQUIRE(stat.find("energy-ram") != nullptr);
    CHECK_FALSE(stat.find("energy-ram")->total().has_value());
}

TEST_CASE("an event that was not counted is absent, never zero") {
    for (const char* text :
         {"<not supported>;;power/energy-ram/;0;100.00;;\n",
          "     1.000942911;<not supported>;Joules;power/energy-ram/;0;100.00;;\n",
          "   <not supported> Joules power/energy-ram/\n", "   <not supported>      power/energy-ram/\n",
          "     1.000583057  <not supported> Joules power/energy-ram/\n"}) {
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
    CHECK(parse_perf_stat("            197.61 Joules power/energy-r").events.empty());
    CHECK(parse_perf_stat(R"({"counter-value" : "52.250000", "unit" : "Joules", "event" : "power/energy-pkg/")")
              .events.empty());
}

TEST_CASE("a line without a count of joules is skipped") {
    CHECK(parse_perf_stat("").events.empty());
    CHECK(parse_perf_stat("\n\n#\n").events.empty());
    CHECK(parse_perf_stat("406.74;msec;cpu-clock;406741059;100.00;2.020;CPUs utilized\n").events.empty());
    CHECK(parse_perf_stat("            402.69 msec cpu-clock          #    2.000 CPUs utilized\n").events.empty());
    CHECK(parse_perf_stat("3;Joules;power/;1;100.00;;\n").events.empty());
    CHECK(parse_perf_stat("nan;Joules;power/energy-pkg/;1;100.00;;\n").events.empty());
    CHECK(parse_perf_stat("-3;Joules;power/energy-pkg/;1;100.00;;\n").events.empty());
    CHECK(
        parse_perf_stat("event syntax error: 'power/energy-pkg/'\n  \\___ Cannot find PMU `power'.\n").events.empty());
}

TEST_CASE("a repeated interval is not counted twice") {
    const PerfStat stat = parse_perf_stat("     1.0;10.00;Joules;power/energy-pkg/;1;100.00;;\n"
                                          "     1.0;10.00;Joules;power/energy-pkg/;1;100.00;;\n"
                                          "     0.5;10.00;Joules;power/energy-pkg/;1;100.00;;\n");
    CHECK(total_of(stat, "energy-pkg") == 10);
}
