#include "mutation/report/write_report.hpp"

#include "mutation/core/error.hpp"
#include "mutation/report/report_json.hpp"
#include "mutation/system/file.hpp"

#include <fmt/format.h>

namespace mutation::report {

void write_report(const Report& report, const std::filesystem::path& folder) {
    std::error_code status;
    std::filesystem::create_directories(folder, status);
    if (status) {
        throw Error(ErrorKind::storage,
                    fmt::format("{}: the folder of the report cannot be created: {}; name another one with -o",
                                folder.string(), status.message()));
    }
    system::write_file_atomically(folder / "report.json", report_text(report_to_json(report)));
}

} // namespace mutation::report
