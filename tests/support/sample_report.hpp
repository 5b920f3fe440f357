#pragma once

#include "mutation/report/report.hpp"

#include <cstddef>

namespace mutation::test {

/// A report as a real campaign would give it, for tests of what shows a report: page, figures, tables, digest and JSON.
/// Runs, models and drift are made by hand, the rest is computed from them. Always the same.
/// - Group 0, `digits/mlp`: `runs` runs (at least 12) with energy, of which one was not run, two failed, one has no
///   metrics, one has no usable energy and two are flagged; three control runs; two metrics, one of them without a
///   known direction; all kinds of inputs.
/// - Group 1: 7 runs without energy, beside a background; its names and log texts are hostile: `</script>`, quotes,
///   Chinese, 200 letters.
[[nodiscard]] report::Report sample_report(std::size_t runs = 40);

/// The names of group 1.
inline constexpr const char* kHostileRepository = "</script><img src=x onerror=alert(1)>";
inline constexpr const char* kHostileModel = "模型 \"quoted\" & 'single'";
inline constexpr const char* kHostileMetric = "精度 </script> & \"top-1\"";
inline constexpr const char* kHostileInput = "lr\"><script>alert(2)</script>";

} // namespace mutation::test
