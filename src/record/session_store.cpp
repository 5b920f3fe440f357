#include "mutation/record/session_store.hpp"

#include "mutation/core/error.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <sys/stat.h>

namespace mutation::record {

namespace {

constexpr int kMostSessionsInOneSecond = 1000;

/// A folder of ours, never one that a link leads to.
void ensure_directory(const std::filesystem::path& directory) {
    struct stat facts {};
    if (system::create_new_directory(directory)) {
        return;
    }
    if (::lstat(directory.c_str(), &facts) != 0 || !S_ISDIR(facts.st_mode)) {
        throw Error(ErrorKind::storage, fmt::format("cannot use {}: it is no folder", directory.string()));
    }
}

void move(const std::filesystem::path& from, const std::filesystem::path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) {
        throw Error(ErrorKind::storage,
                    fmt::format("cannot move {} to {}: {}", from.string(), to.string(), std::strerror(errno)));
    }
}

} // namespace

SessionStore SessionStore::create(const std::filesystem::path& results, WallTime now) {
    system::create_directories(results);
    const std::filesystem::path first = results / ("run_" + system::format_compact(now));
    for (int number = 1; number <= kMostSessionsInOneSecond; ++number) {
        const std::filesystem::path directory = number == 1 ? first : std::filesystem::path(fmt::format("{}_{}", first.string(), number));
        if (system::create_new_directory(directory)) {
            return SessionStore(directory);
        }
    }
    throw Error(ErrorKind::storage, fmt::format("cannot make a session: {} and {} others are there", first.string(), kMostSessionsInOneSecond));
}

SessionStore SessionStore::open(const std::filesystem::path& directory) {
    std::error_code status;
    const std::filesystem::path whole = std::filesystem::canonical(directory, status);
    if (status || !std::filesystem::is_directory(whole, status)) {
        throw Error(ErrorKind::usage, fmt::format("{}: no such session; name a folder such as results/run_20251112_150000", directory.string()));
    }
    return SessionStore(whole);
}

void SessionStore::write_session(const Json& session) const {
    system::write_file_atomically(directory_ / "session.json", session.dump(2) + "\n");
}

Json SessionStore::read_session() const {
    const std::filesystem::path file = directory_ / "session.json";
    constexpr std::size_t kMostBytes = std::size_t{2} << 30U; // a plan of a million experiments
    std::string text;
    try {
        text = system::read_file(file, kMostBytes);
    } catch (const Error& error) {
        throw Error(ErrorKind::usage, fmt::format("{} is no session of this program: {}", directory_.string(), error.message()));
    }
    ParsedJson parsed = parse_json(text, {kMostBytes, JsonLimits{}.max_depth});
    if (!parsed.ok() || !parsed.value.is_object()) {
        throw Error(ErrorKind::usage, fmt::format("{}: {}", file.string(),
                                                  parsed.ok() ? "no session" : parsed.faults.front().path + ": " + parsed.faults.front().message));
    }
    const Json version = parsed.value.value("schema_version", Json());
    if (!version.is_number_integer() || version.get<std::int64_t>() > kSchemaVersion) {
        throw Error(ErrorKind::usage, fmt::format("{}: schema_version {} is newer than this program knows ({}); use the program "
                                                  "that wrote it",
                                                  file.string(), version.dump(), kSchemaVersion));
    }
    return std::move(parsed.value);
}

std::filesystem::path SessionStore::create_experiment(const std::string& id) const {
    std::filesystem::path directory = directory_ / id;
    ensure_directory(directory);
    ensure_directory(directory / "energy");
    return directory;
}

std::string SessionStore::archive_attempt(const std::string& id, int number) const {
    const std::filesystem::path directory = directory_ / id;
    const std::string name = fmt::format("attempt_{}", number);
    ensure_directory(directory / name);
    std::vector<std::filesystem::path> entries;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        const std::string file = entry.path().filename().string();
        if (!file.starts_with("attempt_") && file != "experiment.json") {
            entries.push_back(entry.path());
        }
    }
    for (const std::filesystem::path& entry : entries) {
        move(entry, directory / name / entry.filename());
    }
    ensure_directory(directory / "energy");
    return name;
}

void SessionStore::write_record(const std::string& id, const Json& record) const {
    system::write_file_atomically(directory_ / id / "experiment.json", record.dump(2) + "\n");
}

} // namespace mutation::record
