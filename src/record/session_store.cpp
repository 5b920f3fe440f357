#include "mutation/record/session_store.hpp"

#include "mutation/core/error.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
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

void move(const std::filesystem::path& from, const std::filesystem::path& to, bool may_be_missing = false) {
    if (::rename(from.c_str(), to.c_str()) != 0 && !(may_be_missing && errno == ENOENT)) {
        throw Error(ErrorKind::storage,
                    fmt::format("cannot move {} to {}: {}", from.string(), to.string(), std::strerror(errno)));
    }
}

/// What a tool that was killed left: folders of the attempts before, and the last one's files.
std::vector<Json> attempts_without_record(const std::filesystem::path& directory) {
    std::error_code status;
    std::vector<AttemptRecord> attempts;
    for (int number = 1; std::filesystem::exists(directory / fmt::format("attempt_{}", number), status); ++number) {
        AttemptRecord attempt;
        attempt.number = number;
        attempt.error_message = "not recorded: the program was killed before it could be";
        attempt.directory = fmt::format("attempt_{}", number);
        attempts.push_back(std::move(attempt));
    }
    if (std::filesystem::exists(directory / "training.log", status)) {
        AttemptRecord attempt;
        attempt.number = static_cast<int>(attempts.size()) + 1;
        attempt.status = Status::interrupted;
        attempt.error_message = "the program was killed while this attempt ran";
        attempts.push_back(std::move(attempt));
    }
    std::vector<Json> json;
    std::transform(attempts.begin(), attempts.end(), std::back_inserter(json), attempt_to_json);
    return json;
}

} // namespace

SessionStore SessionStore::create(const std::filesystem::path& results, WallTime now) {
    system::create_directories(results);
    const std::filesystem::path first = results / ("run_" + system::format_compact(now));
    for (int number = 1; number <= kMostSessionsInOneSecond; ++number) {
        const std::filesystem::path directory =
            number == 1 ? first : std::filesystem::path(fmt::format("{}_{}", first.string(), number));
        if (system::create_new_directory(directory)) {
            return SessionStore(directory);
        }
    }
    throw Error(ErrorKind::storage, fmt::format("cannot make a session: {} and {} others are there", first.string(),
                                                kMostSessionsInOneSecond));
}

SessionStore SessionStore::open(const std::filesystem::path& directory) {
    std::error_code status;
    const std::filesystem::path whole = std::filesystem::canonical(directory, status);
    if (status || !std::filesystem::is_directory(whole, status)) {
        throw Error(
            ErrorKind::usage,
            fmt::format("{}: no such session; name a folder such as results/run_20251112_150000", directory.string()));
    }
    return SessionStore(whole);
}

void SessionStore::lock() {
    lock_ = system::UniqueFd(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock_.is_open() || ::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
        throw Error(ErrorKind::machine,
                    fmt::format("{} is being run by another process; wait for it to end", directory_.string()));
    }
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
        throw Error(ErrorKind::usage,
                    fmt::format("{} is no session of this program: {}", directory_.string(), error.message()));
    }
    ParsedJson parsed = parse_json(text, {kMostBytes, JsonLimits{}.max_depth});
    if (!parsed.ok() || !parsed.value.is_object()) {
        throw Error(ErrorKind::usage,
                    fmt::format("{}: {}", file.string(),
                                parsed.ok() ? "no session"
                                            : parsed.faults.front().path + ": " + parsed.faults.front().message));
    }
    const Json version = parsed.value.value("schema_version", Json());
    if (!version.is_number_integer() || version.get<std::int64_t>() > kSchemaVersion) {
        throw Error(ErrorKind::usage,
                    fmt::format("{}: schema_version {} is newer than this program knows ({}); use the program "
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
    std::string name = fmt::format("attempt_{}", number);
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

std::optional<Json> SessionStore::read_record(const std::string& id) const {
    const std::filesystem::path file = directory_ / id / "experiment.json";
    std::error_code status;
    if (!std::filesystem::exists(file, status)) {
        return std::nullopt;
    }
    ParsedJson parsed = parse_json(system::read_file(file));
    const bool is_record = parsed.ok() && parsed.value.is_object() && parsed.value.contains("status") &&
                           parsed.value.contains("attempts") && parsed.value["status"].is_string() &&
                           parsed.value["attempts"].is_array();
    if (!is_record) {
        throw Error(
            ErrorKind::usage,
            fmt::format("{} is no record of this program; move it away to run the experiment again", file.string()));
    }
    return std::move(parsed.value);
}

std::vector<Json> SessionStore::archive_for_resume(const std::string& id) const {
    const std::filesystem::path directory = directory_ / id;
    std::error_code status;
    if (!std::filesystem::exists(directory, status)) {
        return {};
    }
    std::vector<Json> attempts;
    if (const std::optional<Json> record = read_record(id)) {
        attempts = record->at("attempts").get<std::vector<Json>>();
    } else {
        attempts = attempts_without_record(directory);
    }
    const int number = static_cast<int>(attempts.size());
    if (number > 0) {
        attempts.back()["directory"] = archive_attempt(id, number);
        move(directory / "experiment.json", directory / fmt::format("attempt_{}", number) / "experiment.json", true);
    }
    return attempts;
}

void SessionStore::write_record(const std::string& id, const Json& record) const {
    system::write_file_atomically(directory_ / id / "experiment.json", record.dump(2) + "\n");
}

} // namespace mutation::record
