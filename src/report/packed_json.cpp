#include "packed_json.hpp"

#include <algorithm>

namespace mutation::report {

namespace {

constexpr const char* kColumnsKey = "=columns";

bool has_same_keys(const Json& first, const Json& second) {
    if (first.size() != second.size()) {
        return false;
    }
    auto key = second.begin();
    for (auto member = first.begin(); member != first.end(); ++member, ++key) {
        if (member.key() != key.key()) {
            return false;
        }
    }
    return true;
}

/// Whether the list is long and its elements are objects with the same keys in the same order.
bool is_table(const Json& list) {
    constexpr std::size_t kLong = 10;
    return list.size() >= kLong && list.front().is_object() && !list.front().empty() &&
           std::all_of(list.begin(), list.end(),
                       [&](const Json& item) { return item.is_object() && has_same_keys(list.front(), item); });
}

Json pack(const Json& json);

Json pack_table(const Json& list) {
    Json columns = Json::object();
    for (const auto& member : list.front().items()) {
        Json column = Json::array();
        for (const Json& item : list) {
            column.push_back(item[member.key()]);
        }
        columns[member.key()] = pack(column);
    }
    return {{kColumnsKey, std::move(columns)}};
}

Json pack(const Json& json) {
    if (json.is_array()) {
        if (is_table(json)) {
            return pack_table(json);
        }
        Json list = Json::array();
        for (const Json& item : json) {
            list.push_back(pack(item));
        }
        return list;
    }
    if (json.is_object()) {
        Json object = Json::object();
        for (const auto& member : json.items()) {
            object[member.key()] = pack(member.value());
        }
        return object;
    }
    return json;
}

bool has_key(const Json& json, const char* key) {
    return (json.is_object() && json.contains(key)) ||
           (json.is_structured() &&
            std::any_of(json.begin(), json.end(), [&](const Json& item) { return has_key(item, key); }));
}

} // namespace

std::string packed_json(const Json& json) {
    const Json packed = has_key(json, kColumnsKey) ? json : pack(json);
    const std::string text = packed.dump(-1, ' ', false, Json::error_handler_t::replace);
    std::string safe;
    safe.reserve(text.size());
    for (const char byte : text) {
        if (byte == '<') {
            safe += "\\u003c";
        } else {
            safe += byte;
        }
    }
    return safe;
}

} // namespace mutation::report
