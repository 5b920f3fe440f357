#pragma once

#include "mutation/stats/interval.hpp"
#include "mutation/stats/t_estimate.hpp"

#include <optional>
#include <string>

/// Numbers as people read them: rounded, without an exponent where that stays short.
namespace mutation::report {

inline constexpr const char* kNoNumber = "\xE2\x80\x93"; ///< an en dash

[[nodiscard]] std::string table_number(double value, int digits = 4);
/// An en dash for none.
[[nodiscard]] std::string table_number(const std::optional<double>& value, int digits = 4);
/// "[1.88, 1.98]", or an en dash.
[[nodiscard]] std::string interval_text(const std::optional<stats::Interval>& interval, int digits = 3);
/// "1.93": three digits, and three decimals if the ratio is near 1, where they matter: "1.002".
[[nodiscard]] std::string ratio_value(const stats::Ratio& ratio);
/// "[1.88, 1.98]", rounded as the ratio is.
[[nodiscard]] std::string ratio_interval(const stats::Ratio& ratio);
/// "1.93 [1.88, 1.98]".
[[nodiscard]] std::string ratio_words(const stats::Ratio& ratio);
/// "0.031", "< 0.0001".
[[nodiscard]] std::string p_text(const std::optional<double>& p);
/// "1 run", "2 runs".
[[nodiscard]] std::string count_text(std::size_t count, const std::string& noun);

} // namespace mutation::report
