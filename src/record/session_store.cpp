#include "mutation/record/session_store.hpp"

#include "json_codec.hpp"
#include "mutation/core/error.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/record/record_check.hpp"
#include "mutation/record/session_document.hpp"
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

/// Creates the folder if it does not exist. Never follows a link.
void ensure_directory(const std::filesystem::path& directory) {
    struct stat facts {};
    if (system::create_new_directory(directory)) {
        return;
    }
    if (::lstat(directory.c_str(), &facts) != 0 || !S_ISDIR(facts.st_mode)) {
        throw Error(ErrorKind::storage, fmt::format("cannot use {}: it is not a folder", directory.string()));
    }
}

enum class IfMissing { fail, ignore };

void move(const std::filesystem::path& from, const std::filesystem::path& to, IfMissing if_missing = IfMissing::fail) {
    if (::rename(from.c_str(), to.c_str()) != 0 && !(if_missing == IfMissing::ignore && errno == ENOENT)) {
        throw Error(ErrorKind::storage,
                    fmt::format("cannot move {} to {}: {}", from.string(), to.string(), std::strerror(errno)));
    }
}

/// What the last attempt left in an experiment's folder: everything except earlier attempts and the record.
std::vector<std::filesystem::path> leftovers_in(const ExperimentLayout& experiment) {
    std::vector<std::filesystem::path> entries;
    std::error_code status;
    for (const auto& entry : std::filesystem::directory_iterator(experiment.directory(), status)) {
        const std::string name = entry.path().filename().string();
        if (!ExperimentLayout::is_of_earlier_attempts(name) && entry.path() != experiment.record()) {
            entries.push_back(entry.path());
        }
    }
    if (status) {
        throw Error(ErrorKind::storage,
                    fmt::format("cannot read {}: {}", experiment.directory().string(), status.message()));
    }
    return entries;
}

/// Whether an attempt had begun: the folder has more than an empty `energy` and the logs of a background.
bool has_begun(const ExperimentLayout& experiment) {
    std::error_code status;
    const std::vector<std::filesystem::path> leftovers = leftovers_in(experiment);
    return std::any_of(leftovers.begin(), leftovers.end(), [&](const std::filesystem::path& entry) {
        return entry != experiment.background_logs() &&
               (entry != experiment.energy() || !std::filesystem::is_empty(entry, status));
    });
}

enum class BackgroundLogs { stay, are_moved };

/// Moves an attempt's files, then its record, and renames the folder last. If a kill interrupts this, a second call
/// moves the rest.
void move_attempt(const ExperimentLayout& experiment, int number, BackgroundLogs logs) {
    const ExperimentLayout unfinished(experiment.unfinished_attempt(number));
    ensure_directory(unfinished.directory());
    for (const std::filesystem::path& entry : leftovers_in(experiment)) {
        if (logs == BackgroundLogs::are_moved || entry != experiment.background_logs()) {
            move(entry, unfinished.directory() / entry.filename());
        }
    }
    move(experiment.waiting_record(number), unfinished.record(), IfMissing::ignore);
    move(unfinished.directory(), experiment.attempt(number));
}

/// Completes a move that a kill cut off. All processes of that time are gone, those of a background too.
void finish_cut_move(const ExperimentLayout& experiment) {
    std::error_code status;
    const auto is_there = [&](const std::filesystem::path& path) { return std::filesystem::exists(path, status); };
    for (int number = 1;; ++number) {
        if (is_there(experiment.waiting_record(number)) || is_there(experiment.unfinished_attempt(number))) {
            move_attempt(experiment, number, BackgroundLogs::are_moved);
        } else if (!is_there(experiment.attempt(number))) {
            return;
        }
    }
}

/// An attempt of a program that was killed before it could record the attempt.
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

