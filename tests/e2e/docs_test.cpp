#include "catch.hpp"

#include "lab.hpp"

#include <algorithm>
#include <set>
#include <sstream>

namespace mutation::e2e {

namespace {

const fs::path kSource = MUTATION_SOURCE_DIR;

std::string all_documents() {
    std::string text = read_text(kSource / "README.md");
    for (const auto& entry : fs::recursive_directory_iterator(kSource / "docs"))
        if (entry.path().extension() == ".md")
            text += read_text(entry.path());
    return text;
}

/// `--word` for each option of the help.
std::set<std::string> options_of(const std::string& help) {
    std::set<std::string> found;
    for (auto at = help.find("--"); at != std::string::npos; at = help.find("--", at + 2)) {
        const auto end = help.find_first_not_of("abcdefghijklmnopqrstuvwxyz-", at + 2);
        if (end > at + 3)
            found.insert(help.substr(at, end - at));
    }
    return found;
}

/// The lines of the README's sh blocks, a block each.
std::vector<std::vector<std::string>> sh_blocks() {
    std::vector<std::vector<std::string>> blocks;
    std::istringstream in(read_text(kSource / "README.md"));
    bool inside = false;
    for (std::string line; std::getline(in, line);) {
        if (line.rfind("```", 0) == 0) {
            inside = !inside && line == "```sh";
            if (inside)
                blocks.emplace_back();
        } else if (inside && !line.empty()) {
            blocks.back().push_back(line);
        }
    }
    return blocks;
}

/// Words of a simple command; the part behind ` #` left out.
std::vector<std::string> words_of(const std::string& line) {
    std::istringstream in(line.substr(0, line.find(" #")));
    std::vector<std::string> words;
    for (std::string word; in >> word;) {
        word.erase(std::remove_if(word.begin(), word.end(), [](char c) { return c == '"' || c == '\''; }), word.end());
        words.push_back(word);
    }
    return words;
}

/// Arguments of a line that runs the tool, else nothing.
std::vector<std::string> arguments_of(const std::string& line) {
    auto words = words_of(line);
    while (!words.empty() && (words.front() == "sudo" || words.front().find('=') != std::string::npos))
        words.erase(words.begin());
    if (words.empty() || fs::path(words.front()).filename() != "mutation")
        return {};
    words.erase(words.begin());
    return words;
}

} // namespace

TEST_CASE("every option of the help is told of in the documents", "[docs]") {
    Lab lab;
    const auto text = all_documents();
    const auto options = options_of(lab.run({"--help"}).out);
    CHECK(options.size() >= 15);
    for (const auto& option : options) {
        INFO(option);
        CHECK(text.find(option) != std::string::npos);
    }
}

TEST_CASE("the README's first two commands stand alone in their blocks", "[docs]") {
    const auto blocks = sh_blocks();
    REQUIRE(blocks.size() >= 2);
    CHECK(blocks[0] == std::vector<std::string>{"scripts/quickstart.sh"});
    CHECK(blocks[1] == std::vector<std::string>{"scripts/test.sh"});
}

TEST_CASE("every command line of the README is one that the tool takes", "[docs]") {
    Lab lab;
    int tried = 0;
    for (const auto& block : sh_blocks()) {
        for (const auto& line : block) {
            auto arguments = arguments_of(line);
            if (arguments.empty())
                continue;
            const std::set<std::string> verbs{"doctor", "resume", "summarize", "validate"};
            // A verb may look at a session or a machine that is not here: only its words are judged.
            if (verbs.count(arguments.front()) > 0)
                arguments.push_back("--help");
            else if (std::find(arguments.begin(), arguments.end(), "--list") == arguments.end())
                arguments.push_back("--dry-run");
            auto invocation = lab.tool(arguments);
            invocation.directory = kSource;
            invocation.environment["MUTATION_SETTINGS"] = (kSource / "settings").string();
            const auto result = run_process(invocation);
            INFO(line << "\n" << result.err);
            CHECK(result.exit_code == 0);
            ++tried;
        }
    }
    CHECK(tried >= 2);
}

TEST_CASE("files that the documents link to are there", "[docs]") {
    std::vector<fs::path> documents{kSource / "README.md", kSource / "settings/README.md"};
    for (const auto& entry : fs::recursive_directory_iterator(kSource / "docs"))
        if (entry.path().extension() == ".md")
            documents.push_back(entry.path());
    for (const auto& document : documents) {
        const auto text = read_text(document);
        for (auto at = text.find("]("); at != std::string::npos; at = text.find("](", at + 2)) {
            auto target = text.substr(at + 2, text.find(')', at) - at - 2);
            target = target.substr(0, target.find('#'));
            if (target.empty() || target.find(':') != std::string::npos)
                continue;
            INFO(document << " -> " << target);
            CHECK(fs::exists(document.parent_path() / target));
        }
    }
}

} // namespace mutation::e2e
