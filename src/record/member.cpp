#include "member.hpp"

#include "mutation/core/error.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace mutation::record {

void throw_note(const JsonNote& note) {
    throw Error(ErrorKind::storage, note.value.empty()
                                        ? fmt::format("{} {}", note.path, note.message)
                                        : fmt::format("{} is {}, {}", note.path, note.value, note.message));
}

void throw_missing(const JsonCursor& object, std::string_view name) {
    throw Error(ErrorKind::storage, member_path(object.path(), name) + " is missing");
}

std::string_view describe_kind(FieldKind kind) {
    switch (kind) {
    case FieldKind::text:
        return "a text";
    case FieldKind::boolean:
        return "true or false";
    case FieldKind::whole:
        return "a whole number";
    case FieldKind::number:
        return "a number";
    case FieldKind::object:
        return "an object";
    case FieldKind::list:
        return "a list";
    case FieldKind::texts:
        return "a list of texts";
    case FieldKind::numbers:
        return "a list of numbers";
    case FieldKind::metrics:
        return "an object of numbers";
    case FieldKind::values:
        return "an object of numbers, texts and booleans";
    case FieldKind::value:
        return "a number, a text or a boolean";
    }
    return "";
}

const Json* find_member(const Json& object, std::string_view name, std::size_t& next) {
    const auto& members = object.get_ref<const Json::object_t&>();
    const auto begin = members.begin();
    auto found = begin + static_cast<std::ptrdiff_t>(std::min(next, members.size()));
    if (found == members.end() || found->first != name) {
        found = std::find_if(begin, members.end(), [name](const auto& member) { return member.first == name; });
    }
    if (found == members.end()) {
        return nullptr;
    }
    next = static_cast<std::size_t>(found - begin) + 1;
    return &found->second;
}

void add_members(Json& object, const Json& other) {
    for (const auto& [name, value] : other.items()) {
        const auto found = object.find(name);
        if (found == object.end()) {
            object[name] = value;
        } else if (found->is_object() && value.is_object()) {
            add_members(*found, value);
        }
    }
}

} // namespace mutation::record
