#include "catch.hpp"

#include "mutation/cli/options.hpp"
#include "mutation/core/error.hpp"

#include <map>
#include <regex>
#include <set>

using namespace mutation;
using cli::parse_options;

namespace {

std::string complaints(const std::vector<std::string>& arguments) {
    try {
        (void)parse_options(arguments);
        return "";
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::usage);
        return error.message();
    }
}

} // namespace

TEST_CASE("all spellings of an option mean the same") {
    using Words = std::vector<std::string>;
    for (const Words& spelling :
         {Words{"-mt", "epochs,seed"}, Words{"-mt=epochs,seed"}, Words{"--mutate", "epochs,seed"},
          Words{"--mutate=epochs,seed"}, Words{"--mut", "epochs,seed"}, Words{"--mut=epochs, seed"}}) {
        Words arguments{"-r", "digits", "-m", "mlp"};
        arguments.insert(arguments.end(), spelling.begin(), spelling.end());
        CHECK(parse_options(arguments).mutate == Words{"epochs", "seed"});
    }
    for (const Words& spelling : {Words{"-n", "5"}, Words{"-n=5"}, Words{"-n5"}, Words{"--runs", "5"}, Words{"--ru=5"},
                                  Words{"-n", "2", "--runs", "5"}, Words{"-n", "005"}}) {
        Words arguments{"-r", "digits", "-m=mlp", "-mt", "all"};
        arguments.insert(arguments.end(), spelling.begin(), spelling.end());
        CHECK(parse_options(arguments).runs == 5);
        CHECK(parse_options(arguments).model == "mlp");
    }
    const cli::Options packed =
        parse_options({"-rtoy", "-r", "digits", "-mbig", "-mmlp", "-mt", "all", "-s", "1", "-s05"});
    CHECK((packed.repository == "digits" && packed.model == "mlp" && packed.overrides.at("seed") == 5));
    for (const Words& spelling : {Words{"-ec=x.json"}, Words{"--experiment-config=x.json"}, Words{"-ec", "x.json"}}) {
        CHECK(parse_options(spelling).experiment_config == "x.json");
    }
    CHECK(parse_options({"--exp", "x.json"}).experiment_config == "x.json");
    CHECK(parse_options({"-ec", "x.json", "-mr", "0"}).overrides.at("max_retries") == 0);
}

TEST_CASE("all errors of a command line are reported at once") {
    const std::string text =
        complaints({"--repo", "x", "--runs", "0", "--seed", "-1", "--cooldown", "x", "-g", "fast", "--bogus"});
    for (const char* part : {"--runs", "--seed", "--cooldown", "--governor", "--bogus", "--model", "--mutate"}) {
        CHECK(text.find(part) != std::string::npos);
    }
}

TEST_CASE("numbers are decimal, and integers if required") {
    for (const char* runs : {"0x5", "1e3", "2.0", "", "three", "0", "-1", "99999999999999999999", "1000001"}) {
        CHECK(complaints({"-r", "a", "-m", "b", "-mt", "c", "-n", runs}).find("--runs") != std::string::npos);
    }
    CHECK(parse_options({"-ec", "x", "--cooldown", "0"}).overrides.at("cooldown_seconds") == 0);
    CHECK(complaints({"-ec", "x", "--timeout", "0"}).find("--timeout") != std::string::npos);
}

TEST_CASE("a wrong option is one error, without errors about what it hides") {
    CHECK(complaints({"--foo"}) == R"(unknown option "--foo"; see mutation --help)");
    CHECK(complaints({"-r", "a", "--modle", "b", "-mt", "c"}) ==
          R"(unknown option "--modle"; did you mean --model? see mutation --help)");
    CHECK(complaints({"list", "--as-root"}).find("--as-root: has no effect with list") == 0);
    CHECK(complaints({"validate", "a.json", "--as-root"}).find("--as-root: has no effect with validate") == 0);
}

TEST_CASE("an ambiguous prefix is refused with what it could be") {
    const std::string text = complaints({"--re", "x"});
    CHECK(text.find("--repo") != std::string::npos);
    CHECK(text.find("--results-dir") != std::string::npos);
}

