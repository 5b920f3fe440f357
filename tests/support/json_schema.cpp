#include "json_schema.hpp"

#include "mutation/core/pattern.hpp"

#include <algorithm>
#include <set>

namespace mutation::test {

namespace {

const std::set<std::string> kAnnotations{"$schema",
                                         "$id",
                                         "$comment",
                                         "$defs",
                                         "definitions",
                                         "title",
                                         "description",
                                         "default",
                                         "examples",
                                         "format",
                                         "deprecated",
                                         "readOnly",
                                         "markdownDescription",
                                         "properties",
                                         "patternProperties",
                                         "additionalProperties"};

bool fits(const std::string& text, const std::string& pattern) {
    return Pattern(pattern).matches(text);
}

class Validator {
public:
    explicit Validator(const Json& root) : root_(root) {}

    std::vector<std::string> problems(const Json& value, const Json& schema, const std::string& path) const {
        std::vector<std::string> found;
        if (schema.is_boolean()) {
            if (!schema.get<bool>())
                found.push_back(path + ": may not be there");
            return found;
        }
        for (const auto& [keyword, rule] : schema.items())
            append(found, apply(keyword, rule, value, schema, path));
        for (auto member = value.begin(); value.is_object() && member != value.end(); ++member)
            append(found, problems(*member, rule_of_member(member.key(), schema), path + "." + member.key()));
        return found;
    }

private:
    const Json& root_;

    static void append(std::vector<std::string>& to, std::vector<std::string> from) {
        to.insert(to.end(), from.begin(), from.end());
    }

    static bool is_type(const Json& value, const std::string& type) {
        if (type == "integer")
            return value.is_number_integer() ||
                   (value.is_number_float() &&
                    value.get<double>() == static_cast<double>(static_cast<long long>(value.get<double>())));
        return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
               (type == "string" && value.is_string()) || (type == "number" && value.is_number()) ||
               (type == "boolean" && value.is_boolean()) || (type == "null" && value.is_null());
    }

    static bool is_any_type(const Json& value, const Json& types) {
        if (types.is_string())
            return is_type(value, types);
        return std::any_of(types.begin(), types.end(), [&](const Json& type) { return is_type(value, type); });
    }

    std::vector<std::string> apply(const std::string& keyword, const Json& rule, const Json& value, const Json& schema,
                                   const std::string& path) const {
        const auto unless = [&](bool holds, const std::string& what) {
            return holds ? std::vector<std::string>{}
                         : std::vector<std::string>{path + ": " + what + ": " + value.dump().substr(0, 80)};
        };
        if (kAnnotations.count(keyword) > 0)
            return {};
        if (keyword == "$ref")
            return problems(value, root_.at(Json::json_pointer(rule.get<std::string>().substr(1))), path);
        if (keyword == "type")
            return unless(is_any_type(value, rule), "is no " + rule.dump());
        if (keyword == "const")
            return unless(value == rule, "is not " + rule.dump());
        if (keyword == "enum")
            return unless(std::find(rule.begin(), rule.end(), value) != rule.end(), "is none of " + rule.dump());
        if (keyword == "allOf" || keyword == "anyOf" || keyword == "oneOf")
            return combine(keyword, rule, value, path);
        if (keyword == "not")
            return unless(!problems(value, rule, path).empty(), "is what it may not be");
        if (keyword == "if")
            return problems(value, schema.value(problems(value, rule, path).empty() ? "then" : "else", Json(true)),
                            path);
        if (keyword == "then" || keyword == "else")
            return {};
        if (keyword == "required" || keyword == "minProperties")
            return value.is_object() ? apply_to_object(keyword, rule, value, path) : std::vector<std::string>{};
        if (keyword == "items" || keyword == "minItems" || keyword == "maxItems" || keyword == "uniqueItems")
            return value.is_array() ? apply_to_array(keyword, rule, value, path) : std::vector<std::string>{};
        if (keyword == "pattern")
            return unless(!value.is_string() || fits(value.get<std::string>(), rule.get<std::string>()),
                          "does not fit " + rule.dump());
        if (keyword == "minLength")
            return unless(!value.is_string() || value.get<std::string>().size() >= rule.get<std::size_t>(),
                          "is too short");
        if (keyword == "minimum" || keyword == "maximum" || keyword == "exclusiveMinimum" ||
            keyword == "exclusiveMaximum")
            return unless(!value.is_number() || is_within(keyword, rule.get<double>(), value.get<double>()),
                          keyword + " " + rule.dump());
        return {path + ": unknown keyword " + keyword};
    }

    static bool is_within(const std::string& keyword, double bound, double value) {
        return keyword == "minimum"            ? value >= bound
               : keyword == "maximum"          ? value <= bound
               : keyword == "exclusiveMinimum" ? value > bound
                                               : value < bound;
    }

    std::vector<std::string> combine(const std::string& keyword, const Json& rules, const Json& value,
                                     const std::string& path) const {
        std::vector<std::string> all;
        std::size_t fits = 0;
        for (const auto& rule : rules) {
            auto found = problems(value, rule, path);
            fits += found.empty() ? 1 : 0;
            append(all, std::move(found));
        }
        const bool holds = keyword == "allOf" ? fits == rules.size() : keyword == "anyOf" ? fits > 0 : fits == 1;
        if (!holds && all.empty())
            all.push_back(path + ": fits several of " + keyword);
        return holds ? std::vector<std::string>{} : all;
    }

    std::vector<std::string> apply_to_object(const std::string& keyword, const Json& rule, const Json& value,
                                             const std::string& path) const {
        std::vector<std::string> found;
        if (keyword == "required") {
            for (const auto& name : rule)
                if (!value.contains(name.get<std::string>()))
                    found.push_back(path + ": " + name.dump() + " is missing");
        } else if (keyword == "minProperties") {
            if (value.size() < rule.get<std::size_t>())
                found.push_back(path + ": has too few entries");
        }
        return found;
    }

    /// properties, else patternProperties, else additionalProperties.
    static Json rule_of_member(const std::string& name, const Json& schema) {
        const Json properties = schema.value("properties", Json::object());
        if (properties.contains(name))
            return properties[name];
        const Json patterns = schema.value("patternProperties", Json::object());
        for (const auto& [pattern, rule] : patterns.items())
            if (fits(name, pattern))
                return rule;
        return schema.value("additionalProperties", Json(true));
    }

    std::vector<std::string> apply_to_array(const std::string& keyword, const Json& rule, const Json& value,
                                            const std::string& path) const {
        std::vector<std::string> found;
        if (keyword == "minItems" && value.size() < rule.get<std::size_t>())
            found.push_back(path + ": has too few items");
        if (keyword == "maxItems" && value.size() > rule.get<std::size_t>())
            found.push_back(path + ": has too many items");
        for (std::size_t i = 0; keyword == "items" && i < value.size(); ++i)
            append(found, problems(value[i], rule, path + "[" + std::to_string(i) + "]"));
        return found;
    }
};

} // namespace

std::vector<std::string> schema_problems(const Json& value, const Json& schema) {
    return Validator(schema).problems(value, schema, "$");
}

} // namespace mutation::test
