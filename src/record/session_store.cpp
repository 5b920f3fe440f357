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
constexpr const char* kRecordName = "experiment.json";

std::string attempt_name(int number) {
    return fmt::format("attempt_{}", number);
}

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

/// Readable, as a file. Words of trainings and users may be no UTF-8: what is not is replaced, never refused.
std::string to_text(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

bool is_record(const Json& json) {
    const Json attempts = json.is_object() ? json.value("attempts", Json()) : Json();
    return attempts.is_array() && json.value("status", Json()).is_string() &&
           std::all_of(attempts.begin(), attempts.end(), [](const Json& attempt) { return attempt.is_object(); });
}

/// The record that lies in a folder, nothing where there is none. Error(usage) for a broken one.
std::optional<Json> read_record_in(const std::filesystem::path& directory) {
    const std::filesystem::path file = directory / kRecordName;
    std::error_code status;
    if (!std::filesystem::exists(file, status)) {
        return std::nullopt;
    }
    ParsedJson parsed = parse_json(system::read_file(file));
    if (!parsed.ok() || !is_record(parsed.value)) {
        throw Error(
            ErrorKind::usage,
            fmt::format("{} is no record of this program; move it away to run the experiment again", file.string()));
    }
    return std::move(parsed.value);
}

/// What an attempt left in an experiment's folder: all but the folders of earlier ones and the record.
std::vector<std::filesystem::path> leftovers_in(const std::filesystem::path& directory) {
    std::vector<std::filesystem::path> entries;
    std::error_code status;
    for (const auto& entry : std::filesystem::directory_iterator(directory, status)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with("attempt_") && name != kRecordName) {
            entries.push_back(entry.path());
        }
    }
    if (status) {
        throw Error(ErrorKind::storage, fmt::format("cannot read {}: {}", directory.string(), status.message()));
    }
    return entries;
}

/// Whether an attempt had begun: more is there than the empty `energy` that was made for it.
bool has_begun(const std::vector<std::filesystem::path>& leftovers) {
    std::error_code status;
    return std::any_of(leftovers.begin(), leftovers.end(), [&status](const std::filesystem::path& entry) {
        return entry.filename() != "energy" || !std::filesystem::is_empty(entry, status);
    });
}

Json unrecorded_attempt(int number, Status status, const char* message) {
    AttemptRecord attempt;
    attempt.number = number;
    attempt.status = status;
    attempt.error_message = message;
    return attempt_to_json(attempt);
}

/// What a tool that was killed left: folders of the attempts before, and the last one's files. A record that an earlier
/// resume moved into such a folder still tells of the attempts up to it.
std::vector<Json> attempts_without_record(const std::filesystem::path& directory) {
    std::error_code status;
    std::vector<Json> attempts;
    for (int number = 1; std::filesystem::exists(directory / attempt_name(number), status); ++number) {
        const std::optional<Json> record = read_record_in(directory / attempt_name(number));
        if (record && record->at("attempts").size() == static_cast<std::size_t>(number)) {
            attempts = record->at("attempts").get<std::vector<Json>>();
        } else {
            attempts.push_back(
                unrecorded_attempt(number, Status::failed, "not recorded: the program was killed before it could be"));
        }
        attempts.back()["directory"] = attempt_name(number);
    }
    if (has_begun(leftovers_in(directory))) {
        attempts.push_back(unrecorded_attempt(static_cast<int>(attempts.size()) + 1, Status::interrupted,
                                              "the program was killed while this attempt ran"));
    }
    return attempts;
}

/// Halves of files that a kill left. Only for who holds the lock: nobody else is writing then.
void remove_unfinished_files(const std::filesystem::path& directory) {
    std::error_code status;
    for (const auto& entry : std::filesystem::directory_iterator(directory, status)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with('.') && name.ends_with(".tmp")) {
            std::filesystem::remove(entry.path(), status);
        }
    }
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
    remove_unfinished_files(directory_);
}

void SessionStore::write_session(const Json& session) const {
    system::write_file_atomically(directory_ / "session.json", to_text(session));
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
    if (!parsed.ok() || !parsed.value.is_object() || !parsed.value.contains("schema_version")) {
        throw Error(ErrorKind::usage,
                    fmt::format("{}: {}", file.string(),
                                parsed.ok() ? "no session"
                                            : parsed.faults.front().path + ": " + parsed.faults.front().message));
    }
    try {
        check_schema_version(parsed.value);
    } catch (const Error& error) {
        throw Error(error.kind(), fmt::format("{}: {}", file.string(), error.message()));
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
    std::string name = attempt_name(number);
    ensure_directory(directory / name);
    for (const std::filesystem::path& entry : leftovers_in(directory)) {
        // A background goes on writing its logs while its foreground is retried.
        if (entry.filename() != kBackgroundLogFolder) {
            move(entry, directory / name / entry.filename());
        }
    }
    ensure_directory(directory / "energy");
    return name;
}

std::optional<Json> SessionStore::read_record(const std::string& id) const {
    return read_record_in(directory_ / id);
}

std::vector<Json> SessionStore::archive_for_resume(const std::string& id) const {
    const std::filesystem::path directory = directory_ / id;
    std::error_code status;
    if (!std::filesystem::exists(directory, status)) {
        return {};
    }
    const std::optional<Json> record = read_record(id);
    std::vector<Json> attempts =
        record ? record->at("attempts").get<std::vector<Json>>() : attempts_without_record(directory);
    if (attempts.empty() || !(record || has_begun(leftovers_in(directory)))) {
        return attempts;
    }
    const std::string name = archive_attempt(id, static_cast<int>(attempts.size()));
    for (const char* entry : {kRecordName, kBackgroundLogFolder}) {
        move(directory / entry, directory / name / entry, true);
    }
    attempts.back()["directory"] = name;
    return attempts;
}

void SessionStore::write_record(const std::string& id, const Json& record) const {
    system::write_file_atomically(directory_ / id / kRecordName, to_text(record));
}

} // namespace mutation::record