TEST_CASE("a missing value is an error and does not take the next option") {
    CHECK(complaints({"-r", "-m", "mlp"}).find("--repo") != std::string::npos);
    CHECK(complaints({"-ec"}).find("--experiment-config") != std::string::npos);
    CHECK(complaints({"-r", "-m", "mlp"}) == "--repo: a value must follow (NAME)");
    CHECK(complaints({"-ec", "x", "--seed"}) == "--seed: a value must follow (N)");
    CHECK(complaints({"-ec", "x", "--quiet=3"}) == R"(--quiet: takes no value, but got "3"; leave the value out)");
}

TEST_CASE("a config and the flags of a single run exclude each other") {
    CHECK(complaints({"-ec", "x", "-n", "3"}).find("--runs") != std::string::npos);
    CHECK(complaints({"-ec", "x", "-g", "performance", "-s", "4"}).empty());
}

TEST_CASE("subcommands accept their operands and the common options") {
    CHECK(parse_options({"doctor", "--json"}).verb == "doctor");
    CHECK(parse_options({"doctor", "--json"}).json);
    CHECK(parse_options({"validate", "a.json", "b.json"}).operands == std::vector<std::string>{"a.json", "b.json"});
    CHECK(parse_options({"summarize", "results/x", "-c", "old.json"}).registry_file == "old.json");
    CHECK(parse_options({"resume", "results/x", "--retry-failed"}).retry_failed);
    CHECK(complaints({"validate"}).find("validate") != std::string::npos);
    CHECK(complaints({"resume", "a", "b"}).find("resume") != std::string::npos);
    CHECK(complaints({"stray"}).find("stray") != std::string::npos);
}

TEST_CASE("every command can be written as a word") {
    CHECK(parse_options({"list"}).verb == "list");
    CHECK(parse_options({"list", "-r", "digits", "-m", "mlp", "--json"}).repository == "digits");
    CHECK(parse_options({"run", "-ec", "x.json"}).verb == "run");
    CHECK(parse_options({"-ec", "x.json", "run"}).experiment_config == "x.json");
    CHECK(parse_options({"help"}).verb == "help");
    CHECK(parse_options({"help"}).help_topic.empty());
    CHECK(parse_options({"help", "doctor"}).help_topic == "doctor");
    CHECK(parse_options({"resume", "--help"}).help_topic == "resume");
    CHECK(complaints({"help", "doctr"}) == R"(unknown command "doctr"; did you mean "doctor"?)");
    CHECK(complaints({"run"}).find("--repo: is missing") != std::string::npos);
}

TEST_CASE("for an unknown command, only the nearest one is proposed") {
    CHECK(complaints({"doctr"}) == R"(unknown command "doctr"; did you mean "doctor"?)");
    CHECK(complaints({"lst", "--json"}) == R"(unknown command "lst"; did you mean "list"?)");
    CHECK(complaints({"resum", "results/x", "--retry-failed"}) == R"(unknown command "resum"; did you mean "resume"?)");
    CHECK(complaints({"Validate", "a.json"}) == R"(unknown command "Validate"; did you mean "validate"?)");
    CHECK(complaints({"frobnicate"}).find("known: run, list, doctor") != std::string::npos);
    CHECK(complaints({"settings/all.json"}).find("mutation -ec settings/all.json") != std::string::npos);
    CHECK(complaints({"-r", "a", "-m", "b", "-mt", "epochs", "dropout"}).find("--mutate a,b") != std::string::npos);
}

namespace {

/// Every option of the help with its value, if it has one.
std::map<std::string, std::string> all_options() {
    const std::regex pattern(R"(\n  (?:-\w+,|    ) +--([a-z-]+) ([A-Z]*))");
    const std::string text = cli::help_text();
    std::map<std::string, std::string> options;
    for (auto each = std::sregex_iterator(text.begin(), text.end(), pattern); each != std::sregex_iterator(); ++each) {
        options[(*each)[1]] = (*each)[2];
    }
    options.erase("help"); // shows the help of every command
    options.erase("version");
    return options;
}

} // namespace

