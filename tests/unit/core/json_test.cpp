#include "catch.hpp"

#include "mutation/core/json.hpp"

#include <string>
#include <vector>

using namespace mutation;

namespace {

JsonFault first_fault(std::string_view text) {
    const ParsedJson parsed = parse_json(text);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.value.is_null());
    return parsed.faults.front();
}

} // namespace

TEST_CASE("a document keeps its keys in order and its numbers exact") {
    const ParsedJson parsed = parse_json(R"({"b": [1, -2, 18446744073709551615, 0.1], "a": {"x": null, "y": true}})");
    REQUIRE(parsed.ok());
    CHECK(parsed.value.dump() == R"({"b":[1,-2,18446744073709551615,0.1],"a":{"x":null,"y":true}})");
    CHECK(parsed.value["b"][1].is_number_integer());
}

TEST_CASE("a syntax error has line, column and the likely cause") {
    struct Slip {
        std::string text;
        std::string path;
        std::string words;
    };
    const std::vector<Slip> slips{
        {"", "line 1, column 1", "empty"},
        {" \n ", "line 1, column 1", "empty"},
        {"{\"a\": 1,\n}", "line 2, column 1", "comma before the closing"},
        {"{\"a\": [1,]}", "line 1, column 10", "comma before the closing"},
        {"{\"a\": NaN}", "line 1, column 7", "NaN"},
        {"{\"a\": -Infinity}", "line 1, column 8", "NaN nor Infinity"},
        {"{'a': 1}", "line 1, column 2", "double quotes"},
        {"{\"a\": True}", "line 1, column 7", "lower case"},
        {"{\n  // x\n}", "line 2, column 3", "comment"},
        {"{\"a\": 1 \"b\": 2}", "line 1, column 9", "missing"},
        {"{\"a\": \"é\" \"b\": 2}", "line 1, column 11", "missing"},
        {"{\"a\": 1", "line 1, column 8", "ends before"},
        {"{\"a\": \"x", "line 1, column 9", "ends before"},
        {"{} {}", "line 1, column 4", "expected end of input"},
        {"{\"a\": 1e999}", "line 1, column 7", "too large"},
        {"\"\\ud800\"", "line 1", "surrogate"},
    };
    for (const Slip& slip : slips) {
        const JsonFault fault = first_fault(slip.text);
        INFO(slip.text << " -> " << fault.path << ": " << fault.message);
        CHECK(fault.path.substr(0, slip.path.size()) == slip.path);
        CHECK(fault.message.find(slip.words) != std::string::npos);
    }
}

TEST_CASE("a number that would change silently is refused") {
    CHECK(first_fault("{\"lr\": 1e-400}").path == "$.lr");
    CHECK(first_fault("{\"lr\": [1, 0.01e-400]}").message.find("too small") != std::string::npos);
    CHECK(parse_json("[0.0, 0e-400, 1e-300]").ok());
}

TEST_CASE("text that is not UTF-8 is refused with the position") {
    CHECK(first_fault("{\"a\":\n \"\xff\"}").path == "line 2, column 3");
    CHECK(first_fault("\xff\xfe{\0}").message.find("UTF-8") != std::string::npos);
    CHECK(parse_json("\xEF\xBB\xBF{}").ok());
}

TEST_CASE("every key that is there twice is named with its path") {
    const ParsedJson parsed =
        parse_json(R"({"a": [{"b": 1, "b": 2}], "a": 3, "comment": 1, "comment": 2, "_x": 1, "_x": 2})");
    REQUIRE(parsed.faults.size() == 2);
    CHECK(parsed.faults[0].path == "$.a[0].b");
    CHECK(parsed.faults[1].path == "$.a");
}

TEST_CASE("a key that is there twice is found in a large object too") {
    std::string text = R"({"k0": [{"x": 1}], "_n": 1)";
    for (int i = 1; i < 200; ++i) {
        text += ", \"k" + std::to_string(i) + "\": " + std::to_string(i);
    }
    const ParsedJson parsed = parse_json(text + R"(, "_n": 2})");
    REQUIRE(parsed.ok());
    CHECK(parsed.value.size() == 201);
    CHECK((parsed.value["_n"] == 2 && parsed.value["k31"] == 31 && parsed.value["k199"] == 199));
    for (const char* key : {"k0", "k30", "k31", "k32", "k199"}) {
        CHECK(first_fault(text + ", \"" + key + "\": 0}").path == std::string("$.") + key);
    }
}

TEST_CASE("the last of two comment keys stays") {
    const ParsedJson parsed = parse_json(R"({"comment": 1, "a": 0, "comment": {"x": [2]}})");
    REQUIRE(parsed.ok());
    CHECK(parsed.value.dump() == R"({"comment":{"x":[2]},"a":0})");
}

TEST_CASE("nesting and size have limits") {
    CHECK(parse_json(std::string(64, '[') + std::string(64, ']')).ok());
    CHECK_FALSE(parse_json(std::string(65, '[') + std::string(65, ']')).ok());
    CHECK(first_fault(std::string(1U << 20U, '[')).message.find("nested deeper than 64") != std::string::npos);
    CHECK_FALSE(parse_json("[1]", {2, 64}).ok());
}

TEST_CASE("a path quotes keys that are not plain words, and cuts long ones") {
    CHECK(member_path("$", "a-b_1") == "$.a-b_1");
    CHECK(member_path("$.x", "two words") == "$.x[\"two words\"]");
    CHECK(member_path("$", "") == "$[\"\"]");
    CHECK(element_path("$.x", 3) == "$.x[3]");
    CHECK(shorten_text("测试测试", 8) == "测...");
    CHECK(member_path("$", std::string(5000, 'x')).size() < 80);
}
