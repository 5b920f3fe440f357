#include "mutation/report/write_report.hpp"

#include "mutation/core/error.hpp"
#include "mutation/report/figures.hpp"
#include "mutation/report/page.hpp"
#include "mutation/report/report_json.hpp"
#include "mutation/report/tables.hpp"
#include "mutation/system/file.hpp"

#include <fmt/format.h>

namespace mutation::report {

namespace {

void create_folder(const std::filesystem::path& folder) {
    std::error_code status;
    std::filesystem::create_directories(folder, status);
    if (status) {
        throw Error(ErrorKind::storage,
                    fmt::format("{}: the folder of the report cannot be created: {}; name another one with -o",
                                folder.string(), status.message()));
    }
}

} // namespace

void write_report(const Report& report, const std::filesystem::path& folder) {
    create_folder(folder / "tables");
    create_folder(folder / "figures");
    const Json json = report_to_json(report);
    system::write_file_atomically(folder / "report.json", report_text(json));
    for (const Table& table : make_tables(report)) {
        system::write_file_atomically(folder / "tables" / (table.name + ".csv"), table.csv);
    }
    for (const FigureFile& figure : make_figures(report)) {
        system::write_file_atomically(folder / "figures" / (figure.name + ".svg"), figure.svg);
    }
    system::write_file_atomically(folder / "report.html", make_page(report, json, folder));
}

} // namespace mutation::report
