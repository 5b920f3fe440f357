#include "catch.hpp"

#include "../src/report/assets.hpp"
#include "../src/report/html.hpp"
#include "../src/report/number_text.hpp"
#include "../src/report/packed_json.hpp"
#include "mutation/report/licenses.hpp"
#include "mutation/report/page.hpp"
#include "mutation/report/report_json.hpp"
#include "support/sample_report.hpp"

using namespace mutation;
using namespace mutation::report;

namespace {

std::string page_of(const Report& report) {
    return make_page(report, report_to_json(report), "/home/user/results/run_20261120_090000/report");
}

std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) {
        ++count;
    }
    return count;
}

/// What is between the first `open` and the next `close` after it.
std::string between(const std::string& text, const std::string& open, const std::string& close) {
    const auto begin = text.find(open);
    REQUIRE(begin != std::string::npos);
    return text.substr(begin + open.size(), text.find(close, begin + open.size()) - begin - open.size());
}

} // namespace

TEST_CASE("text becomes HTML only with its special characters escaped", "[report][page]") {
    CHECK(text("<b> & \"a\" 'b'").str() == "&lt;b&gt; &amp; &quot;a&quot; &#39;b&#39;");
    CHECK(text("模型\n").str() == "模型\n");
    CHECK(text("a\x01").str() == "a\xEF\xBF\xBD");
    CHECK(text("a\xFF").str() == "a\xEF\xBF\xBD");
    CHECK(element("a", {{"href", "\"><script>"}}, text("<")).str() == "<a href=\"&quot;&gt;&lt;script&gt;\">&lt;</a>");
}

TEST_CASE("numbers of the page are rounded for people", "[report][page]") {
    CHECK(table_number(1234.5678) == "1235");
    CHECK(table_number(.00012345, 2) == "0.00012");
    CHECK(table_number(-0.0) == "0");
    CHECK(table_number(1.5e-9, 2) == "1.5e-09");
    CHECK(table_number(std::nullopt) == kNoNumber);
    CHECK(ratio_words({1.9312, {1.8811, 1.9799}}) == "1.93 [1.88, 1.98]");
    CHECK(ratio_words({1.13, {1.1, 1.2}}) == "1.13 [1.10, 1.20]");
    CHECK(ratio_words({1.0023, {.9949, 1.2}}) == "1.002 [0.995, 1.200]");
    CHECK(ratio_words({12.34, {.0123, 123.4}}) == "12.3 [0.0123, 123]");
    CHECK(p_text(1e-9) == "< 0.0001");
    CHECK(count_text(1, "run") == "1 run");
    CHECK(count_text(0, "run") == "0 runs");
}

TEST_CASE("hostile names reach the page only escaped", "[report][page]") {
    const std::string page = page_of(test::sample_report());
    const std::string::size_type scripts = assets::chart_library().source.empty() ? 2 : 3;
    CHECK(count_of(page, "<script") - count_of(std::string(assets::chart_library().source), "<script") == scripts);
    CHECK(count_of(page, "</script") == scripts);
    CHECK(count_of(page, "<img") == count_of(std::string(assets::chart_library().source), "<img"));
    CHECK(page.find("&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;") != std::string::npos);
    CHECK(page.find("模型") != std::string::npos);
}

TEST_CASE("the page embeds all of report.json", "[report][page]") {
    const Report report = test::sample_report(12);
    const Json json = report_to_json(report);
    const std::string page = make_page(report, json, "/tmp");
    const auto embedded = parse_json(between(page, "<script type=\"application/json\" id=\"report\">", "</script>"));
    REQUIRE(embedded.ok());
    const Json& columns = embedded.value["groups"][0]["run_table"]["=columns"];
    REQUIRE(columns["experiment_id"].size() == json["groups"][0]["run_table"].size());
    CHECK(columns["values"]["=columns"]["epochs"][2] == json["groups"][0]["run_table"][2]["values"]["epochs"]);
    CHECK(embedded.value["groups"][0]["effects"]["=columns"]["ratio"][0] == json["groups"][0]["effects"][0]["ratio"]);
    CHECK(embedded.value["methods"] == json["methods"]);
}

TEST_CASE("only long lists of like objects are stored by column", "[report][page]") {
    Json like = Json::array();
    for (int i = 0; i < 10; ++i) {
        like.push_back({{"a", i}, {"b", "<"}});
    }
    CHECK(packed_json(Json{{"x", like}}).find(R"({"x":{"=columns":{"a":[0,1,2,3,4,5,6,7,8,9],"b":["\u003c",)") == 0);
    Json other = like;
    other[3] = {{"b", 1}, {"a", 2}};
    CHECK(packed_json(other).find("=columns") == std::string::npos);
    Json short_list = like;
    short_list.erase(0);
    CHECK(packed_json(short_list).find("=columns") == std::string::npos);
    CHECK(packed_json(Json{{"=columns", like}}).find(R"({"=columns":[{"a":0,)") == 0);
}

TEST_CASE("the page names no address of a network and allows no request", "[report][page]") {
    const std::string page = page_of(test::sample_report());
    const std::string policy = between(page, "Content-Security-Policy\" content=\"", "\"");
    CHECK(policy.find("default-src 'none'") == 0);
    CHECK(between(policy, "script-src", ";").find("unsafe") == std::string::npos);
    for (const char* loader : {"src=\"http", "href=\"http", "@import", "url("}) {
        INFO(loader);
        CHECK(count_of(page, loader) == count_of(std::string(assets::chart_library().source), loader));
    }
}

TEST_CASE("the page is readable without its script", "[report][page]") {
    const std::string page = page_of(test::sample_report());
    const std::string main = between(page, "<main>", "</main>");
    for (const char* words :
         {"multiplies energy by", "Did the campaign work?", "Can I trust the joules?", "What drives energy?",
          "Through what?", "How much does each matter?", "What drives quality?", "Which runs are worth it?",
          "Real or noise?", "What does the background change?", "What was wasted?", "Every run", "Methods",
          "Where this comes from", "another process used GPU 0 for 212 s", "1.93", "[1.88, 1.98]",
          "No energy was measured"}) {
        INFO(words);
        CHECK(main.find(words) != std::string::npos);
    }
    CHECK(count_of(main, "href=\"../digits_002\"") == 1);
}

TEST_CASE("a report without groups is a page that says so", "[report][page]") {
    Report report;
    report.sessions = {{"empty", "/tmp/empty", "1.1.0", false, "", std::nullopt, {}, {}}};
    CHECK(page_of(report).find("There is nothing to analyse") != std::string::npos);
}

TEST_CASE("the licence texts of the chart library travel with it", "[report][page]") {
    if (assets::chart_library().source.empty()) {
        CHECK(licenses().empty());
        return;
    }
    CHECK(assets::chart_library().sha256 == "baa8dfe7e1d9336b98e8986ba7e20ea15e7cdbea1ef42a59d59478632fa45a1d");
    for (const char* words : {"Apache License", "zrender", "tslib", "The Apache Software Foundation", "d3"}) {
        INFO(words);
        CHECK(licenses().find(words) != std::string::npos);
    }
}

TEST_CASE("a run that never began is in the page without a link", "[report][page]") {
    Report report = test::sample_report();
    Run& run = report.groups.front().runs.back();
    run.folder.clear();
    run.key.experiment_id = "never_begun_099";
    const std::string page = page_of(report);
    CHECK(page.find(">never_begun_099</a>") == std::string::npos);
    CHECK(page.find(">never_begun_099<") != std::string::npos);
}
