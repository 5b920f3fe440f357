#include "member.hpp"

#include "mutation/core/error.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace mutation::record {

std::string Place::path() const {
    if (parent == nullptr) {
        return "$";
    }
    return name.empty() ? element_path(parent->path(), index) : member_path(parent->path(), name);
}

void throw_missing(const Place& place) {
    throw Error(ErrorKind::storage, place.path() + " is missing");
}

void throw_wrong(const Place& place, const Json& value, const std::string& complaint) {
    constexpr std::size_t kMostBytes = 60;
    const std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    throw Error(ErrorKind::storage,
                fmt::format("{} is {}, {}", place.path(), shorten_text(text, kMostBytes), complaint));
}

void throw_empty(const Place& place) {
    throw Error(ErrorKind::storage, place.path() + " is empty");
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

Json* find_member(Json& object, std::string_view name, std::size_t& next) {
    auto& members = object.get_ref<Json::object_t&>();
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
