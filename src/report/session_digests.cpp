#include "session_digests.hpp"

#include "mutation/core/error.hpp"
#include "mutation/system/process.hpp"

#include <optional>
#include <utility>

namespace mutation::report {

namespace {

constexpr Seconds kDigestLimit{30};
constexpr std::size_t kHexDigits = 64;

/// The digest that a script prints first, if it succeeds.
std::optional<std::string> digest_of(const std::filesystem::path& session, const char* script) {
    system::SpawnRequest request;
    request.argv = {"sh", "-c", script};
    request.directory = session;
    request.environment = system::plain_environment();
    try {
        const system::CapturedRun run = system::run_captured(std::move(request), kDigestLimit);
        std::string digest = run.out.substr(0, run.out.find(' '));
        const bool is_digest =
            digest.size() == kHexDigits && digest.find_first_not_of("0123456789abcdef") == std::string::npos;
        return run.status.is_success() && is_digest ? std::optional(std::move(digest)) : std::nullopt;
    } catch (const Error&) {
        return std::nullopt; // no program of this name: a report needs no digests
    }
}

} // namespace

std::map<std::string, std::string> session_digests(const std::filesystem::path& session) {
    // Constant texts: no name of a file is part of them. A pipe in the place of a file would never end.
    constexpr const char* of_session = "test -f session.json && exec sha256sum session.json";
    constexpr const char* of_records = R"(for file in */experiment.json; do test -f "$file" || exit 1; done
list=$(sha256sum -- */experiment.json) && printf '%s\n' "$list" | sha256sum)";
    std::map<std::string, std::string> digests;
    if (std::optional<std::string> digest = digest_of(session, of_session)) {
        digests["session.json"] = std::move(*digest);
    }
    if (std::optional<std::string> digest = digest_of(session, of_records)) {
        digests["*/experiment.json"] = std::move(*digest);
    }
    return digests;
}

} // namespace mutation::report
