#include "mutation/app/preflight.hpp"
#include "mutation/app/session.hpp"

namespace mutation::app {

Json registry_digests(const config::Registry& registry, const plan::Plan& plan) {
    Json digests = Json::object();
    for (const std::string& name : repositories_of(plan)) {
        const config::Repository* repository = registry.find(name);
        digests[name] = repository == nullptr ? Json(nullptr) : Json(repository->digest);
    }
    return digests;
}

} // namespace mutation::app
