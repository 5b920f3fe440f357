#include "catch.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/pattern.hpp"

#include <chrono>
#include <string>
#include <vector>

using namespace mutation;

namespace {

SearchResult search(const std::string& pattern, std::string_view text, std::size_t from = 0) {
    return Pattern(pattern).search({text, from, text.size() + 1});
}

std::string found(const std::string& pattern, std::string_view text) {
    const auto [match, hit_limit, resume] = search(pattern, text);
    CHECK_FALSE(hit_limit);
    return match ? std::string(text.substr(match->group_begin, match->group_end - match->group_begin)) : "(none)";
}

std::string fault_of(const std::string& pattern) {
    try {
        const Pattern compiled(pattern);
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::usage);
        return error.message();
    }
    return "";
}

double seconds_until_given_up(const std::string& pattern, const std::string& text, bool& hit_limit) {
    const Pattern compiled(pattern);
    const auto start = std::chrono::steady_clock::now();
    const SearchResult result = compiled.search({text, 0, text.size() + 1});
    CHECK_FALSE(result.match.has_value());
    hit_limit = result.hit_limit;
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

} // namespace

TEST_CASE("the first group is what a pattern found") {
    CHECK(found(R"(acc=([0-9.]+))", "loss=1 acc=0.93 acc=0.95") == "0.93");
    CHECK(found(R"(acc=[0-9.]+)", "loss=1 acc=0.93") == "acc=0.93");
    CHECK(found(R"((?P<top>\d+)/(?P<all>\d+))", "4552/5000") == "4552");
    CHECK(found(R"((?|a=(\d+)|b=(\d+)))", "b=7") == "7");
    CHECK(Pattern(R"((a)(?:b)(c))").group_count() == 2);
}

TEST_CASE("a group that took no part is not the same as one that matched") {
    const auto match = search("(x)?y", "y").match;
    REQUIRE(match.has_value());
    CHECK_FALSE(match->has_group);
}

TEST_CASE("patterns of Python that PCRE2 spells alike are understood") {
    CHECK(found(R"(^a{0,2}$)", "aa") == "aa");
    CHECK(found(R"(^a{0,2}$)", "aaa") == "(none)");
    CHECK(found(R"((?im)^ab)", "x\nAB") == "AB");
    CHECK(found(R"(\{'loss': ([0-9.]+)\})", "{'loss': 0.5}") == "0.5");
    CHECK(found(R"({'loss': ([0-9.]+)})", "{'loss': 0.5}") == "0.5");
    CHECK(found(R"(end$)", "end\n") == "end");
    CHECK(found(R"(\x{6d4b})", "测") == "测");
    CHECK(found(R"([]x]+)", "a]x") == "]x");
    CHECK(found(R"([[:digit:]]{1,3}x)", "1234x") == "234x");
}

TEST_CASE("letters of all scripts are letters, and only a line feed ends a line") {
    CHECK(found(R"(^\w+$)", "准确率") == "准确率");
    CHECK(found(R"((?m)^b)", "a\rb\nc") == "(none)");
    CHECK(found(R"((?m)^b.c)", "a\nb\rc") == "b\rc");
    CHECK(found(R"(\s(\d))", "\xc2\xa0"
                             "7") == "7");
}

TEST_CASE("bytes that are not UTF-8 neither match nor stop a search") {
    CHECK(found(R"(acc=([0-9.]+))", "\xff\xfe\x80 acc=0.5 \xc3") == "0.5");
    CHECK(found(R"(a.b)", "a\xff"
                          "b a-b") == "a-b");
}

