#pragma once

#include <string>

namespace mutation::report {

/// The licence texts of the chart library that is in this program. "" if the build had none.
[[nodiscard]] std::string licenses();

} // namespace mutation::report
