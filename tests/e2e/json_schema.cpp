#include "json_schema.hpp"

#include "support/json_schema.hpp"

namespace mutation::e2e {

std::string record_problems(const Json& record) {
    const fs::path schema = fs::path(MUTATION_SOURCE_DIR) / "docs/experiment-record.schema.json";
    if (!fs::exists(schema))
        return "there is no " + schema.string();
    std::string text;
    for (const auto& problem : test::schema_problems(record, read_json(schema)))
        text += problem + "\n";
    return text;
}

} // namespace mutation::e2e
