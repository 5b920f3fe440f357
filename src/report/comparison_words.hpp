#pragma once

#include "mutation/report/comparison.hpp"

#include <string>

/// The sentences and numbers of a comparison for people.
namespace mutation::report {

/// `energy: different. B uses 8.0 % more than A (95 %: 5.6 % more to 10.3 % more).`
[[nodiscard]] std::string verdict_sentence(const OverallOutcome& overall, double margin);

/// `1.079`; three digits if it is far from 1.
[[nodiscard]] std::string compared_number(double value);
/// A figure of one side: `0.9048`, `25.08`, `23000`.
[[nodiscard]] std::string compared_figure(double value);
/// `[1.056, 1.103]`, or `-`.
[[nodiscard]] std::string compared_interval(const std::optional<stats::Interval>& interval);
/// `0.031`, `<0.001`, or `-`.
[[nodiscard]] std::string compared_p(const std::optional<double>& p);
/// `5 %`, `7.3 %`
[[nodiscard]] std::string margin_text(double margin);
/// `J`, `s`, `W`, or "" for a metric.
[[nodiscard]] std::string compared_unit(const std::string& outcome);

} // namespace mutation::report
