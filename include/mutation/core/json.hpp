#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mutation {

/// Keys keep their order: files are read by people.
using Json = nlohmann::ordered_json;

/// Where a JSON text is refused.
struct JsonLimits {
    std::size_t max_bytes = 64U << 20U;
    std::size_t max_depth = 64; ///< deeper values overflow the stack when they are copied
};

/// A place in a JSON text that is wrong.
struct JsonFault {
    std::string path; ///< `$.experiments[2].repo`; "line 3, column 7" for a syntax error
    std::string message;
};

/// A document, or the faults that keep it from being one.
struct ParsedJson {
    Json value;
    std::vector<JsonFault> faults; ///< empty if `value` is valid

    [[nodiscard]] bool ok() const { return faults.empty(); }
};

/// Reads JSON strictly: UTF-8, within the limits, no key twice in one object (comment keys, which are
/// `comment`, `note`, `notes`, `description` and those that begin with `_`, may repeat). Pure; never throws for
/// what is in the text.
[[nodiscard]] ParsedJson parse_json(std::string_view text, const JsonLimits& limits = {});

/// The JSON path of an object's member: `$.a.key`, or `$.a["two words"]` if the key is not a plain word. A very long
/// key is cut.
[[nodiscard]] std::string member_path(std::string_view object_path, std::string_view key);

/// The JSON path of an array's element: `$.a[3]`.
[[nodiscard]] std::string element_path(std::string_view array_path, std::size_t index);

/// `text` cut to at most `max_bytes`, between two characters, with "..." for what is left out.
[[nodiscard]] std::string shorten_text(std::string_view text, std::size_t max_bytes);

} // namespace mutation
