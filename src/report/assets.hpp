#pragma once

#include <string_view>

/// The files that the build puts into the program (cmake/embed.cmake).
namespace mutation::report::assets {

struct Script {
    std::string_view source;
    std::string_view sha256; ///< 64 hexadecimal digits
};

[[nodiscard]] std::string_view page_style();
[[nodiscard]] Script page_script();
/// Apache ECharts, unmodified. Empty if the build had no file of it.
[[nodiscard]] Script chart_library();
/// The licence texts of ECharts and of what its file contains. "" without the library.
[[nodiscard]] std::string_view chart_licenses();

} // namespace mutation::report::assets
