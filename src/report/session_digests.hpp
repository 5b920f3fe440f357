#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace mutation::report {

/// SHA-256 of what a report reads in a session's folder, by coreutils' sha256sum, so that readers can repeat it:
/// `session.json`, and for `*/experiment.json` the digest of what `LC_ALL=C sha256sum -- */experiment.json` prints
/// there. What cannot be computed is left out.
[[nodiscard]] std::map<std::string, std::string> session_digests(const std::filesystem::path& session);

} // namespace mutation::report
