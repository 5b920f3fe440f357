#pragma once

#include "mutation/report/report.hpp"

#include <string_view>

/// How report.json, the tables and the page write the words of the types.
namespace mutation::report {

[[nodiscard]] std::string_view stage_name(Stage stage);
[[nodiscard]] std::string_view flag_source_name(FlagSource source);
[[nodiscard]] std::string_view coding_name(Coding coding);
[[nodiscard]] std::string_view term_name(Term term);
[[nodiscard]] std::string_view ratio_of_name(RatioOf ratio_of);
[[nodiscard]] std::string_view energy_part_name(EnergyPart part);

} // namespace mutation::report