/// Removes incomplete files that a kill left. Only for the holder of the lock, since no other process writes then.
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
    const std::filesystem::path first = results / ((std::string(SessionLayout::kPrefix) + system::format_compact(now)));
    for (int number = 1; number <= kMostSessionsInOneSecond; ++number) {
        const std::filesystem::path directory =
            number == 1 ? first : std::filesystem::path(fmt::format("{}_{}", first.string(), number));
        if (system::create_new_directory(directory)) {
            return {directory, directory.filename().string()};
        }
    }
    throw Error(ErrorKind::storage, fmt::format("cannot create a session: {} and {} others exist", first.string(),
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
    lock_ = system::UniqueFd(::open(directory().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock_.is_open() || ::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
        const int reason = errno;
        const bool is_taken = lock_.is_open() && reason == EWOULDBLOCK;
        lock_.reset();
        ::rmdir(directory().c_str()); // a session that was to begin is still empty
        throw Error(ErrorKind::machine,
                    is_taken
                        ? fmt::format("{} is being run by another process; wait for it to end", directory().string())
                        : fmt::format("cannot lock {}: {}; is it on a file system without locks? then choose "
                                      "another folder with --results-dir",
                                      directory().string(), std::strerror(reason)));
    }
    remove_unfinished_files(directory());
}

bool SessionStore::is_locked() const {
    const system::UniqueFd fd(::open(directory().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return fd.is_open() && ::flock(fd.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

std::vector<plan::PlannedExperiment>
SessionStore::append_experiments(std::vector<plan::PlannedExperiment> round) const {
    SessionDocument document = read_session_document(directory());
    std::vector<plan::PlannedExperiment>& planned = document.plan.experiments;
    for (plan::PlannedExperiment& experiment : round) {
        experiment.number = static_cast<std::uint32_t>(planned.size() + 1);
        experiment.id = plan::experiment_id(experiment.training.repository, experiment.training.model, experiment.mode,
                                            experiment.number);
        planned.push_back(experiment);
    }
    write_session_document(directory(), document);
    return round;
}

std::filesystem::path SessionStore::create_experiment(const std::string& id) const {
    const ExperimentLayout experiment = layout_.experiment(id);
    ensure_directory(experiment.directory());
    ensure_directory(experiment.energy());
    return experiment.directory();
}

void SessionStore::archive_attempt(const std::string& id, int number, const ExperimentRecord& record) const {
    const ExperimentLayout experiment = layout_.experiment(id);
    system::write_file_atomically(experiment.waiting_record(number), file_text(record_to_json(record)));
    // A background goes on writing its logs while its foreground is retried.
    move_attempt(experiment, number, BackgroundLogs::stay);
    ensure_directory(experiment.energy());
}

std::optional<ExperimentRecord> SessionStore::read_record_in(const ExperimentLayout& folder,
                                                             const plan::PlannedExperiment& experiment) const {
    const std::filesystem::path file = folder.record();
    std::error_code status;
    if (!std::filesystem::exists(file, status)) {
        return std::nullopt;
    }
    const ParsedJson parsed = parse_json(system::read_file(file));
    try {
        return read_record_of(parsed, name_, experiment.id, &experiment);
    } catch (const Error& error) {
        throw Error(ErrorKind::storage, fmt::format("{}: {}; move the file away to run the experiment again",
                                                    file.string(), error.message()));
    }
}

std::optional<ExperimentRecord> SessionStore::read_record(const plan::PlannedExperiment& experiment) const {
    return read_record_in(layout_.experiment(experiment.id), experiment);
}

/// What a killed program left: folders of earlier attempts, and the files of the last one. A record in such a folder
/// has the attempts up to it.
std::vector<AttemptRecord> SessionStore::attempts_without_record(const plan::PlannedExperiment& experiment) const {
    const ExperimentLayout layout = layout_.experiment(experiment.id);
    std::error_code status;
    std::vector<AttemptRecord> attempts;
    for (int number = 1; std::filesystem::exists(layout.attempt(number), status); ++number) {
        std::optional<ExperimentRecord> record = read_record_in(ExperimentLayout(layout.attempt(number)), experiment);
        if (record && record->attempts.size() == static_cast<std::size_t>(number)) {
            attempts = std::move(record->attempts);
        } else {
            attempts.push_back(unrecorded_attempt(attempts.size() + 1));
        }
        attempts.back().directory = ExperimentLayout::attempt_name(number);
    }
    if (has_begun(layout)) {
        attempts.push_back(unrecorded_attempt(attempts.size() + 1));
    }
    return attempts;
}

std::vector<AttemptRecord> SessionStore::read_attempts(const plan::PlannedExperiment& experiment) const {
    const ExperimentLayout layout = layout_.experiment(experiment.id);
    std::error_code status;
    if (!std::filesystem::exists(layout.directory(), status)) {
        return {};
    }
    finish_cut_move(layout);
    std::optional<ExperimentRecord> record = read_record(experiment);
    return record ? std::move(record->attempts) : attempts_without_record(experiment);
}

std::vector<AttemptRecord> SessionStore::archive_for_resume(const plan::PlannedExperiment& experiment) const {
    const ExperimentLayout layout = layout_.experiment(experiment.id);
    std::vector<AttemptRecord> attempts = read_attempts(experiment);
    std::error_code status;
    const bool has_record = std::filesystem::exists(layout.record(), status);
    if (attempts.empty() || !(has_record || has_begun(layout))) {
        return attempts;
    }
    const int number = static_cast<int>(attempts.size());
    move(layout.record(), layout.waiting_record(number), IfMissing::ignore);
    move_attempt(layout, number, BackgroundLogs::are_moved);
    ensure_directory(layout.energy());
    attempts.back().directory = ExperimentLayout::attempt_name(number);
    return attempts;
}

void SessionStore::write_record(const std::string& id, const ExperimentRecord& record) const {
    system::write_file_atomically(layout_.experiment(id).record(), file_text(record_to_json(record)));
}

} // namespace mutation::record
