#include "html.hpp"

#include "mutation/core/text.hpp"

namespace mutation::report {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

std::string_view escape_byte(const char& byte, bool is_utf8) {
    const auto code = static_cast<unsigned char>(byte);
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\t':
    case '\n':
        return {&byte, 1};
    default:
        return code < 0x20 || code == 0x7F || (code >= 0x80 && !is_utf8) ? kReplacement : std::string_view{&byte, 1};
    }
}

std::string open_tag(std::string_view name, const std::vector<Attribute>& attributes) {
    std::string html = "<";
    html += name;
    for (const Attribute& attribute : attributes) {
        html += ' ';
        html += attribute.name;
        html += "=\"";
        html += escape_html(attribute.value);
        html += '"';
    }
    return html += '>';
}

} // namespace

Html Html::trusted(std::string html) {
    Html made;
    made.html_ = std::move(html);
    return made;
}

Html& Html::operator+=(const Html& other) {
    html_ += other.html_;
    return *this;
}

std::string escape_html(std::string_view text) {
    const bool is_utf8 = is_valid_utf8(text);
    std::string escaped;
    escaped.reserve(text.size());
    for (const char& byte : text) {
        escaped += escape_byte(byte, is_utf8);
    }
    return escaped;
}

Html text(std::string_view text) {
    return Html::trusted(escape_html(text));
}

Html element(std::string_view name, const Html& content) {
    return element(name, {}, content);
}

Html element(std::string_view name, const std::vector<Attribute>& attributes, const Html& content) {
    std::string html = open_tag(name, attributes);
    html += content.str();
    html += "</";
    html += name;
    html += '>';
    return Html::trusted(std::move(html));
}

Html paragraph(std::string_view text) {
    return element("p", report::text(text));
}

Html collapsed(std::string_view summary, const Html& content) {
    return element("details", element("summary", text(summary)) + content);
}

HtmlTable::HtmlTable(std::string_view caption, std::vector<HtmlColumn> columns, std::vector<Attribute> attributes)
    : caption_(caption), columns_(std::move(columns)), attributes_(std::move(attributes)) {}

void HtmlTable::add_row(const std::vector<Html>& cells) {
    rows_ += "<tr>";
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const bool is_heading = i == 0;
        rows_ += is_heading ? "<th scope=\"row\"" : "<td";
        rows_ += columns_[i].kind == ColumnKind::number ? " class=n>" : ">";
        rows_ += cells[i].str();
        rows_ += is_heading ? "</th>" : "</td>";
    }
    rows_ += "</tr>\n";
}

Html HtmlTable::html() const {
    if (rows_.empty()) {
        return {};
    }
    Html head;
    for (const HtmlColumn& column : columns_) {
        std::vector<Attribute> attributes = column.attributes;
        attributes.push_back({"scope", "col"});
        if (column.kind == ColumnKind::number) {
            attributes.push_back({"class", "n"});
        }
        head += element("th", attributes, text(column.heading));
    }
    const Html table = element("table", attributes_,
                               element("caption", text(caption_)) + element("thead", element("tr", head)) +
                                   element("tbody", Html::trusted(rows_)));
    return element("div", {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", caption_}},
                   table);
}

} // namespace mutation::report
