#include "mutation/record/schema_version.hpp"

#include "mutation/core/error.hpp"

#include <fmt/format.h>

namespace mutation::record {

namespace {

const Json* find_version(const Json& document) {
    if (!document.is_object()) {
        return nullptr;
    }
    const auto found = document.find("schema_version");
    return found == document.end() ? nullptr : &*found;
}

std::string shown(const Json& version) {
    return shorten_text(version.dump(-1, ' ', false, Json::error_handler_t::replace), 40);
}

} // namespace

bool has_newer_schema(const Json& document) {
    const Json* version = find_version(document);
    if (version == nullptr || !version->is_number_integer()) {
        return false;
    }
    return version->is_number_unsigned() ? version->get<std::uint64_t>() > kSchemaVersion
                                         : version->get<std::int64_t>() > kSchemaVersion;
}

void check_schema_version(const Json& document) {
    const Json* version = find_version(document);
    if (has_newer_schema(document)) {
        throw Error(
            ErrorKind::usage,
            fmt::format("schema_version {} is newer than this program knows ({}); use the program that wrote it",
                        shown(*version), kSchemaVersion));
    }
    if (version != nullptr && !version->is_number_integer()) {
        throw Error(ErrorKind::usage, fmt::format("schema_version {} is not a whole number", shown(*version)));
    }
}

} // namespace mutation::record
