#include "mutation/record/session_store.hpp"

#include "mutation/core/error.hpp"
#include "mutation/plan/plan_json.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/record/record_check.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mutation::record {

namespace {

constexpr int kMostSessionsInOneSecond = 1000;
constexpr const char* kRecordName = "experiment.json";
constexpr const char* kSessionHead = "run_";

/// Where an attempt's record waits while its files are moved ...
std::filesystem::path waiting_record(const std::filesystem::path& directory, int number) {
    return directory / fmt::format(".{}.json", attempt_folder(number));
}

/// ... and where they are moved to: either tells that this has not come to its end.
std::filesystem::path unfinished_folder(const std::filesystem::path& directory, int number) {
    return directory / fmt::format(".{}", attempt_folder(number));
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

/// What an attempt left in an experiment's folder: all but the folders of earlier ones and records.
std::vector<std::filesystem::path> leftovers_in(const std::filesystem::path& directory) {
    std::vector<std::filesystem::path> entries;
    std::error_code status;
    for (const auto& entry : std::filesystem::directory_iterator(directory, status)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with("attempt_") && !name.starts_with(".attempt_") && name != kRecordName) {
            entries.push_back(entry.path());
        }
    }
    if (status) {
        throw Error(ErrorKind::storage, fmt::format("cannot read {}: {}", directory.string(), status.message()));
    }
    return entries;
}

/// Whether an attempt had begun: more is there than its empty `energy` and the logs of its background.
bool has_begun(const std::vector<std::filesystem::path>& leftovers) {
    std::error_code status;
    return std::any_of(leftovers.begin(), leftovers.end(), [&status](const std::filesystem::path& entry) {
        return entry.filename() != kBackgroundLogFolder &&
               (entry.filename() != "energy" || !std::filesystem::is_empty(entry, status));
    });
}

enum class BackgroundLogs { stay, are_moved };

/// Moves an attempt's files, then its record, and names the folder last. What was moved before a kill is not there any
/// more the second time.
void move_attempt(const std::filesystem::path& directory, int number, BackgroundLogs logs) {
    const std::filesystem::path unfinished = unfinished_folder(directory, number);
    ensure_directory(unfinished);
    for (const std::filesystem::path& entry : leftovers_in(directory)) {
        if (logs == BackgroundLogs::are_moved || entry.filename() != kBackgroundLogFolder) {
            move(entry, unfinished / entry.filename());
        }
    }
    move(waiting_record(directory, number), unfinished / kRecordName, true);
    move(unfinished, directory / attempt_folder(number));
}

/// Ends what a kill cut off: all processes of that time are gone, a background's too.
void finish_cut_move(const std::filesystem::path& directory) {
    std::error_code status;
    const auto is_there = [&](const std::filesystem::path& path) { return std::filesystem::exists(path, status); };
    for (int number = 1;; ++number) {
        if (is_there(waiting_record(directory, number)) || is_there(unfinished_folder(directory, number))) {
            move_attempt(directory, number, BackgroundLogs::are_moved);
        } else if (!is_there(directory / attempt_folder(number))) {
            return;
        }
    }
}

/// An attempt that a killed program left no word of.
AttemptRecord unrecorded_attempt(std::size_t number) {
    constexpr const char* kMessage = "the program ended before this attempt was recorded";
    AttemptRecord attempt;
    attempt.number = static_cast<int>(number);
    attempt.status = Status::interrupted;
    attempt.error_message = kMessage;
    attempt.measurement.cpu.quality.reason = kMessage;
    attempt.measurement.gpu.quality.reason = kMessage;
    return attempt;
}

/// The record of `experiment`. Error(storage) for anything else.
ExperimentRecord read_checked(ParsedJson parsed, const std::string& session,
                              const plan::PlannedExperiment& experiment) {
    if (!parsed.ok()) {
        throw Error(ErrorKind::storage, parsed.faults.front().path + ": " + parsed.faults.front().message);
    }
    ExperimentRecord record = own_record_from_json(std::move(parsed.value));
    std::string complaint = check_place(record, session, experiment.id);
    if (complaint.empty()) {
        complaint = check_against_plan(record, experiment);
    }
    if (!complaint.empty()) {
        throw Error(ErrorKind::storage, complaint);
    }
    return record;
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

std::string attempt_folder(int number) {
    return fmt::format("attempt_{}", number);
}

std::string explain_no_session(const std::filesystem::path& folder, std::string_view reason) {
    const auto is_record_in = [](const std::filesystem::path& place) {
        std::error_code status;
        return std::filesystem::is_regular_file(place / kRecordName, status);
    };
    if (is_record_in(folder)) {
        return fmt::format("{} is one experiment, no session; name the folder above it: {}", folder.string(),
                           folder.parent_path().string());
    }
    std::string newest;
    std::error_code status;
    for (const auto& entry : std::filesystem::directory_iterator(folder, status)) {
        const std::string name = entry.path().filename().string();
        std::error_code unreadable;
        if (name.starts_with(kSessionHead) && entry.is_directory(unreadable)) {
            newest = std::max(newest, name); // sessions have their time in their name
        }
    }
    return newest.empty() ? fmt::format("{} is no session: {}; name a folder such as results/run_20251112_150000",
                                        folder.string(), reason)
                          : fmt::format("{} is no session, but holds sessions; name one of them, such as {}",
                                        folder.string(), (folder / newest).string());
}

SessionStore SessionStore::create(const std::filesystem::path& results, WallTime now) {
    system::create_directories(results);
    const std::filesystem::path first = results / (kSessionHead + system::format_compact(now));
    for (int number = 1; number <= kMostSessionsInOneSecond; ++number) {
        const std::filesystem::path directory =
            number == 1 ? first : std::filesystem::path(fmt::format("{}_{}", first.string(), number));
        if (system::create_new_directory(directory)) {
            return {directory, directory.filename().string()};
        }
    }
    throw Error(ErrorKind::storage, fmt::format("cannot make a session: {} and {} others are there", first.string(),
                                                kMostSessionsInOneSecond));
}

SessionStore SessionStore::open(const std::filesystem::path& directory, const std::string& name) {
    std::error_code status;
    const std::filesystem::path whole = std::filesystem::canonical(directory, status);
    if (status || !std::filesystem::is_directory(whole, status)) {
        throw Error(
            ErrorKind::usage,
            fmt::format("{}: no such session; name a folder such as results/run_20251112_150000", directory.string()));
    }
    return {whole, name.empty() ? whole.filename().string() : name};
}

void SessionStore::lock() {
    lock_ = system::UniqueFd(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock_.is_open() || ::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
        const int reason = errno;
        const bool is_taken = lock_.is_open() && reason == EWOULDBLOCK;
        lock_.reset();
        ::rmdir(directory_.c_str()); // of a session that was to begin: it is still empty
        throw Error(ErrorKind::machine,
                    is_taken
                        ? fmt::format("{} is being run by another process; wait for it to end", directory_.string())
                        : fmt::format("cannot lock {}: {}; is it on a file system without locks? then choose "
                                      "another folder with --results-dir",
                                      directory_.string(), std::strerror(reason)));
    }
    remove_unfinished_files(directory_);
}

bool SessionStore::is_locked() const {
    const system::UniqueFd fd(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return fd.is_open() && ::flock(fd.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
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
        throw Error(ErrorKind::usage, explain_no_session(directory_, error.message()));
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

std::vector<plan::PlannedExperiment>
SessionStore::append_experiments(std::vector<plan::PlannedExperiment> round) const {
    Json session = read_session();
    plan::Plan plan = plan::plan_from_json(session.value("plan", Json()));
    for (plan::PlannedExperiment& experiment : round) {
        experiment.number = static_cast<std::uint32_t>(plan.experiments.size() + 1);
        experiment.id = plan::experiment_id(experiment.training.repository, experiment.training.model, experiment.mode,
                                            experiment.number);
        plan.experiments.push_back(experiment);
    }
    session["plan"] = plan::plan_to_json(plan);
    write_session(session);
    return round;
}

std::filesystem::path SessionStore::create_experiment(const std::string& id) const {
    std::filesystem::path directory = directory_ / id;
    ensure_directory(directory);
    ensure_directory(directory / "energy");
    return directory;
}

void SessionStore::archive_attempt(const std::string& id, int number, const ExperimentRecord& record) const {
    const std::filesystem::path directory = directory_ / id;
    system::write_file_atomically(waiting_record(directory, number), to_text(record_to_json(record)));
    // A background goes on writing its logs while its foreground is retried.
    move_attempt(directory, number, BackgroundLogs::stay);
    ensure_directory(directory / "energy");
}

std::optional<ExperimentRecord> SessionStore::read_record_in(const std::filesystem::path& folder,
                                                             const plan::PlannedExperiment& experiment) const {
    const std::filesystem::path file = folder / kRecordName;
    std::error_code status;
    if (!std::filesystem::exists(file, status)) {
        return std::nullopt;
    }
    ParsedJson parsed = parse_json(system::read_file(file));
    try {
        return read_checked(std::move(parsed), name_, experiment);
    } catch (const Error& error) {
        throw Error(ErrorKind::storage, fmt::format("{}: {}; move the file away to run the experiment again",
                                                    file.string(), error.message()));
    }
}

std::optional<ExperimentRecord> SessionStore::read_record(const plan::PlannedExperiment& experiment) const {
    return read_record_in(directory_ / experiment.id, experiment);
}

/// What a tool that was killed left: folders of the attempts before, and the last one's files. A record in such a
/// folder tells of the attempts up to it.
std::vector<AttemptRecord> SessionStore::attempts_without_record(const plan::PlannedExperiment& experiment) const {
    const std::filesystem::path directory = directory_ / experiment.id;
    std::error_code status;
    std::vector<AttemptRecord> attempts;
    for (int number = 1; std::filesystem::exists(directory / attempt_folder(number), status); ++number) {
        std::optional<ExperimentRecord> record = read_record_in(directory / attempt_folder(number), experiment);
        if (record && record->attempts.size() == static_cast<std::size_t>(number)) {
            attempts = std::move(record->attempts);
        } else {
            attempts.push_back(unrecorded_attempt(attempts.size() + 1));
        }
        attempts.back().directory = attempt_folder(number);
    }
    if (has_begun(leftovers_in(directory))) {
        attempts.push_back(unrecorded_attempt(attempts.size() + 1));
    }
    return attempts;
}

std::vector<AttemptRecord> SessionStore::read_attempts(const plan::PlannedExperiment& experiment) const {
    const std::filesystem::path directory = directory_ / experiment.id;
    std::error_code status;
    if (!std::filesystem::exists(directory, status)) {
        return {};
    }
    finish_cut_move(directory);
    std::optional<ExperimentRecord> record = read_record(experiment);
    return record ? std::move(record->attempts) : attempts_without_record(experiment);
}

std::vector<AttemptRecord> SessionStore::archive_for_resume(const plan::PlannedExperiment& experiment) const {
    const std::filesystem::path directory = directory_ / experiment.id;
    std::vector<AttemptRecord> attempts = read_attempts(experiment);
    std::error_code status;
    const bool has_record = std::filesystem::exists(directory / kRecordName, status);
    if (attempts.empty() || !(has_record || has_begun(leftovers_in(directory)))) {
        return attempts;
    }
    const int number = static_cast<int>(attempts.size());
    move(directory / kRecordName, waiting_record(directory, number), true);
    move_attempt(directory, number, BackgroundLogs::are_moved);
    ensure_directory(directory / "energy");
    attempts.back().directory = attempt_folder(number);
    return attempts;
}

void SessionStore::write_record(const std::string& id, const ExperimentRecord& record) const {
    system::write_file_atomically(directory_ / id / kRecordName, to_text(record_to_json(record)));
}

} // namespace mutation::record
