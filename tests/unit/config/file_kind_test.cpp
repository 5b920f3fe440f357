#include "catch.hpp"

#include "mutation/config/file_kind.hpp"

using namespace mutation;
using config::FileKind;
using config::guess_file_kind;

TEST_CASE("a settings file is recognised by its keys, also misspelled ones") {
    for (const char* text :
         {R"({"experiments": []})", R"({"experiment": [{"repo": "toy", "model": "tiny"}]})",
          R"({"experimnts": [], "mode": "default"})", R"({"Experiments": []})",
          R"({"repo": "toy", "model": "tiny", "mutate": ["all"]})", R"([{"repo": "toy", "mutate": ["all"]}])",
          R"({"runs_per_config": 3, "seed": 1})", R"({"foreground": {}, "background": {}})"}) {
        INFO(text);
        CHECK(guess_file_kind(Json::parse(text)) == FileKind::experiment_config);
    }
    for (const char* text :
         {R"({"models": {"toy": {"path": "a"}}})", R"({"path": "a", "train_script": "b", "models": ["m"]})",
          R"({"train_scirpt": "b"})", R"({"supported_hyperparam": {}})",
          R"({"toy": {"path": "a", "train_script": "b"}, "other": {"path": "a"}})",
          R"({"model": {"toy": {"path": "a", "train_script": "b"}}})", R"({"name": "toy", "path": "a"})"}) {
        INFO(text);
        CHECK(guess_file_kind(Json::parse(text)) == FileKind::registry);
    }
    for (const char* text : {"{}", "[]", "3", "null", R"({"comment": "nothing"})", R"({"zzzzzzzzzz": 1})"}) {
        INFO(text);
        CHECK_FALSE(guess_file_kind(Json::parse(text)).has_value());
    }
}
