#include "catch.hpp"

#include "mutation/report/figures.hpp"
#include "mutation/report/tables.hpp"
#include "mutation/report/write_report.hpp"
#include "support/files.hpp"
#include "support/sample_report.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <filesystem>

using namespace mutation;
using namespace mutation::report;

namespace fs = std::filesystem;

TEST_CASE("every table and figure has a name that a later report removes", "[report]") {
    const Report sample = test::sample_report();
    for (const Table& table : make_tables(sample)) {
        INFO(table.name);
        CHECK(std::find(kTableNames.begin(), kTableNames.end(), table.name) != kTableNames.end());
    }
    for (const FigureFile& figure : make_figures(sample)) {
        INFO(figure.name);
        CHECK(std::any_of(kFigureKinds.begin(), kFigureKinds.end(),
                          [&](std::string_view kind) { return figure.name.starts_with(kind); }));
    }
}

TEST_CASE("a report removes the files of an earlier one, and no others", "[report]") {
    const test::TemporaryFolder folder;
    const fs::path place = folder.path() / "report";
    write_report(test::sample_report(), place);
    CHECK(fs::exists(place / "report.html"));
    CHECK(fs::exists(place / "tables/effects.csv"));
    CHECK(fs::exists(place / "figures/forest_1.svg"));
    test::write_text(place / "figures/mine.svg", "mine");
    test::write_text(place / "tables/mine.csv", "mine");

    write_report(Report(), place);
    CHECK(fs::exists(place / "report.html"));
    CHECK_FALSE(fs::exists(place / "tables/effects.csv"));
    CHECK_FALSE(fs::exists(place / "figures/forest_1.svg"));
    CHECK(fs::exists(place / "figures/mine.svg"));
    CHECK(fs::exists(place / "tables/mine.csv"));
}
