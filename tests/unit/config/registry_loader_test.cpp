#include "../../support/temporary_folder.hpp"
#include "example_registry.hpp"

#include <filesystem>
#include <string>
#include <vector>

using namespace mutation;
using namespace mutation::config;
using namespace mutation::test;

namespace {

/// A repository file with these members more.
std::string with_members(const std::string& members) {
    return R"({"path": "p", "train_script": "t", "models": ["m"], )" + members + "}";
}

std::string with_hyperparameter(const std::string& fields) {
    return R"("supported_hyperparams": {"x": {)" + fields + "}}";
}

std::string with_number(const std::string& fields) {
    return with_hyperparameter(R"("flag": "-x", "type": "int", )" + fields);
}

std::string with_metrics(const std::string& patterns) {
    return R"("performance_metrics": {"log_patterns": )" + patterns + "}";
}

LoadedRegistry parse_file(const std::string& text) {
    return parse_registry(text, "/s/repos/one.json", "/s");
}

void check_members(const std::vector<Broken>& table) {
    for (const Broken& broken : table) {
        check_error(broken, parse_file(with_members(broken.text)).problems.errors);
    }
}

} // namespace

TEST_CASE("the registry format of v3.0 is read completely") {
    const LoadedRegistry loaded = load_example_registry();
    INFO(list_problems(loaded.problems.errors));
    REQUIRE(loaded.problems.ok());
    CHECK(loaded.registry.names() == std::vector<std::string>{"text", "vision"});
    CHECK(loaded.registry.find("text")->directory == "/opt/text");
    const Repository& vision = *loaded.registry.find("vision");
    CHECK(vision.directory == "/base/repos/vision");
    CHECK(vision.resolve_train_script() == "/base/train.sh");
    CHECK(vision.model_flag == "-n");
    CHECK(vision.python == "venv");
    CHECK(vision.environment.at("OMP_NUM_THREADS") == "4");
    CHECK(vision.environment.at("EMPTY").empty());
    CHECK(vision.failure_patterns == std::vector<std::string>{"out of memory"});
    CHECK(vision.upstream->commit == "abc");
    const Model& plain = *vision.find_model("resnet20");
    CHECK(plain.required_args == std::vector<std::string>{"-d", "d2a", "--fast"});
    CHECK(plain.timeout == Seconds(10));
    CHECK(plain.metrics.size() == 1);
    CHECK(plain.metrics[0].higher_is_better == true);
    CHECK(plain.find_hyperparameter("max_iter")->name == "epochs");
    CHECK_FALSE(plain.find_hyperparameter("seed")->default_value.has_value());
    CHECK(plain.find_hyperparameter("epochs")->default_value == Value(std::int64_t{10}));
    CHECK(plain.find_hyperparameter("weight_decay")->zero_probability == 0.3);
    CHECK(vision.find_model("nobody") == nullptr);
}

TEST_CASE("a model's override changes only the given fields") {
    const LoadedRegistry loaded = load_example_registry();
    const Model& model = *loaded.registry.find("vision")->find_model("cnn");
    CHECK(model.name == "resnet_cnn");
    const Hyperparameter& rate = *model.find_hyperparameter("learning_rate");
    CHECK(rate.default_value == Value(1.0));
    CHECK(rate.range == NumericRange{0.5, 2});
    CHECK(rate.flag == "--lr");
    CHECK(rate.distribution == Distribution::log_uniform);
    CHECK(model.hyperparameters[1].name == "learning_rate");
    CHECK(model.hyperparameters.back().name == "width");
    CHECK(model.find_hyperparameter("batch_size") == nullptr);
    CHECK(model.without_effect.at("batch_size") == "it always trains on the whole set");
    CHECK(model.required_metrics == std::vector<std::string>{"accuracy", "loss"});
    CHECK(model.metrics.size() == 2);
    CHECK(model.required_args == std::vector<std::string>{"--two words", "x"});
    CHECK(model.timeout == Seconds(20));
    CHECK(model.stall == Seconds(5));
}

TEST_CASE("a file with one repository has the repository's name") {
    const LoadedRegistry loaded = parse_file(with_members(R"("$schema": "x", "required_args": ["-d", "a b"])"));
    INFO(list_problems(loaded.problems.errors));
    REQUIRE(loaded.problems.ok());
    CHECK(loaded.registry.repositories.at(0).name == "one");
    CHECK(loaded.registry.repositories[0].models[0].required_args == std::vector<std::string>{"-d", "a b"});
    CHECK(parse_file(with_members(R"("name": "two")")).registry.repositories.at(0).name == "two");
}

