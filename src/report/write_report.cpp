#include "mutation/report/write_report.hpp"

#include "mutation/core/error.hpp"
#include "mutation/report/figures.hpp"
#include "mutation/report/page.hpp"
#include "mutation/report/report_json.hpp"
#include "mutation/report/tables.hpp"
#include "mutation/system/file.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <vector>

namespace mutation::report {

namespace {

void create_folder(const std::filesystem::path& folder) {
    std::error_code status;
    if (std::filesystem::is_symlink(folder, status)) { // it may lead to the folder of an experiment
        throw Error(ErrorKind::storage,
                    fmt::format("{}: is a link; remove it, or name another folder with -o", folder.string()));
    }
    std::filesystem::create_directories(folder, status);
    if (status) {
        throw Error(ErrorKind::storage,
                    fmt::format("{}: the folder of the report cannot be created: {}; name another one with -o",
                                folder.string(), status.message()));
    }
}

/// Whether an earlier report may have written the file: `forest_1.svg`.
bool is_figure(const std::string& name) {
    return std::any_of(kFigureKinds.begin(), kFigureKinds.end(), [&](std::string_view kind) {
        constexpr std::string_view ending = ".svg";
        return name.starts_with(std::string(kind) + "_") && name.ends_with(ending) &&
               name.find_first_not_of("0123456789", kind.size() + 1) == name.size() - ending.size();
    });
}

/// Removes what an earlier report left there: nobody could tell its tables from the new ones. Other files stay. What
/// cannot be removed cannot be written either.
void remove_earlier_report(const std::filesystem::path& folder) {
    std::error_code status;
    std::filesystem::remove(folder / "report.html", status);
    for (const std::string_view name : kTableNames) {
        std::filesystem::remove(folder / "tables" / (std::string(name) + ".csv"), status);
    }
    std::vector<std::filesystem::path> figures;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "figures", status)) {
        if (is_figure(entry.path().filename().string())) {
            figures.push_back(entry.path());
        }
    }
    for (const std::filesystem::path& figure : figures) {
        std::filesystem::remove(figure, status);
    }
}

} // namespace

void write_report(const Report& report, const std::filesystem::path& folder) {
    create_folder(folder);
    create_folder(folder / "tables");
    create_folder(folder / "figures");
    remove_earlier_report(folder);
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