TEST_CASE("a wrong pattern is refused with the offset of the error") {
    CHECK(fault_of("acc=([0-9.]+") != "");
    CHECK(fault_of("acc=([0-9.]+").find("offset 12") != std::string::npos);
    CHECK(fault_of(R"(ab\u6d4b)").find("at offset ") != std::string::npos);
    CHECK(fault_of("ab\\").find("offset 3") != std::string::npos);
    CHECK(fault_of("\xff") != "");
    CHECK(fault_of(std::string(100'000, 'a')).find("64 KiB") != std::string::npos);
}

TEST_CASE("a pattern that calls itself is refused") {
    for (const char* pattern : {"(?0)", "(?R)", "(a)(?1)", "(a)(?-1)", "(?+1)(a)", "(?P<n>a)(?P>n)", "(?<n>a)(?&n)",
                                R"((a)\g<1>)", R"((a)\g'1')"}) {
        INFO(pattern);
        CHECK(fault_of(pattern).find("write that part again") != std::string::npos);
    }
    CHECK(found(R"((?P<n>a)(?P=n)(?-i)b)", "aab") == "a");
    CHECK(found(R"((a)?b(?(1)c|d))", "bd") == "");
}

TEST_CASE("what means something else in Python is refused with place and remedy") {
    struct Difference {
        std::string pattern;
        std::string offset;
        std::string remedy;
    };
    const std::vector<Difference> differences{
        {R"(acc=(\d+)\Z)", "offset 9", R"(write \z)"},  {R"((?:a|(b\Z)))", "offset 7", R"(write \z)"},
        {R"(\\\Z)", "offset 2", R"(write \z)"},         {R"(a\vb)", "offset 1", R"(write \x0b)"},
        {R"([ \v])", "offset 2", R"(write \x0b)"},      {"a=([0-9]{,3})", "offset 8", "write {0,3}"},
        {"(a(b{,}))", "offset 4", "write {0,}"},        {"a{1, 3}", "offset 1", "leave the spaces out"},
        {"(?u)a", "offset 0", "leave them out"},        {"(?a)a", "offset 0", "leave them out"},
        {"x(?aims-x:a)", "offset 1", "leave them out"}, {"acc(?i)=(.)", "offset 3", "(?i:...)"},
        {"a|((?im)b)", "offset 3", "at its beginning"}, {R"(\Q(?i)\E(?i)a)", "offset 8", "at its beginning"},
    };
    for (const Difference& difference : differences) {
        const std::string message = fault_of(difference.pattern);
        INFO(difference.pattern << " -> " << message);
        CHECK(message.find("at " + difference.offset + ":") != std::string::npos);
        CHECK(message.find(difference.remedy) != std::string::npos);
    }
}

TEST_CASE("what only resembles a construct of Python is accepted") {
    CHECK(found(R"(a\\Z)", R"(a\Z)") == R"(a\Z)");
    CHECK(found(R"([a{,3}]+Z)", "{,}Z") == "{,}Z");
    CHECK(found(R"(\Qa\Z{,3}\v\E)", R"(a\Z{,3}\v)") == R"(a\Z{,3}\v)");
    CHECK(found(R"(a\{,3})", "a{,3}") == "a{,3}");
    CHECK(found("(?#\\Z{,3})a{}", "a{}") == "a{}");
    CHECK(found("{ }{,,}", "{ }{,,}") == "{ }{,,}");
    CHECK(found("(?x)a # \\Z {,3} (?i)\nb", "ab") == "ab");
    CHECK(found("(?#i)(?i)(?m)^b", "a\nB") == "B");
    CHECK(found("x(?i:b)", "xB") == "xB");
    CHECK(found(R"(\123[\12]\0)", std::string("S\n\0", 3)) == std::string("S\n\0", 3));
    CHECK(found(R"(a++(?>b)\z)", "aab") == "aab");
}

TEST_CASE("a search continues from any offset and sees what is before it") {
    const std::string pattern = R"((?<=x)\d)";
    const auto match = search(pattern, "x1 x2", 1).match;
    REQUIRE(match.has_value());
    CHECK(match->begin == 1);
    CHECK(search(pattern, "x1 x2", 2).match->begin == 4);
    CHECK_FALSE(search(pattern, "x1 x2", 5).match.has_value());
}

TEST_CASE("a window knows whether its ends are those of the text") {
    CHECK_FALSE(Pattern("^b").search({"ab", 1, 2, false, true}).match.has_value());
    CHECK_FALSE(Pattern("^a").search({"ab", 0, 2, false, true}).match.has_value());
    CHECK_FALSE(Pattern("b$").search({"ab", 0, 2, true, false}).match.has_value());
    CHECK(Pattern("b$").search({"ab", 0, 2, true, true}).match.has_value());
    CHECK_FALSE(Pattern("b").search({"ab", 0, 1, true, true}).match.has_value());
}

TEST_CASE("an empty match at the end of the text is found") {
    const auto match = search("$", "ab").match;
    REQUIRE(match.has_value());
    CHECK(match->begin == 2);
    CHECK(search("x*", "").match.has_value());
}

TEST_CASE("a match after the first part of a long text is found") {
    std::string text(300'000, '.');
    text += "acc=0.75";
    CHECK(found(R"(acc=([0-9.]+))", text) == "0.75");
    CHECK(found(R"([^.]+\z)", text) == "75");
}

TEST_CASE("a pattern with catastrophic backtracking is stopped and reported") {
    std::string letters;
    while (letters.size() < (std::size_t{1} << 20U)) {
        letters += "ab";
    }
    const std::string same(std::size_t{1} << 20U, 'a');
    bool hit_limit = false;
    CHECK(seconds_until_given_up("(a+)+$", same + "b", hit_limit) < 1);
    CHECK(hit_limit);
    CHECK(seconds_until_given_up("(a|b)*c", letters, hit_limit) < 1);
    CHECK(seconds_until_given_up("(a|b)*[cd]", letters, hit_limit) < 1);
    CHECK(hit_limit);
    CHECK(seconds_until_given_up(R"((?:\w+\s?)*[!?])", letters, hit_limit) < 1);
    CHECK(hit_limit);
    CHECK(seconds_until_given_up(R"(\w+\s+[0-9])", letters, hit_limit) < 1);
}

TEST_CASE("only the line that hit a limit is left out") {
    const std::string hostile(40, 'a');
    const std::string text = "first\n" + hostile + "!\nacc=1\n";
    const SearchResult result = Pattern(R"((?:a+)+$|acc=(\d))").search({text, 0, text.size(), true, true});
    REQUIRE(result.hit_limit);
    CHECK(text.substr(result.resume) == "acc=1\n");
}

namespace {

/// The whole match of the pattern that takes `nan` for a number too.
std::string found_widened(const std::string& pattern, std::string_view text) {
    const std::optional<Pattern> widened = Pattern(pattern).widened({"nan", "nan"});
    if (!widened) {
        return "(not widened)";
    }
    const auto match = widened->search({text, 0, text.size() + 1}).match;
    return match ? std::string(text.substr(match->begin, match->end - match->begin)) : "(none)";
}

} // namespace

TEST_CASE("a widened pattern matches the placeholder of its number and its earlier matches") {
    CHECK(found_widened("a=([0-9.]+)", "a=0.5") == "a=0.5");
    CHECK(found_widened("a=([0-9.]+)", "a=nan") == "a=nan");
    CHECK(found_widened("a=([0-9]+)[.]5 end", "a=nan") == "a=nan"); // nothing after the number is asked for
    CHECK(found_widened("([0-9]+)% ok", "nan, 5% ok") == "5% ok");  // there is no label that says what nan is
    CHECK(found_widened("([0-9]+)% ok", "nan% ok") == "nan% ok");
    CHECK(found_widened("(?|a=([0-9]+)|b=([0-9]+))", "b=nan") == "b=nan");
    CHECK(found_widened("(?:a|b)=(?<n>[0-9]+)", "b=nan") == "b=nan");
    CHECK(found_widened("(?P<n>(?:x)a=[0-9]+)", "xa=1") == "xa=1");
    CHECK(found_widened("l=[0-9.]+ a=([0-9.]+)", "l=nan a=0.5") == "l=nan a=0.5");
    CHECK(found_widened(R"(l=-?\d+\.\d{2,} a=([0-9.]+))", "l=nan a=0.5") == "l=nan a=0.5");
    CHECK(found_widened("(?i)A=([0-9]+)", "a=nan") == "a=nan");
    CHECK(found_widened("(?#(a b)a=([0-9]+)", "a=nan") == "a=nan");
    CHECK(found_widened("(?x)a= # ( comment\n([0-9]+)", "a=nan") == "a=nan");
    CHECK(found_widened(R"(\Q(a\E=([0-9]+))", "(a=nan") == "(a=nan");
    CHECK(found_widened("[(]a=([0-9]+)", "(a=nan") == "(a=nan");
    CHECK(found_widened("(?<=a=)([0-9]+)", "a=nan") == "nan");
}

TEST_CASE("a pattern without its own group is not widened") {
    CHECK(found_widened("a=[0-9]+", "a=nan") == "(not widened)");
    CHECK(found_widened("(?=a=([0-9]+))a", "a=nan") == "(not widened)");
}