TEST_CASE("a repository file with missing keys is an error") {
    const LoadedRegistry loaded = parse_file("{}");
    CHECK(has_problem(loaded.problems.errors, "$", "\"path\" is missing"));
    CHECK(has_problem(loaded.problems.errors, "$", "\"train_script\" is missing"));
    CHECK(has_problem(loaded.problems.errors, "$", "\"models\" is missing"));
    CHECK(has_problem(parse_file("[]").problems.errors, "$", "must be an object"));
    CHECK(has_problem(parse_file("").problems.errors, "line 1, column 1", "empty"));
    CHECK(has_problem(parse_file(R"({"models": {}})").problems.errors, "$.models", "has no repository"));
    CHECK(has_problem(parse_file(R"({"path": "p", "train_script": "t", "models": []})").problems.errors, "$.models",
                      "has no model"));
}

TEST_CASE("a wrong value in a registry is an error with its place and remedy") {
    const std::string x = "$.supported_hyperparams.x";
    check_members({
        {R"("model_flags": "-n")", "$.model_flags", "did you mean \"model_flag\"?"},
        {R"("log_patterns": {})", "$.log_patterns", "belongs to performance_metrics"},
        {R"("timeout_seconds": 0)", "$.timeout_seconds", "from 0.001"},
        {R"("stall_seconds": "5")", "$.stall_seconds", "without quotes"},
        {R"("environment": {"A": 4})", "$.environment.A", "write \"4\""},
        {R"("environment": {"A=B": "4"})", "$.environment[\"A=B\"]", "environment variable"},
        {R"("required_args": {"dataset": 3})", "$.required_args.dataset", "must be text"},
        {R"("upstream": {"commit": "x"})", "$.upstream", "\"url\" is missing"},
        {R"("name": "a/b")", "$.name", "cannot be a name"},
        {with_hyperparameter(R"("flag": "-x")"), x, "\"type\" is missing"},
        {with_hyperparameter(R"("type": "int")"), x, "\"flag\" is missing"},
        {with_hyperparameter(R"("flag": "", "type": "int")"), x + ".flag", "is empty"},
        {with_hyperparameter(R"("flag": "-d x", "type": "int")"), x + ".flag", "cannot contain blanks"},
        {with_hyperparameter(R"("flag": "-x", "type": "integer")"), x + ".type", "must be one of"},
        {with_number(R"("rnge": [1, 2])"), x + ".rnge", "did you mean \"range\"?"},
        {with_number(R"("range": [2, 1])"), x + ".range", "greater than its maximum"},
        {with_number(R"("range": [1])"), x + ".range", "two numbers"},
        {with_number(R"("range": [1.5, 3])"), x + ".range[0]", "whole number"},
        {with_number(R"("range": ["1", 3])"), x + ".range[0]", "must be a number"},
        {with_number(R"("range": [0, 3], "distribution": "log_uniform")"), x + ".range", "above 0"},
        {with_number(R"("distribution": "normal")"), x + ".distribution", "must be one of"},
        {with_number(R"("zero_probability": 1.5)"), x + ".zero_probability", "from 0 to 1"},
        {with_number(R"("default": 1.5)"), x + ".default", "whole number"},
        {with_number(R"("choices": ["a"])"), x + ".choices", "no meaning"},
        {with_number(R"("aliases": ["all"])"), x, "\"all\" is taken"},
        {with_hyperparameter(R"("flag": "-x", "type": "float", "range": [-1.7e308, 1.7e308])"), x + ".range",
         "too wide"},
        {with_hyperparameter(R"("flag": "-x", "type": "choice")"), x, "\"choices\" is missing"},
        {with_hyperparameter(R"("flag": "-x", "type": "choice", "choices": ["a", "a"])"), x + ".choices", "twice"},
        {with_hyperparameter(R"("flag": "-x", "type": "choice", "choices": ["a"], "default": "b")"), x + ".default",
         "must be one of"},
        {with_hyperparameter(R"("flag": "-x", "type": "bool", "default": 1)"), x + ".default", "true or false"},
        {with_hyperparameter(R"("flag": "-x", "type": "bool", "range": [0, 1])"), x + ".range", "no meaning"},
        {with_metrics(R"x({"acc": "acc ([0-9]+"})x"), "$.performance_metrics.log_patterns.acc", "acc ([0-9]+"},
        {with_metrics(R"x({"acc": "acc"})x"), "$.performance_metrics.log_patterns.acc", "this one has 0"},
        {with_metrics(R"x({"acc": "(a)(b)"})x"), "$.performance_metrics.log_patterns.acc", "this one has 2"},
        {with_metrics(R"x({"acc": {"higher_is_better": true}})x"), "$.performance_metrics.log_patterns.acc",
         "\"pattern\" is missing"},
        {with_metrics(R"x({"acc": {"pattern": "(a)", "higher_is_better": "yes"}})x"),
         "$.performance_metrics.log_patterns.acc.higher_is_better", "true or false"},
        {R"("failure_patterns": ["(unclosed"])", "$.failure_patterns[0]", "unclosed"},
        {R"("failure_patterns": "oom")", "$.failure_patterns", "must be an array"},
        {with_metrics(R"x({"acc": "(a)"})x") + R"(, "required_metrics": ["ac"])", "$.models[0]", "names \"ac\""},
    });
}

TEST_CASE("models that clash or contradict themselves are errors") {
    const auto parse_models = [](const std::string& models) {
        return parse_file(R"({"path": "p", "train_script": "t", "supported_hyperparams":
            {"x": {"flag": "-x", "type": "int"}}, "models": )" +
                          models + "}");
    };
    const auto has = [&](const std::string& models, std::string_view path, std::string_view words) {
        const LoadedRegistry loaded = parse_models(models);
        INFO(list_problems(loaded.problems.errors));
        CHECK(has_problem(loaded.problems.errors, path, words));
    };
    has(R"(["a", "a"])", "$.models[1]", "already called \"a\"");
    has(R"(["a", {"name": "b", "aliases": ["a"]}])", "$.models[1]", "already called \"a\"");
    has(R"([3])", "$.models[0]", "must be an object");
    has(R"([{"aliases": []}])", "$.models[0]", "\"name\" is missing");
    has(R"([{"name": "a", "hyperparameters": {"x": {"range": [3, 2]}}}])", "$.models[0].hyperparameters.x.range",
        "greater");
    has(R"([{"name": "a", "hyperparameters": {"y": {"default": 2}}}])", "$.models[0].hyperparameters.y",
        "\"flag\" is missing");
    has(R"([{"name": "a", "hyperparameters": {"y": {"flag": "-y", "type": "int", "aliases": ["x"]}}}])",
        "$.models[0].hyperparameters.y", "\"x\" is taken");
    has(R"([{"name": "a", "hyperparameters": {"x": {"default": 1}}, "without_effect": {"x": "why"}}])",
        "$.models[0].hyperparameters.x", "without_effect");
    has(R"([{"name": "a", "without_effect": {"x": 3}}])", "$.models[0].without_effect.x", "must be text");
}

TEST_CASE("a settings folder is read file by file, and a name that is used twice is an error") {
    const std::filesystem::path settings = std::filesystem::path(MUTATION_TEST_DIR) / "golden/config/settings";
    const LoadedRegistry loaded = load_registry_directory(settings);
    CHECK(loaded.registry.names() == std::vector<std::string>{"first", "first"});
    REQUIRE(loaded.problems.errors.size() == 1);
    CHECK(list_problems(loaded.problems.errors).find("another repository has that name") != std::string::npos);
    CHECK(loaded.registry.repositories[0].base == std::filesystem::path(MUTATION_TEST_DIR) / "golden/config");
    CHECK(load_registry_directory(settings / "").registry.repositories[0].base == loaded.registry.repositories[0].base);

    const LoadedRegistry single = load_registry_file(settings / "repos/first.json");
    CHECK(single.problems.ok());
    CHECK(single.registry.repositories[0].base == settings);
    CHECK_FALSE(load_registry_directory("/no/such/folder").problems.ok());
    CHECK_FALSE(load_registry_file("/no/such/file.json").problems.ok());
}

TEST_CASE("a script in the repository is preferred to one beside the settings") {
    Repository repository;
    repository.base = std::filesystem::path(MUTATION_TEST_DIR) / "golden/config";
    repository.directory = repository.base / "settings";
    repository.train_script = "repos/first.json";
    CHECK(repository.resolve_train_script() == repository.base / "settings/repos/first.json");
    repository.train_script = "settings/repos/first.json";
    CHECK(repository.resolve_train_script() == repository.base / "settings/repos/first.json");
}

TEST_CASE("a broken registry file is a warning, and an error if its repository is used") {
    const TemporaryFolder folder;
    write_text(folder.path() / "settings/repos/good.json", with_members(R"("model_flag": "-n")"));
    write_text(folder.path() / "settings/repos/half.json", R"({"path": "p", "models": ["m"], "nmae": 3})");
    write_text(folder.path() / "settings/repos/named.json", with_members(R"("name": "other", "modls": [])"));
    write_text(folder.path() / "settings/repos/text.json", "{ no json");
    write_text(folder.path() / "settings/repos/two.json",
               R"({"models": {"one": {"path": "p", "train_script": "t", "models": ["m"]}, "bad": {"path": 3}}})");
    fs::create_directories(folder.path() / "settings/repos/folder.json");
    const LoadedRegistry loaded = load_registry_directory(folder.path() / "settings");
    INFO(list_problems(loaded.problems.errors));
    CHECK(loaded.problems.ok());
    CHECK(loaded.registry.names() == std::vector<std::string>{"good"});
    CHECK(loaded.problems.warnings.size() == 5);
    for (const char* name : {"half", "other", "named", "text", "one", "bad", "folder"}) {
        INFO(name);
        const BrokenRegistryFile* broken = loaded.registry.find_broken(name);
        REQUIRE(broken != nullptr);
        CHECK_FALSE(broken->errors.empty());
    }
    CHECK(loaded.registry.find_broken("good") == nullptr);

    const auto config = [&loaded](const std::string& repository) {
        return parse_experiment_config(R"({"experiments": [{"repo": ")" + repository +
                                           R"(", "model": "m", "mode": "default"}, {"repo": ")" + repository +
                                           R"(", "model": "m", "mode": "default"}]})",
                                       "exp.json", loaded.registry, "/base");
    };
    CHECK(config("good").problems.ok());
    const LoadedExperimentConfig used = config("half");
    CHECK(has_problem(used.problems.errors, "$.experiments[0].repo", "half.json has errors"));
    CHECK(has_problem(used.problems.errors, "$", "\"train_script\" is missing"));
    CHECK(used.problems.errors.size() == 2 + loaded.registry.find_broken("half")->errors.size()); // told once
}

