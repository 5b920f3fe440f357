#include "catch.hpp"

#include "mutation/config/experiment_config.hpp"
#include "mutation/config/key_tables.hpp"
#include "mutation/core/json.hpp"
#include "mutation/core/numbers.hpp"
#include "support/document_section.hpp"
#include "support/temporary_folder.hpp"

#include <cstdlib>
#include <map>
#include <set>
#include <string>

using namespace mutation;
using namespace mutation::config;

namespace {

Json load_schema(const std::string& name) {
    const std::string text = test::read_text(std::string(MUTATION_SOURCE_DIR) + "/settings/schemas/" + name);
    const ParsedJson parsed = parse_json(text);
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

std::string number_words(const Json& number) {
    return format_shortest(number.get<double>());
}

/// The schema's key has the type, the bounds and the words of the setting.
void check_setting(const Json& schema, const SettingInfo& setting) {
    INFO(setting.key);
    static const std::map<SettingKind, std::string> types{{SettingKind::text, "string"},
                                                          {SettingKind::whole, "integer"},
                                                          {SettingKind::number, "number"},
                                                          {SettingKind::boolean, "boolean"},
                                                          {SettingKind::texts, "array"}};
    if (setting.kind == SettingKind::choice) {
        std::set<std::string> words = to_set(setting.choices);
        if (setting.may_be_null) {
            words.insert("null");
        }
        CHECK(enum_of(schema) == words);
    } else if (setting.kind != SettingKind::other && !setting.is_lenient) {
        const Json type = types.at(setting.kind);
        CHECK(schema.at("type") == (setting.may_be_null ? Json::array({type, "null"}) : type));
    }
    if (setting.bounds.max > 0) {
        CHECK(number_words(schema.at("minimum")) == format_shortest(setting.bounds.min));
        CHECK(number_words(schema.at("maximum")) == format_shortest(setting.bounds.max));
    }
}

template <class Owner>
void check_settings(const Json& schema, const std::vector<Setting<Owner>>& table) {
    for (const Setting<Owner>& setting : table) {
        if (!setting.key.empty()) {
            check_setting(schema.at("properties").at(std::string(setting.key)), setting);
        }
    }
}

template <class Owner>
std::string default_of(const Setting<Owner>& setting) {
    if (!setting.default_words.empty()) {
        return std::string(setting.default_words);
    }
    const Json value = setting.write(Owner());
    if (value.is_number()) {
        return format_fixed(value.get<double>());
    }
    return value.is_null() ? "none" : value.is_string() ? "`" + value.dump() + "`" : show_value(value);
}

/// `0 to 604800 s`, or the words that it may be.
std::string range_of(const SettingInfo& setting) {
    std::string text;
    for (const std::string_view word : setting.choices) {
        text += (text.empty() ? "`\"" : ", `\"") + std::string(word) + "\"`";
    }
    if (setting.bounds.max > 0) {
        text = format_fixed(setting.bounds.min) + " to " +
               (setting.bounds.max > 1e15 ? "2^64-1" : format_fixed(setting.bounds.max));
    }
    return setting.unit.empty() ? text : text + " " + std::string(setting.unit);
}

template <class Owner>
std::string table_of(const std::vector<Setting<Owner>>& settings, const std::string& head) {
    std::string table = "| key | values | default | meaning |\n|---|---|---|---|\n";
    for (const Setting<Owner>& setting : settings) {
        if (!setting.key.empty()) {
            table += "| `" + head + std::string(setting.key) + "` | " + range_of(setting) + " | " +
                     default_of(setting) + " | " + std::string(setting.meaning) + " |\n";
        }
    }
    return table;
}

} // namespace

TEST_CASE("docs/CONFIGURATION.md has the tables of the settings") {
    const std::string path = MUTATION_SOURCE_DIR "/docs/CONFIGURATION.md";
    const std::string docs = test::read_text(path);
    const std::string expected =
        test::with_section(test::with_section(docs, "settings", table_of(session_settings(), "")),
                           "background settings", table_of(background_settings(), "background."));
    if (std::getenv("MUTATION_UPDATE_DOCS") != nullptr) {
        test::write_text(path, expected);
        return;
    }
    INFO("run this test with MUTATION_UPDATE_DOCS=1 to write the tables anew");
    CHECK((docs == expected));
}

TEST_CASE("the schema of experiment configs accepts what the loader accepts") {
    const Json schema = load_schema("experiment.schema.json");
    const Json& head = schema.at("properties");
    const Json& entry = head.at("experiments").at("items");
    const Json& foreground = schema.at("definitions").at("foreground");
    const Json& background = schema.at("definitions").at("background");
    check_object(schema, experiment_keys().head);
    check_object(entry, experiment_keys().entry);
    check_object(foreground, experiment_keys().foreground);
    check_object(background, experiment_keys().background);
    CHECK(entry.at("properties").at("foreground").at("$ref") == "#/definitions/foreground");
    CHECK(entry.at("properties").at("background").at("$ref") == "#/definitions/background");

    check_settings(schema, session_settings());
    check_settings(background, background_settings());
    CHECK(enum_of(entry.at("properties").at("mode")) == to_set(kEntryModes));
    CHECK(enum_of(foreground.at("properties").at("mode")) == to_set(kForegroundModes));
    CHECK(enum_of(background.at("properties").at("mode")) == to_set(kBackgroundModes));
}

TEST_CASE("the schema of repository files accepts what the loader accepts") {
    const Json schema = load_schema("repository.schema.json");
    const Json& definitions = schema.at("definitions");
    check_object(schema, registry_keys().repository);
    check_object(definitions.at("model"), registry_keys().model);
    check_object(definitions.at("hyperparameter"), registry_keys().hyperparameter);
    check_object(definitions.at("performance_metrics"), registry_keys().performance_metrics);
    check_object(definitions.at("metric"), registry_keys().metric);
    check_object(schema.at("properties").at("upstream"), registry_keys().upstream);

    const Json& hyperparameter = definitions.at("hyperparameter").at("properties");
    CHECK(enum_of(hyperparameter.at("type")) == to_set(kHyperparameterTypes));
    CHECK(enum_of(hyperparameter.at("distribution")) == to_set(kDistributions));
}