TEST_CASE("an option that has no effect with a command is refused, not ignored") {
    using Names = std::set<std::string>;
    struct Row {
        std::vector<std::string> command;
        Names options;
    };
    const auto options = all_options();
    REQUIRE(options.size() >= 23);
    Names of_run;
    for (const auto& option : options) {
        of_run.insert(option.first);
    }
    for (const char* other :
         {"list", "self-test", "retry-failed", "force", "after-run", "output", "carbon-intensity", "price", "currency",
          "pue", "without-flagged", "margin", "fail-if-worse", "across-machines"}) {
        REQUIRE(of_run.erase(other) == 1);
    }
    const std::vector<Row> rows{
        {{"run"}, of_run},
        {{"list"}, {"list", "repo", "model", "settings", "config", "json", "quiet"}},
        {{"doctor"}, {"results-dir", "settings", "config", "json", "self-test"}},
        {{"validate", "a.json"}, {"settings", "config", "quiet"}},
        {{"resume", "s"}, {"settings", "config", "as-root", "retry-failed", "force", "no-report", "quiet", "verbose"}},
        {{"stop", "s"}, {"after-run"}},
        {{"summarize", "s"}, {"settings", "config", "quiet"}},
        {{"report", "s"},
         {"output", "settings", "config", "json", "quiet", "carbon-intensity", "price", "currency", "pue",
          "without-flagged"}},
        {{"compare", "a", "b"}, {"output", "settings", "config", "json", "margin", "fail-if-worse", "across-machines"}},
    };
    for (const Row& row : rows) {
        for (const auto& [name, value] : options) {
            std::vector<std::string> words = row.command;
            words.push_back("--" + name);
            if (!value.empty()) {
                words.emplace_back("1");
            }
            INFO(row.command.front() << " --" << name << ": " << complaints(words));
            const bool is_refused = complaints(words).find("--" + name + ": has no effect") != std::string::npos;
            CHECK(is_refused == ((row.options.count(name) == 0) || (row.command.front() == "run" && name == "json")));
        }
    }
    CHECK(complaints({"summarize", "s", "--as-root"}) ==
          "--as-root: has no effect with summarize, only with run, resume; leave it out");
    CHECK(complaints({"resume", "s", "--json"}) ==
          "--json: has no effect with resume, only with --dry-run, list, doctor, report, compare; leave it out");
    CHECK(parse_options({"-ec", "x", "--dry-run", "--json"}).json);
    CHECK(parse_options({"--list", "--json", "-q"}).json);
    CHECK(parse_options({"resume", "s", "--force", "--as-root", "-v"}).force);
    CHECK(parse_options({"doctor", "--self-test", "--json", "--results-dir", "r"}).own.count("self-test") == 1);
}

TEST_CASE("compare needs two sides, and a margin between 0 and 100 %") {
    const cli::Options options =
        parse_options({"compare", "a,b", "c", "--margin", "2.5%", "--fail-if-worse", "-o", "out"});
    CHECK(options.operands == std::vector<std::string>{"a,b", "c"});
    CHECK(options.own.at("margin") == "2.5%");
    CHECK(options.own.count("fail-if-worse") == 1);
    CHECK(options.own.count("across-machines") == 0);
    CHECK(complaints({"compare", "a"}).find("name two sessions, A and B") != std::string::npos);
    CHECK(complaints({"compare", "a", "b", "c"}).find("name two sessions") != std::string::npos);
    for (const char* margin : {"0.05", "5 %", "99%", "1e-3"}) {
        CHECK(parse_options({"compare", "a", "b", "--margin", margin}).own.at("margin") == margin);
    }
    for (const char* margin : {"5", "0", "0%", "100%", "-5%", "nan", "x", "", "%"}) {
        INFO(margin);
        CHECK(complaints({"compare", "a", "b", "--margin", margin}).find("such as 5% or 0.05") != std::string::npos);
    }
    CHECK(complaints({"list", "--margin", "5%"}) ==
          "--margin: has no effect with list, only with compare; leave it out");
}

TEST_CASE("the help of a command names its options and no others") {
    const std::string text = cli::help_text("resume");
    CHECK(text.find("--retry-failed") != std::string::npos);
    CHECK(text.find("--mutate") == std::string::npos);
    CHECK(cli::help_text().find("--mutate") != std::string::npos);
    CHECK(cli::help_text().find("resume SESSION") != std::string::npos);
}

TEST_CASE("help has priority over everything, list over a missing run") {
    CHECK(parse_options({"--help", "--runs=x"}).verb == "help");
    CHECK(parse_options({"-l"}).verb == "list");
    CHECK(parse_options({"--version"}).version);
}
