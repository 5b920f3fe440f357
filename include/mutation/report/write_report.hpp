#pragma once

#include "mutation/report/report.hpp"

#include <filesystem>

namespace mutation::report {

/// Writes all files of the report into `folder`, which is created if it does not exist. Each file is written whole or
/// not at all; older ones of the same name are replaced. Error(storage).
void write_report(const Report& report, const std::filesystem::path& folder);

} // namespace mutation::report