TEST_CASE("a settings folder without a usable file is an error") {
    const TemporaryFolder folder;
    write_text(folder.path() / "settings/repos/half.json", R"({"path": "p"})");
    CHECK(load_registry_directory(folder.path() / "settings").problems.errors.size() == 2);
}

TEST_CASE("a default outside its range is a warning, also in a model's override") {
    const auto remarks = [](const std::string& fields) {
        return list_problems(parse_file(with_members(with_number(fields))).problems.remarks);
    };
    CHECK(remarks(R"("default": 3, "range": [5, 9])").find("the default of x is outside its range [5, 9]") !=
          std::string::npos);
    CHECK(remarks(R"("default": 5, "range": [5, 9])").empty());
    CHECK(remarks(R"("default": 0, "range": [5, 9], "zero_probability": 0.5)").empty());
    CHECK(remarks(R"("default": 3)").empty());
    CHECK(remarks(R"("default": null, "range": [5, 9])").empty());
    const LoadedRegistry loaded = parse_file(
        R"({"path": "p", "train_script": "t", "models": [{"name": "m", "hyperparameters": {"x": {"range": [5, 9]}}}],
                       "supported_hyperparams": {"x": {"flag": "-x", "type": "int", "default": 3, "range": [1, 9]}}})");
    REQUIRE(loaded.problems.remarks.size() == 1);
    CHECK(loaded.problems.warnings.empty());
}

TEST_CASE("a repository has the digest of its file") {
    const std::string text = with_members(R"("model_flag": "-n")");
    const std::string digest = parse_file(text).registry.repositories.at(0).digest;
    CHECK(digest.size() == 16);
    CHECK(parse_file(text).registry.repositories.at(0).digest == digest);
    CHECK(parse_file(text + " ").registry.repositories.at(0).digest != digest);
}
