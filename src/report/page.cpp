#include "mutation/report/page.hpp"

#include "assets.hpp"
#include "mutation/core/text.hpp"
#include "packed_json.hpp"
#include "page_parts.hpp"

#include <array>

namespace mutation::report {

namespace {

/// Base64 of bytes that are given as hexadecimal digits.
std::string base64_of_hex(std::string_view hex) {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string encoded;
    unsigned bits = 0;
    unsigned count = 0;
    for (const char digit : hex) {
        bits = (bits << 4U) | static_cast<unsigned>(kHex.find(digit));
        count += 4;
        if (count >= 6) {
            count -= 6;
            encoded += kDigits[(bits >> count) & 0x3FU];
        }
    }
    if (count > 0) {
        encoded += kDigits[(bits << (6 - count)) & 0x3FU];
    }
    while (encoded.size() % 4 != 0) {
        encoded += '=';
    }
    return encoded;
}

/// Scripts run only if their hash is named here: not even a name that slips through the escapes could run one. Styles
/// are allowed inline because the chart library sets them on its elements. Images are what the page itself draws.
std::string content_policy(const std::vector<assets::Script>& scripts) {
    std::string policy = "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data: blob:; "
                         "style-src 'unsafe-inline'; script-src";
    for (const assets::Script& script : scripts) {
        policy += " 'sha256-" + base64_of_hex(script.sha256) + "'";
    }
    return policy;
}

std::string page_title(const Report& report) {
    std::vector<std::string> names;
    for (const SessionSource& session : report.sessions) {
        names.push_back(session.name);
    }
    return join(names, ", ");
}

Html head_part(const std::string& title, const std::vector<assets::Script>& scripts) {
    return Html::trusted(R"(<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content=")" +
                         content_policy(scripts) +
                         "\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                         "<meta name=\"color-scheme\" content=\"light dark\"><link rel=\"icon\" href=\"data:,\">") +
           element("title", text("Report: " + title)) +
           Html::trusted("<style>" + std::string(assets::page_style()) + "</style></head>\n");
}

Html contents_part() {
    constexpr std::array<std::pair<const char*, const char*>, 9> kEntries{{{"flow", "Campaign"},
                                                                           {"trust", "Trust"},
                                                                           {"drives", "Drivers"},
                                                                           {"worth", "Worth it"},
                                                                           {"noise", "Real or noise"},
                                                                           {"waste", "Waste"},
                                                                           {"runs", "Every run"},
                                                                           {"methods", "Methods"},
                                                                           {"provenance", "Provenance"}}};
    Html links;
    for (const auto& [id, name] : kEntries) {
        links += element("a", {{"href", "#" + std::string(id)}}, text(name));
    }
    return element("nav", {{"aria-label", "Sections"}}, links);
}

Html group_part(const Report& report, std::size_t index, const std::filesystem::path& page_folder) {
    const Group& group = report.groups[index];
    Html content;
    if (report.groups.size() > 1) {
        content += element("h2", {{"class", "group-heading"}}, text(group_name(group)));
    }
    content += first_screen_part(group, index);
    if (index == 0) {
        content += flow_part(report);
    }
    content += trust_part(group, index) + drivers_part(group, index) + worth_part(group, index) +
               runs_part(group, index, page_folder);
    return element("article",
                   {{"id", "group" + id_suffix(index)}, {"class", "group"}, {"aria-label", group_name(group)}},
                   content);
}

} // namespace

std::string make_page(const Report& report, const Json& report_json, const std::filesystem::path& page_folder) {
    std::vector<assets::Script> scripts;
    if (!assets::chart_library().source.empty()) {
        scripts.push_back(assets::chart_library());
    }
    scripts.push_back(assets::page_script());
    const std::string title = page_title(report);
    Html main = summary_part(report);
    for (std::size_t i = 0; i < report.groups.size(); ++i) {
        main += group_part(report, i, page_folder);
    }
    if (report.groups.empty()) {
        main += flow_part(report);
    }
    main += waste_part(report) + methods_part(report) + provenance_part(report);
    const Html header = element("header", element("h1", text("What drives energy and quality: " + title)) +
                                              element("div", {{"id", "tools"}}, {}));
    std::string page = "<!DOCTYPE html>\n<html lang=\"en\">\n" + head_part(title, scripts).str() + "<body>\n" +
                       (header + contents_part() + element("main", main)).str() +
                       "\n<script type=\"application/json\" id=\"report\">" + packed_json(report_json) + "</script>";
    for (const assets::Script& script : scripts) {
        page += "\n<script>" + std::string(script.source) + "</script>";
    }
    return page + "\n</body>\n</html>\n";
}

} // namespace mutation::report
