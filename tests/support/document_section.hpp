#pragma once

#include "catch.hpp"

#include <string>

namespace mutation::test {

/// The document with another text between `<!-- name -->` and `<!-- end of name -->`.
inline std::string with_section(const std::string& docs, const std::string& name, const std::string& text) {
    const std::string head = "<!-- " + name + " -->\n";
    const std::size_t begin = docs.find(head);
    const std::size_t end = docs.find("<!-- end of " + name + " -->");
    REQUIRE(begin < end);
    REQUIRE(end != std::string::npos);
    return docs.substr(0, begin + head.size()) + text + docs.substr(end);
}

} // namespace mutation::test
