#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mutation::report {

/// A piece of HTML. Text becomes one only by `text` and by attributes, which escape it: names, logs and reasons come
/// from outside.
class Html {
public:
    Html() = default;
    /// `html` as it is: only for what this program wrote itself.
    [[nodiscard]] static Html trusted(std::string html);

    [[nodiscard]] const std::string& str() const { return html_; }
    [[nodiscard]] bool empty() const { return html_.empty(); }
    Html& operator+=(const Html& other);
    friend Html operator+(Html first, const Html& second) { return first += second; }

private:
    std::string html_;
};

struct Attribute {
    std::string_view name;
    std::string value;
};

/// `text` for the inside of elements and of quoted attributes. Bytes that are not UTF-8 and control characters become
/// U+FFFD.
[[nodiscard]] std::string escape_html(std::string_view text);

[[nodiscard]] Html text(std::string_view text);
[[nodiscard]] Html element(std::string_view name, const Html& content);
[[nodiscard]] Html element(std::string_view name, const std::vector<Attribute>& attributes, const Html& content);
[[nodiscard]] Html paragraph(std::string_view text);
/// Collapsed until the reader opens it.
[[nodiscard]] Html collapsed(std::string_view summary, const Html& content);

enum class ColumnKind { text, number };

struct HtmlColumn {
    std::string heading; ///< with its unit
    ColumnKind kind = ColumnKind::text;
    std::vector<Attribute> attributes = {};
};

/// A table that is written row by row. The first cell of a row is its heading.
class HtmlTable {
public:
    HtmlTable(std::string_view caption, std::vector<HtmlColumn> columns, std::vector<Attribute> attributes = {});

    void add_row(const std::vector<Html>& cells);
    [[nodiscard]] bool empty() const { return rows_.empty(); }
    /// In a frame that scrolls sideways. "" if there are no rows.
    [[nodiscard]] Html html() const;

private:
    std::string caption_;
    std::vector<HtmlColumn> columns_;
    std::vector<Attribute> attributes_;
    std::string rows_;
};

} // namespace mutation::report
