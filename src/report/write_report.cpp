#include "mutation/report/write_report.hpp"

#include "figures.hpp"
#include "mutation/core/error.hpp"
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

/// A number for each group, since names of groups are too long and too hostile for files.
void write_figures(const Report& report, const std::filesystem::path& folder) {
    std::size_t number = 0;
    for (const Group& group : report.groups) {
        ++number;
        const std::vector<std::pair<const char*, std::string>> figures{
            {"forest", forest_svg(group)}, {"pareto", pareto_svg(group)}, {"stacked", stacked_svg(group)}};
        for (const auto& [name, svg] : figures) {
            if (!svg.empty()) {
                system::write_file_atomically(folder / fmt::format("{}_{}.svg", name, number), svg);
            }
        }
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
    write_figures(report, folder / "figures");
    system::write_file_atomically(folder / "report.html", make_page(report, json, folder));
}

} // namespace mutation::report
