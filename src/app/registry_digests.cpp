#include "mutation/app/preflight.hpp"
#include "mutation/app/session.hpp"
#include "mutation/system/file.hpp"

#include <cstdint>
#include <fmt/format.h>

namespace mutation::app {

namespace {

/// FNV-1a: to see a change, not to withstand an enemy.
std::string digest(std::string_view bytes) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char byte : bytes) {
        hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
    }
    return fmt::format("{:016x}", hash);
}

} // namespace

Json registry_digests(const config::Registry& registry, const plan::Plan& plan) {
    Json digests = Json::object();
    for (const std::string& name : repositories_of(plan)) {
        const config::Repository* repository = registry.find(name);
        digests[name] = repository == nullptr ? Json(nullptr) : Json(digest(system::read_file(repository->file)));
    }
    return digests;
}

} // namespace mutation::app
