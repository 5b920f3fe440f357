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

/// The lines of the document's sh blocks, a block each.
std::vector<std::vector<std::string>> sh_blocks(const char* document = "README.md") {
    std::vector<std::vector<std::string>> blocks;
    std::istringstream in(read_text(kSource / document));
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

/// Words of a simple command without the part after ` #`.
std::vector<std::string> words_of(const std::string& line) {
    std::istringstream in(line.substr(0, line.find(" #")));
    std::vector<std::string> words;
    for (std::string word; in >> word;) {
        word.erase(std::remove_if(word.begin(), word.end(), [](char c) { return c == '"' || c == '\''; }), word.end());
        words.push_back(word);
    }
    return words;
}

/// Arguments of a line that runs the program, else empty.
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

TEST_CASE("every option of the help is in the documents", "[docs]") {
    Lab lab;
    const auto text = all_documents();
    const auto options = options_of(lab.run({"--help"}).out);
    CHECK(options.size() >= 15);
    for (const auto& option : options) {
        INFO(option);
        CHECK(text.find(option) != std::string::npos);
    }
}

TEST_CASE("every command line of the README works", "[docs]") {
    Lab lab;
    int tried = 0;
    for (const auto& block : sh_blocks()) {
        for (const auto& line : block) {
            auto arguments = arguments_of(line);
            if (arguments.empty())
                continue;
            const std::set<std::string> verbs{"doctor", "resume", "summarize", "report", "compare", "validate"};
            // A command may need a session or a machine that is not here: only its words are checked.
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

TEST_CASE("the commands of CONTRIBUTING name tests, programs and files that exist", "[docs]") {
    std::string sources;
    for (const auto& entry : fs::recursive_directory_iterator(kSource / "tests"))
        if (entry.path().extension() == ".cpp")
            sources += read_text(entry.path());
    const fs::path build = fs::path(MUTATION_BINARY).parent_path();
    for (const auto& block : sh_blocks("docs/CONTRIBUTING.md")) {
        for (const auto& line : block) {
            INFO(line);
            const auto quote = line.find('"');
            const std::string name =
                quote == std::string::npos ? "" : line.substr(quote, line.find_first_of("\"*", quote + 1) - quote);
            CHECK((name.empty() || sources.find(name) != std::string::npos));
            for (const auto& word : words_of(line)) {
                if (word.starts_with("scripts/") || word.starts_with("tests/"))
                    CHECK(fs::exists(kSource / word));
                if (word.starts_with("build/dev/"))
                    CHECK(fs::exists(build / word.substr(10)));
            }
        }
    }
}

} // namespace mutation::e2e
