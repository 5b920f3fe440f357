#include "catch.hpp"

#include "mutation/record/field_table.hpp"
#include "support/document_section.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

using namespace mutation;
using namespace mutation::record;

namespace {

namespace fs = std::filesystem;

std::string read_docs(const char* name) {
    return test::read_text(fs::path(MUTATION_SOURCE_DIR) / "docs" / name);
}

/// What a schema says of one path.
struct SchemaEntry {
    std::set<std::string> types;
    bool is_required = false;
};

/// The schema's entries by their paths, as `record_fields` writes them: `attempts[].status`.
class SchemaPaths {
public:
    explicit SchemaPaths(const Json& root) : root_(root) { add_members(root, ""); }

    [[nodiscard]] const std::map<std::string, SchemaEntry>& entries() const { return entries_; }

private:
    void add_members(const Json& schema, const std::string& head) {
        const Json required = schema.value("required", Json::array());
        const Json properties = schema.value("properties", Json::object());
        for (const auto& [name, member] : properties.items()) {
            SchemaEntry& entry = entries_[head + name];
            entry.is_required = std::find(required.begin(), required.end(), name) != required.end();
            add(entry, member, head + name);
        }
    }

    void add(SchemaEntry& entry, const Json& schema, const std::string& path) {
        if (schema.contains("$ref")) {
            add(entry, root_.at(Json::json_pointer(schema.at("$ref").get<std::string>().substr(1))), path);
            return;
        }
        const Json choices = schema.value("anyOf", Json::array());
        for (const Json& choice : choices) {
            add(entry, choice, path);
        }
        add_types(entry, schema);
        if (schema.contains("items")) {
            const Json& items = schema.at("items");
            const Json choices_of_items = items.value("anyOf", Json::array({items}));
            for (const Json& choice : choices_of_items) {
                if (choice.contains("properties")) {
                    add_members(choice, path + "[].");
                } else if (choice.value("type", "") != "null") {
                    add_types(entry, choice, "[]");
                }
            }
        }
        add_members(schema, path + ".");
    }

    /// Types that are named, or those of the values that are.
    static void add_types(SchemaEntry& entry, const Json& schema, const std::string& tail = "") {
        const Json type = schema.value("type", Json());
        const Json types = type.is_string() ? Json::array({type}) : type;
        for (const Json& name : types) {
            entry.types.insert(name.get<std::string>() + tail);
        }
        const Json one = schema.contains("const") ? Json::array({schema.at("const")}) : Json::array();
        const Json words = schema.value("enum", one);
        for (const Json& word : words) {
            entry.types.insert((word.is_null() ? "null" : word.is_string() ? "string" : "integer") + tail);
        }
    }

    const Json& root_;
    std::map<std::string, SchemaEntry> entries_;
};

std::set<std::string> types_of(const FieldInfo& field) {
    static const std::map<FieldKind, std::set<std::string>> known{{FieldKind::text, {"string"}},
                                                                  {FieldKind::boolean, {"boolean"}},
                                                                  {FieldKind::whole, {"integer"}},
                                                                  {FieldKind::number, {"number"}},
                                                                  {FieldKind::object, {"object"}},
                                                                  {FieldKind::list, {"array"}},
                                                                  {FieldKind::texts, {"array", "string[]"}},
                                                                  {FieldKind::numbers, {"array", "number[]"}},
                                                                  {FieldKind::metrics, {"object"}},
                                                                  {FieldKind::values, {"object"}}};
    std::set<std::string> types = known.at(field.kind);
    if (field.is_nullable) {
        types.insert("null");
    }
    return types;
}

/// The unit that a name ends with, as v3.0's do.
std::string_view unit_in(std::string_view path) {
    static const std::map<std::string_view, std::string_view> known{
        {"joules", "J"},      {"watts", "W"}, {"seconds", "s"}, {"percent", "%"},
        {"celsius", "deg C"}, {"mhz", "MHz"}, {"bytes", "B"}};
    const auto found = known.find(path.substr(path.find_last_of("_.") + 1));
    return found == known.end() ? std::string_view() : found->second;
}

std::string in_one_line(const FieldInfo& field) {
    return "| `" + field.path + "`" + (field.is_nullable ? " ?" : "") + " | " + std::string(field.unit) + " | " +
           std::string(field.meaning) + " |\n";
}

/// An attempt's are as the record's own.
bool is_repeated(const std::string& path) {
    return path.rfind("attempts[].energy_metrics.", 0) == 0 || path.rfind("attempts[].energy_quality.", 0) == 0 ||
           path.rfind("attempts[].window.", 0) == 0;
}

std::string table_of_fields() {
    std::string table = "| field | unit | meaning |\n|---|---|---|\n";
    for (const FieldInfo& field : record_fields()) {
        table += is_repeated(field.path) ? "" : in_one_line(field);
    }
    return table;
}

std::string table_of_columns() {
    std::map<std::string, std::string> paths;
    for (const FieldInfo& field : record_fields()) {
        paths[field.column] = field.path;
    }
    std::string table = "| column | field |\n|---|---|\n";
    for (const Column& column : summary_columns()) {
        table += "| `" + column.name + "` | `" + paths.at(column.name) + "` |\n";
        if (column.number == kLastLeadingColumn) {
            table += "| `hyperparam_*` | `hyperparameters` |\n| `perf_*` | `performance_metrics` |\n";
        }
    }
    return table;
}

} // namespace

TEST_CASE("the schema has exactly the fields of the table, with the same types") {
    const Json schema = Json::parse(read_docs("experiment-record.schema.json"));
    const SchemaPaths paths(schema);
    std::set<std::string> known;
    for (const FieldInfo& field : record_fields()) {
        INFO(field.path);
        known.insert(field.path);
        const auto found = paths.entries().find(field.path);
        CHECK(found != paths.entries().end());
        if (found == paths.entries().end()) {
            continue; // so that one run names all that is missing
        }
        CHECK(found->second.types == types_of(field));
        CHECK(found->second.is_required);
    }
    for (const auto& [path, entry] : paths.entries()) {
        INFO(path);
        CHECK(known.count(path) == 1);
    }
}

TEST_CASE("a number's unit matches the end of its name") {
    for (const FieldInfo& field : record_fields()) {
        INFO(field.path);
        CHECK(field.unit == unit_in(field.path));
        CHECK_FALSE(field.meaning.empty());
        if (!field.column.empty() && !unit_in(field.column).empty()) {
            CHECK(field.unit == unit_in(field.column));
        }
    }
}

TEST_CASE("every column has a unique name and place") {
    std::set<std::string> names;
    std::size_t number = 0;
    for (const Column& column : summary_columns()) {
        INFO(column.name);
        CHECK(column.number == ++number);
        CHECK(names.insert(column.name).second);
    }
    CHECK(number < ColumnSet().size());
    CHECK(summary_columns().at(kLastLeadingColumn - 1).name == "retries");
}

TEST_CASE("docs/RESULTS.md has the tables of the fields and the columns") {
    const std::string docs = read_docs("RESULTS.md");
    const std::string expected =
        test::with_section(test::with_section(docs, "fields", table_of_fields()), "columns", table_of_columns());
    if (std::getenv("MUTATION_UPDATE_DOCS") != nullptr) {
        test::write_text(fs::path(MUTATION_SOURCE_DIR) / "docs/RESULTS.md", expected);
        return;
    }
    INFO("run this test with MUTATION_UPDATE_DOCS=1 to write the tables anew");
    CHECK((docs == expected));
}
