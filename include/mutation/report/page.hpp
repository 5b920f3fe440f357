#pragma once

#include "mutation/core/json.hpp"
#include "mutation/report/report.hpp"

#include <filesystem>
#include <string>

namespace mutation::report {

/// report.html: one file that needs no network. `report_json` is what `report_to_json` made of the report; the charts
/// are drawn from it. `page_folder` is where the page will be, for the links to the folders of runs.
[[nodiscard]] std::string make_page(const Report& report, const Json& report_json,
                                    const std::filesystem::path& page_folder);

} // namespace mutation::report
