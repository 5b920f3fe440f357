#include "catch.hpp"

#include "../src/rollup/summary_reader.hpp"
#include "mutation/core/csv.hpp"
#include "mutation/rollup/summary_table.hpp"
#include "support/temporary_folder.hpp"

using namespace mutation;

namespace {

record::ExperimentRecord read_back(const record::ExperimentRecord& record) {
    rollup::SummaryTable table;
    table.add(record, "");
    std::string text;
    table.write_csv([&text](std::string_view piece) { text += piece; });
    std::string_view rest = text;
    const rollup::SummaryReader reader(take_csv_header(rest));
    return reader.read(take_csv_record(rest)).value();
}

} // namespace

TEST_CASE("a row of summary.csv is read back into the record that it was written from") {
    const std::filesystem::path data = std::filesystem::path(MUTATION_SOURCE_DIR) / "tests/unit/record/data";
    const record::ExperimentRecord written =
        record::record_from_json(Json::parse(test::read_text(data / "full_record.json")));
    const record::ExperimentRecord read = read_back(written);
    for (const record::Column& column : record::summary_columns()) {
        INFO(column.name);
        if (!column.value(written).is_array() && column.name != "failed_attempts_energy_joules" &&
            column.name != "retries") { // these follow from attempts that a row does not have
            CHECK(column.value(read) == column.value(written));
        }
    }
    CHECK(read.retries() == written.retries());
    REQUIRE(read.hyperparameters.size() == written.hyperparameters.size());
    CHECK(read.status() == written.status());
}
