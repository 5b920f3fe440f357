#pragma once

#include "html.hpp"
#include "mutation/report/report.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// The parts of the page. Each is readable without JavaScript.
namespace mutation::report {

/// Effects with a smaller p (Holm) are shown as significant.
inline constexpr double kShownSignificance = .05;

/// The end of the ids of a group's parts: "" for the first group, "-2" for the second.
[[nodiscard]] std::string id_suffix(std::size_t group);
/// "examples / mnist_rnn", with the background if there is one.
[[nodiscard]] std::string group_name(const Group& group);
/// "energy (J)" or "duration (s)".
[[nodiscard]] std::string cost_heading(const Group& group);
/// "energy (J)", "accuracy".
[[nodiscard]] std::string outcome_heading(const std::string& outcome);
/// "demo/0007".
[[nodiscard]] std::string run_name(const RunKey& key);

/// The hyperparameters that differ between the runs of the group.
[[nodiscard]] std::vector<std::string> varied_inputs(const Group& group);

/// A part of the page that a link can name.
[[nodiscard]] Html page_section(const std::string& id, std::string_view title, const Html& content);

/// What `make` gives for the main analyses, and below it what it gives with the flagged runs, if there are any. A
/// switch of the page shows one of them.
template <class Make>
[[nodiscard]] Html both_sets(const Group& group, const Make& make) {
    Html html = element("div", {{"class", "set-without"}}, make(group.analyses));
    if (group.with_flagged) {
        html += element("div", {{"class", "set-with"}},
                        element("p", {{"class", "set-name"}}, text("With flagged runs:")) + make(*group.with_flagged));
    }
    return html;
}

/// The result of each group in a sentence, the strip of figures, and the warnings.
[[nodiscard]] Html summary_part(const Report& report);
/// Pareto front beside forest plot.
[[nodiscard]] Html first_screen_part(const Group& group, std::size_t index);
/// Sections 1 and 10 of the page.
[[nodiscard]] Html flow_part(const Report& report);
[[nodiscard]] Html waste_part(const Report& report);
/// Section 2 of a group.
[[nodiscard]] Html trust_part(const Group& group, std::size_t index);
/// Sections 3 to 6 of a group.
[[nodiscard]] Html drivers_part(const Group& group, std::size_t index);
/// Sections 7 to 9 of a group.
[[nodiscard]] Html worth_part(const Group& group, std::size_t index);
/// Section 11 of a group. `page_folder`: where the page will be, for the links to the runs' folders.
[[nodiscard]] Html runs_part(const Group& group, std::size_t index, const std::filesystem::path& page_folder);
/// Section 12, where everything comes from, and the licences of what is embedded.
[[nodiscard]] Html methods_part(const Report& report);
[[nodiscard]] Html provenance_part(const Report& report);

} // namespace mutation::report
