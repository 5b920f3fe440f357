#include "catch.hpp"

#include "mutation/console/run_table.hpp"

#include <sstream>

using namespace mutation;
using Catch::Contains;
using console::RunLine;
using record::Status;

namespace {

RunLine line_of(const std::string& id, Status status) {
    RunLine line;
    line.id = id;
    line.status = status;
    return line;
}

std::string table_of(const std::vector<RunLine>& lines, std::size_t planned) {
    std::ostringstream out;
    console::print_run_table(out, lines, planned, "/results/run_1");
    return out.str();
}

} // namespace

TEST_CASE("the table has the plan's order, also after repeated runs") {
    const std::string text = table_of({line_of("toy_tiny_001", Status::ok), line_of("toy_tiny_010", Status::ok),
                                       line_of("other_003", Status::ok), line_of("toy_tiny_002_parallel", Status::ok)},
                                      4);
    const std::vector<std::string> order{"toy_tiny_001", "toy_tiny_002_parallel", "other_003", "toy_tiny_010"};
    std::size_t before = 0;
    for (const std::string& id : order) {
        INFO(text);
        REQUIRE(text.find(id) != std::string::npos);
        CHECK(text.find(id) > before);
        before = text.find(id);
    }
}

TEST_CASE("the counts under the table cover the whole plan") {
    const auto counts_of = [](const std::vector<RunLine>& lines, std::size_t planned) {
        return console::describe_counts(console::count_runs(lines, planned));
    };
    CHECK(counts_of({line_of("a_1", Status::ok), line_of("a_2", Status::ok_without_metrics)}, 2) == "2 of 2 succeeded");
    CHECK(counts_of({line_of("a_1", Status::ok), line_of("a_2", Status::interrupted)}, 3) ==
          "1 of 3 succeeded, 1 interrupted, 1 not run");
    CHECK(
        counts_of({line_of("a_1", Status::failed), line_of("a_2", Status::timed_out), line_of("a_3", Status::stalled)},
                  3) == "0 of 3 succeeded, 3 failed");
    CHECK(counts_of({}, 2) == "0 of 2 succeeded, 2 not run");
    CHECK_THAT(table_of({line_of("a_1", Status::ok)}, 2), Contains("\n1 of 2 succeeded, 1 not run\n"));
}

TEST_CASE("a background that was away for long is reported under the table") {
    record::ExperimentRecord record;
    record.id = "a_1_parallel";
    record.attempts.resize(1);
    record.background = record::BackgroundRecord{};
    record.background->alive = Percent(53.2);
    CHECK_THAT(table_of({console::run_line(record)}, 1),
               Contains("a_1_parallel: the background was alive for only 53 % of the training"));
    record::BackgroundRecord present;
    present.alive = Percent(100);
    for (const std::optional<record::BackgroundRecord>& background :
         {std::optional(present), std::optional(record::BackgroundRecord{}),
          std::optional<record::BackgroundRecord>()}) {
        record.background = background;
        CHECK_FALSE(console::run_line(record).background.has_value());
    }
}
