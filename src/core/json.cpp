#include "mutation/core/json.hpp"

#include "mutation/core/text.hpp"

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <utility>

namespace mutation {

namespace {

constexpr std::size_t kLongestKeyInPath = 60;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool may_repeat(std::string_view key) {
    return key.starts_with('_') || key == "comment" || key == "note" || key == "notes" || key == "description";
}

bool is_plain_letter(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           letter == '_' || letter == '-' || letter == '$';
}

/// `line L, column C` of the byte at `offset`; columns count characters, not bytes.
std::string describe_position(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, std::min(offset, text.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t newline = before.rfind('\n');
    const std::string_view row = newline == std::string_view::npos ? before : before.substr(newline + 1);
    const auto column = 1 + std::count_if(row.begin(), row.end(), [](char byte) {
                            return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
                        });
    return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

/// Offset of the first byte that is not part of well-formed UTF-8.
std::size_t find_invalid_utf8(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        std::size_t length = 1;
        while (length <= 4 && !is_valid_utf8(text.substr(at, length))) {
            ++length;
        }
        if (length > 4) {
            return at;
        }
        at += length;
    }
    return at;
}

/// What a user most likely did at the place of a syntax error.
std::string describe_syntax_error(std::string_view text, std::size_t offset) {
    const std::string_view rest = text.substr(std::min(offset, text.size()));
    const std::string_view before = trim(text.substr(0, std::min(offset, text.size())));
    if (rest.empty()) {
        return "the text ends before the JSON is complete; close every bracket, brace and quote";
    }
    if (rest.starts_with("//") || rest.starts_with("/*") || rest.starts_with('#')) {
        return R"(JSON has no comments; write "comment": "..." inside the object instead)";
    }
    if (rest.starts_with('\'')) {
        return "JSON puts text in double quotes, not in single ones";
    }
    if (rest.starts_with("NaN") || rest.starts_with("Infinity") || rest.starts_with("-Infinity") ||
        rest.starts_with("nan") || rest.starts_with("inf")) {
        return "JSON has neither NaN nor Infinity; write a number or null";
    }
    if (rest.starts_with("True") || rest.starts_with("False") || rest.starts_with("None")) {
        return "JSON writes true, false and null in lower case";
    }
    if ((rest.front() == '}' || rest.front() == ']') && before.ends_with(',')) {
        return "a comma before the closing bracket; remove it";
    }
    return {};
}

/// The words of the parser's own message, without its name, number and position.
std::string strip_parser_prefix(std::string_view message) {
    const std::size_t column = message.find("column ");
    const std::size_t colon = message.find(": ", column == std::string_view::npos ? 0 : column);
    return std::string(colon == std::string_view::npos ? message : message.substr(colon + 2));
}

/// Builds the document from the parser's events. Its public names are those that nlohmann's SAX interface asks for.
class DocumentBuilder {
public:
    DocumentBuilder(std::string_view text, const JsonLimits& limits, ParsedJson& parsed)
        : text_(text), limits_(limits), parsed_(parsed) {}

    bool null() { return add(nullptr); }
    bool boolean(bool value) { return add(value); }
    bool number_integer(std::int64_t value) { return add(value); }
    bool number_unsigned(std::uint64_t value) { return add(value); }
    bool number_float(double value, const std::string& digits) {
        const std::size_t digit = digits.substr(0, digits.find_first_of("eE")).find_first_of("123456789");
        add(value);
        if (value == 0 && digit != std::string::npos) {
            parsed_.faults.push_back({path(), shorten_text(digits, kLongestKeyInPath) + " is too small for a number"});
        }
        return true;
    }
    bool string(std::string& value) { return add(std::move(value)); }
    bool binary(Json::binary_t& /*value*/) { return false; }
    bool start_object(std::size_t /*size*/) { return open(Json::object()); }
    bool start_array(std::size_t /*size*/) { return open(Json::array()); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }

    bool key(const std::string& name) {
        Level& level = levels_.back();
        auto& members = level.container->get_ref<Json::object_t&>();
        const std::size_t known = level.find(name, members);
        level.member = known;
        if (known < members.size()) {
            if (!may_repeat(name)) {
                parsed_.faults.push_back({path(), "the same key twice in one object; keep one of them"});
            }
            return true;
        }
        level.remember(name, members);
        members.emplace_back(name, nullptr);
        return true;
    }

    bool parse_error(std::size_t position, const std::string& token, const Json::exception& error) {
        const std::string_view reason = error.what();
        const bool is_stray_text = reason.find("unexpected string literal") != std::string_view::npos;
        const bool is_number = dynamic_cast<const Json::out_of_range*>(&error) != nullptr;
        const std::size_t start = find_start(position, is_stray_text || is_number ? token.size() : 1);
        if (is_number) {
            fault_at(start, shorten_text(token, kLongestKeyInPath) + " is too large for a number");
            return false;
        }
        std::string message =
            is_stray_text ? "a comma or a colon is missing before this text" : describe_syntax_error(text_, start);
        fault_at(start, message.empty() ? strip_parser_prefix(shorten_text(reason, 300)) : message);
        return false;
    }

private:
    /// A container that is being filled. `container` stays valid: its parent does not grow meanwhile.
    struct Level {
        Json* container = nullptr;
        std::size_t member = 0;                              ///< of an object: where the value that comes next belongs
        std::unordered_map<std::string, std::size_t> places; ///< of the keys of a large object; a small one has none

        /// Where the key is; one past the end if it is new.
        [[nodiscard]] std::size_t find(const std::string& name, const Json::object_t& members) const {
            if (!places.empty()) {
                const auto known = places.find(name);
                return known == places.end() ? members.size() : known->second;
            }
            const auto found =
                std::find_if(members.begin(), members.end(), [&](const auto& each) { return each.first == name; });
            return static_cast<std::size_t>(found - members.begin());
        }

        /// To be called before a new key is added.
        void remember(const std::string& name, const Json::object_t& members) {
            constexpr std::size_t kMostInSmallObject = 32;
            if (members.size() == kMostInSmallObject) {
                for (std::size_t i = 0; i < members.size(); ++i) {
                    places.emplace((members.begin() + static_cast<std::ptrdiff_t>(i))->first, i);
                }
            }
            if (!places.empty()) {
                places.emplace(name, members.size());
            }
        }
    };

    /// Offset of what the parser rejected; its last byte is the `position`th.
    [[nodiscard]] std::size_t find_start(std::size_t position, std::size_t length) const {
        if (position > text_.size() || length > position) {
            return text_.size();
        }
        return position - length;
    }

    static const std::string& member_name(const Level& level) {
        return (level.container->get_ref<const Json::object_t&>().begin() + static_cast<std::ptrdiff_t>(level.member))
            ->first;
    }

    Json& place(Json value) {
        if (levels_.empty()) {
            parsed_.value = std::move(value);
            return parsed_.value;
        }
        Level& level = levels_.back();
        if (level.container->is_array()) {
            auto& elements = level.container->get_ref<Json::array_t&>();
            elements.push_back(std::move(value));
            return elements.back();
        }
        Json& slot =
            (level.container->get_ref<Json::object_t&>().begin() + static_cast<std::ptrdiff_t>(level.member))->second;
        slot = std::move(value);
        return slot;
    }

    bool add(Json value) {
        place(std::move(value));
        return true;
    }

    bool open(Json container) {
        Json& placed = place(std::move(container));
        if (levels_.size() >= limits_.max_depth) {
            parsed_.faults.push_back({path(), "nested deeper than " + std::to_string(limits_.max_depth) + " levels"});
            return false;
        }
        levels_.emplace_back().container = &placed;
        return true;
    }

    bool close() {
        levels_.pop_back();
        return true;
    }

    [[nodiscard]] std::string path() const {
        std::string path = "$";
        for (const Level& level : levels_) {
            if (level.container->is_array()) {
                path = element_path(path, level.container->size() - 1);
            } else {
                path = member_path(path, member_name(level));
            }
        }
        return path;
    }

    void fault_at(std::size_t offset, std::string message) {
        parsed_.faults.push_back({describe_position(text_, offset), std::move(message)});
    }

    std::string_view text_;
    const JsonLimits& limits_;
    ParsedJson& parsed_;
    std::vector<Level> levels_;
};

} // namespace

ParsedJson parse_json(std::string_view text, const JsonLimits& limits) {
    ParsedJson parsed;
    if (text.size() > limits.max_bytes) {
        parsed.faults.push_back({"", std::to_string(text.size()) + " bytes are more than the " +
                                         std::to_string(limits.max_bytes) + " that are read"});
        return parsed;
    }
    if (text.starts_with(kByteOrderMark)) { // some editors write one
        text.remove_prefix(kByteOrderMark.size());
    }
    if (!is_valid_utf8(text)) {
        parsed.faults.push_back(
            {describe_position(text, find_invalid_utf8(text)), "not UTF-8; save the file as UTF-8"});
        return parsed;
    }
    if (trim(text).empty()) {
        parsed.faults.push_back({"line 1, column 1", "the text is empty; JSON begins with { or ["});
        return parsed;
    }
    DocumentBuilder builder(text, limits, parsed);
    Json::sax_parse(text.begin(), text.end(), &builder);
    if (!parsed.ok()) {
        parsed.value = nullptr;
    }
    return parsed;
}

std::string member_path(std::string_view object_path, std::string_view key) {
    const std::string shown = shorten_text(key, kLongestKeyInPath);
    std::string path(object_path);
    if (!key.empty() && std::all_of(key.begin(), key.end(), is_plain_letter)) {
        return path + "." + shown;
    }
    return path + "[" + Json(shown).dump(-1, ' ', false, Json::error_handler_t::replace) + "]";
}

std::string element_path(std::string_view array_path, std::size_t index) {
    return std::string(array_path) + "[" + std::to_string(index) + "]";
}

std::string shorten_text(std::string_view text, std::size_t max_bytes) {
    constexpr std::string_view kEllipsis = "...";
    if (text.size() <= max_bytes) {
        return std::string(text);
    }
    std::size_t end = max_bytes > kEllipsis.size() ? max_bytes - kEllipsis.size() : 0;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
        --end;
    }
    return std::string(text.substr(0, end)) + std::string(kEllipsis);
}

} // namespace mutation
