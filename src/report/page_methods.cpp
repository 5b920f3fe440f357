#include "assets.hpp"
#include "mutation/core/text.hpp"
#include "number_text.hpp"
#include "page_parts.hpp"

namespace mutation::report {

namespace {

Html tests_table(const std::vector<TestMade>& tests) {
    HtmlTable table("Every statistical test that was made",
                    {{"test"}, {"subject"}, {"group"}, {"p", ColumnKind::number}, {"result"}});
    for (const TestMade& test : tests) {
        table.add_row({text(test.name), text(test.subject), text(test.group), text(p_text(test.p)), text(test.result)});
    }
    return table.html();
}

Html session_details(const SessionSource& session) {
    HtmlTable facts("Session " + session.name, {{"fact"}, {"value"}});
    facts.add_row({text("folder"), text(session.directory.string())});
    facts.add_row(
        {text("recorded by"), text("mutation " + session.tool_version + (session.is_of_v3 ? " (v3.0 form)" : ""))});
    if (!session.command_line.empty()) {
        facts.add_row({text("command"), element("code", text(session.command_line))});
    }
    if (session.is_order_random) {
        facts.add_row({text("order of runs"), text(*session.is_order_random ? "random" : "not random")});
    }
    for (const std::string& damaged : session.damaged) {
        facts.add_row({text("not read"), text(damaged)});
    }
    Html html = facts.html();
    HtmlTable digests("SHA-256 of what was read from " + session.name, {{"file"}, {"SHA-256"}});
    for (const auto& [file, digest] : session.sha256) {
        digests.add_row({text(file), element("code", text(digest))});
    }
    if (!digests.empty()) {
        html += collapsed("SHA-256 of " + count_text(session.sha256.size(), "file"), digests.html());
    }
    return html;
}

Html machines_table(const Report& report) {
    HtmlTable table("Machines", {{"group"}, {"CPU"}, {"GPUs"}, {"driver"}, {"governor"}});
    for (const Group& group : report.groups) {
        const MachineKey& machine = group.key.machine;
        table.add_row({text(group_name(group)), text(machine.cpu),
                       text(machine.gpus.empty() ? "none" : join(machine.gpus, ", ")), text(machine.driver),
                       text(machine.governor)});
    }
    return table.html();
}

} // namespace

Html methods_part(const Report& report) {
    Html content = element("p", {{"id", "methods-text"}}, text(report.methods));
    if (!report.tests.empty()) {
        content += collapsed("All " + count_text(report.tests.size(), "test"), tests_table(report.tests));
    }
    return page_section("methods", "Methods", content);
}

Html provenance_part(const Report& report) {
    Html content = paragraph("Made by mutation " + report.tool_version + " on " + report.created +
                             ". The same numbers, unrounded, are in report.json.") +
                   machines_table(report);
    for (const SessionSource& session : report.sessions) {
        content += session_details(session);
    }
    const std::string_view licenses = assets::chart_licenses();
    if (!licenses.empty()) {
        content += collapsed("Licences of the chart library in this page", element("pre", text(licenses)));
    }
    return page_section("provenance", "Where this comes from", content);
}

} // namespace mutation::report
