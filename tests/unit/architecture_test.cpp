#include "catch.hpp"

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

// A module includes only modules that come before it on the way of the data: see docs/ARCHITECTURE.md.

namespace {

namespace fs = std::filesystem;

const std::map<std::string, std::set<std::string>>& allowed() {
    static const std::map<std::string, std::set<std::string>> rules{
        {"core", {}},
        {"system", {"core"}},
        {"config", {"core", "system"}},
        {"plan", {"core", "config"}},
        {"run", {"core", "system", "config", "plan"}},
        {"energy", {"core"}},
        {"stats", {"core"}},
        {"sensors", {"core", "system", "run", "energy"}},
        {"trainlog", {"core", "system", "config"}},
        {"record", {"core", "system", "config", "plan", "run", "energy", "trainlog"}},
        {"rollup", {"core", "system", "config", "plan", "trainlog", "record"}},
        {"console", {"core", "system", "config", "plan", "run", "record", "rollup"}},
        {"report", {"core", "system", "config", "plan", "energy", "record", "rollup", "stats"}},
        {"session",
         {"core", "system", "config", "plan", "run", "energy", "sensors", "trainlog", "record", "rollup", "console"}},
        {"cli",
         {"core", "system", "config", "plan", "run", "energy", "sensors", "trainlog", "record", "rollup", "console",
          "session", "report"}},
    };
    return rules;
}

/// Modules that may see a library of others; libraries that are not listed are free.
const std::map<std::string, std::set<std::string>>& library_owners() {
    static const std::map<std::string, std::set<std::string>> owners{
        {"CLI/", {"cli"}},
        {"pcre2.h", {"core"}},
        {"Eigen/", {"stats"}},
        {"boost/", {"stats"}},
    };
    return owners;
}

/// `config` of `include/mutation/config/x.hpp` and of `src/config/x.cpp`; "" for files of no module.
std::string module_of(const fs::path& file, const fs::path& root) {
    const auto relative = fs::relative(file, root);
    return std::distance(relative.begin(), relative.end()) > 1 ? relative.begin()->string() : "";
}

struct Include {
    std::string target; ///< `mutation/core/error.hpp`
    int line;
};

std::vector<Include> includes_of(const fs::path& file) {
    std::vector<Include> found;
    std::ifstream in(file);
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        const auto open = line.find_first_of("\"<");
        if (line.rfind("#include", 0) == 0 && open != std::string::npos)
            found.push_back({line.substr(open + 1, line.find_first_of("\">", open + 1) - open - 1), number});
    }
    return found;
}

/// Why `module` may not include `target`; "" where it may.
std::string violation_of(const std::string& module, const std::string& target) {
    const std::string ours = "mutation/";
    if (target.rfind(ours, 0) == 0) {
        const std::string other = target.substr(ours.size(), target.find('/', ours.size()) - ours.size());
        if (other != module && allowed().at(module).count(other) == 0)
            return module + " may not see " + other;
    }
    for (const auto& [library, owners] : library_owners())
        if (target.rfind(library, 0) == 0 && owners.count(module) == 0)
            return module + " may not see " + target;
    return "";
}

std::vector<fs::path> sources_below(const fs::path& root) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(root))
        if (entry.path().extension() == ".hpp" || entry.path().extension() == ".cpp")
            files.push_back(entry.path());
    return files;
}

} // namespace

TEST_CASE("a module includes core and the stages before it, nothing else of ours", "[architecture]") {
    const fs::path source = MUTATION_SOURCE_DIR;
    std::string broken;
    std::size_t seen = 0;
    for (const auto& root : {source / "include/mutation", source / "src"}) {
        for (const auto& file : sources_below(root)) {
            const std::string module = module_of(file, root);
            if (module.empty())
                continue;
            INFO(file << " belongs to no known module");
            REQUIRE(allowed().count(module) == 1);
            for (const auto& include : includes_of(file)) {
                ++seen;
                if (const auto why = violation_of(module, include.target); !why.empty())
                    broken +=
                        fs::relative(file, source).string() + ":" + std::to_string(include.line) + ": " + why + "\n";
            }
        }
    }
    CHECK(seen > 100);
    INFO(broken);
    CHECK(broken.empty());
}

TEST_CASE("the include rule rejects wrong includes", "[architecture]") {
    CHECK(violation_of("core", "mutation/core/error.hpp").empty());
    CHECK(violation_of("sensors", "mutation/run/attempt.hpp").empty());
    CHECK_FALSE(violation_of("core", "mutation/config/registry.hpp").empty());
    CHECK_FALSE(violation_of("run", "mutation/energy/energy.hpp").empty());
    CHECK_FALSE(violation_of("system", "mutation/run/attempt.hpp").empty());
    CHECK_FALSE(violation_of("plan", "mutation/system/file.hpp").empty());
    CHECK_FALSE(violation_of("config", "CLI/CLI.hpp").empty());
    CHECK(violation_of("cli", "CLI/CLI.hpp").empty());
}

TEST_CASE("files have at most 400 lines", "[architecture]") {
    constexpr int kLongest = 400;
    for (const char* folder : {"include", "src", "tests"}) {
        for (const auto& file : sources_below(fs::path(MUTATION_SOURCE_DIR) / folder)) {
            std::ifstream in(file);
            int lines = 0;
            for (std::string line; std::getline(in, line);)
                ++lines;
            INFO(file << " has " << lines << " lines");
            CHECK(lines <= kLongest);
        }
    }
}
