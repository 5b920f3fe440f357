#include "catch.hpp"

#include "mutation/config/settings_locator.hpp"
#include "mutation/core/error.hpp"

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

using namespace mutation;
using namespace mutation::config;

namespace {

const std::filesystem::path kGoldenSettings = std::filesystem::path(MUTATION_TEST_DIR) / "golden/config/settings";

/// Sets a variable for one test.
class ScopedVariable {
public:
    ScopedVariable(const char* name, const std::string& value) : name_(name) { setenv(name, value.c_str(), 1); }
    ScopedVariable(const ScopedVariable&) = delete;
    ScopedVariable& operator=(const ScopedVariable&) = delete;
    ~ScopedVariable() { unsetenv(name_); }

private:
    const char* name_;
};

std::string message_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::usage);
        return error.message();
    }
    return "";
}

} // namespace

TEST_CASE("settings of the flag override those of the environment") {
    const ScopedVariable variable("MUTATION_SETTINGS", kGoldenSettings.string());
    CHECK(locate_settings("") == kGoldenSettings);
    CHECK(locate_settings((kGoldenSettings / "repos/").string()) == kGoldenSettings / "repos");
}

TEST_CASE("given settings that do not exist are an error, never replaced") {
    CHECK(message_of([] { (void)locate_settings("/no/such"); }).find("--settings: /no/such") == 0);
    const ScopedVariable variable("MUTATION_SETTINGS", "/no/such");
    CHECK(message_of([] { (void)locate_settings(""); }).find("MUTATION_SETTINGS: /no/such") == 0);
}

TEST_CASE("a config is a path, or a preset with or without .json") {
    const std::filesystem::path preset = kGoldenSettings / "preset_study.json";
    CHECK(locate_experiment_config(preset.string(), "/nowhere") == preset);
    CHECK(locate_experiment_config("preset_study.json", kGoldenSettings) == preset);
    CHECK(locate_experiment_config("preset_study", kGoldenSettings) == preset);
    CHECK(message_of([] {
              (void)locate_experiment_config("preset_studi", kGoldenSettings);
          }).find("did you mean preset_study.json?") != std::string::npos);
    CHECK(message_of([] { (void)locate_experiment_config("zzzzzzzzzzzz", ""); }).find(":", 14) ==
          std::string::npos); // no list of presets without presets
    CHECK(message_of([] {
              (void)locate_experiment_config("zzzzzzzzzzzz", kGoldenSettings);
          }).find("presets there: preset_study.json") != std::string::npos);
}

TEST_CASE("for a wrong path, the message proposes a file or says what is wrong") {
    const auto answer = [](const std::string& path) {
        return message_of([&path] { (void)locate_experiment_config(path, kGoldenSettings); });
    };
    const std::string here = kGoldenSettings.string();
    CHECK(answer(here + "/preset_stuy.json").find("did you mean " + here + "/preset_study.json?") != std::string::npos);
    CHECK(answer(here + "/preset_stuy").find("did you mean " + here + "/preset_study.json?") != std::string::npos);
    CHECK(answer("/no/such/preset_stud.json").find("there is no folder /no/such") != std::string::npos);
    CHECK(answer("/no/such/preset_stud.json").find("did you mean") == std::string::npos);
    CHECK(answer("/no/such/preset_study.json").find("for the preset, write preset_study.json") != std::string::npos);
    CHECK(answer(here + "/repos").find("is a folder") != std::string::npos);
    CHECK(answer("/dev/fd/987").find("sudo closes") != std::string::npos);
    CHECK(answer(here + "/zzzzzzzzzzzz.json").find("no such file") != std::string::npos);
}
