#include "catch.hpp"

#include "mutation/rollup/rollup.hpp"
#include "support/csv.hpp"
#include "support/temporary_folder.hpp"

using namespace mutation;
using namespace mutation::rollup;

namespace {

void add_rows(Rollup& rollup, int count) {
    for (int i = 0; i < count; ++i) {
        record::ExperimentRecord record;
        record.id = "toy_tiny_" + std::to_string(i);
        record.attempts.resize(1);
        rollup.add(record);
    }
}

MonotonicTime at(double seconds) {
    return MonotonicTime(std::chrono::duration_cast<std::chrono::nanoseconds>(Seconds(seconds)));
}

} // namespace

TEST_CASE("a small summary is written after every experiment") {
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "summary.csv";
    Rollup rollup("run_1");
    for (std::size_t rows = 1; rows <= 3; ++rows) {
        add_rows(rollup, 1);
        rollup.write_if_due(file, at(100));
        CHECK(test::parse_csv_table(test::read_text(file)).size() == rows);
    }
}

TEST_CASE("the longer a summary, the rarer it is written: from 2,000 rows, every 30 seconds") {
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "summary.csv";
    Rollup rollup("run_1");
    add_rows(rollup, 99);
    rollup.write_if_due(file, at(90));
    CHECK(rollup.is_due(at(90)));
    add_rows(rollup, 901);
    CHECK_FALSE(rollup.is_due(at(104.9)));
    CHECK(rollup.is_due(at(105)));
    add_rows(rollup, 999);
    rollup.write_if_due(file, at(120));
    add_rows(rollup, 1);
    CHECK_FALSE(rollup.is_due(at(149.9)));
    CHECK(rollup.is_due(at(150)));
    rollup.write_if_due(file, at(121));
    CHECK(test::parse_csv_table(test::read_text(file)).size() == 1999);
    rollup.write(file);
    CHECK(test::parse_csv_table(test::read_text(file)).size() == 2000);
}
