#include "catch.hpp"

#include "mutation/config/key_tables.hpp"
#include "mutation/core/json.hpp"

#include <fstream>
#include <set>
#include <sstream>
#include <string>

using namespace mutation;
using namespace mutation::config;

namespace {

Json load_schema(const std::string& name) {
    std::ifstream file(std::string(MUTATION_SOURCE_DIR) + "/settings/schemas/" + name);
    std::ostringstream text;
    text << file.rdbuf();
    const ParsedJson parsed = parse_json(text.str());
    REQUIRE(parsed.ok());
    return parsed.value;
}

std::set<std::string> to_set(std::span<const std::string_view> names) {
    return {names.begin(), names.end()};
}

std::set<std::string> enum_of(const Json& schema) {
    std::set<std::string> values;
    for (const Json& value : schema.at("enum")) {
        values.insert(value.is_null() ? "null" : value.get<std::string>());
    }
    return values;
}

/// The object takes exactly the keys of the table, and comments.
void check_object(const Json& schema, const KeyTable& table) {
    INFO(table.place);
    std::set<std::string> properties;
    for (const auto& [key, value] : schema.at("properties").items()) {
        INFO(key);
        CHECK((value.contains("description") || value.contains("$ref")));
        properties.insert(key);
    }
    CHECK(properties == to_set(table.keys));
    CHECK(schema.at("additionalProperties") == false);
    CHECK(schema.at("patternProperties").contains("^_"));
    for (const std::string_view key : kFreeKeys) {
        const std::string word = key.front() == '$' ? "\\" + std::string(key) : std::string(key);
        CHECK(schema.at("patternProperties").dump().find(Json(word).dump().substr(1, word.size())) !=
              std::string::npos);
    }
}

} // namespace

TEST_CASE("the schema of experiment configs takes what the loader takes") {
    const Json schema = load_schema("experiment.schema.json");
    const Json& head = schema.at("properties");
    const Json& entry = head.at("experiments").at("items");
    const Json& foreground = schema.at("definitions").at("foreground");
    const Json& background = schema.at("definitions").at("background");
    check_object(schema, kHead);
    check_object(entry, kEntry);
    check_object(foreground, kForeground);
    check_object(background, kBackground);
    CHECK(entry.at("properties").at("foreground").at("$ref") == "#/definitions/foreground");
    CHECK(entry.at("properties").at("background").at("$ref") == "#/definitions/background");

    std::set<std::string> governors = to_set(kGovernors);
    governors.insert("null");
    CHECK(enum_of(head.at("governor")) == governors);
    CHECK(enum_of(head.at("mode")) == to_set(kHeadModes));
    CHECK(enum_of(head.at("order")) == to_set(kOrders));
    CHECK(enum_of(entry.at("properties").at("mode")) == to_set(kEntryModes));
    CHECK(enum_of(foreground.at("properties").at("mode")) == to_set(kForegroundModes));
    CHECK(enum_of(background.at("properties").at("mode")) == to_set(kBackgroundModes));
}

TEST_CASE("the schema of repository files takes what the loader takes") {
    const Json schema = load_schema("repository.schema.json");
    const Json& definitions = schema.at("definitions");
    check_object(schema, kRepository);
    check_object(definitions.at("model"), kModel);
    check_object(definitions.at("hyperparameter"), kHyperparameter);
    check_object(definitions.at("performance_metrics"), kPerformanceMetrics);
    check_object(definitions.at("metric"), kMetric);
    check_object(schema.at("properties").at("upstream"), kUpstream);

    const Json& hyperparameter = definitions.at("hyperparameter").at("properties");
    CHECK(enum_of(hyperparameter.at("type")) == to_set(kHyperparameterTypes));
    CHECK(enum_of(hyperparameter.at("distribution")) == to_set(kDistributions));
}
