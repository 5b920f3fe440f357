#include "mutation/record/session_reader.hpp"

#include "mutation/core/error.hpp"
#include "mutation/record/record_check.hpp"
#include "mutation/record/schema_version.hpp"
#include "mutation/system/file.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace mutation::record {

namespace {

std::filesystem::path find_session(const std::filesystem::path& session) {
    std::error_code status;
    std::filesystem::path whole = std::filesystem::canonical(session, status);
    if (status || !std::filesystem::is_directory(whole, status)) {
        throw Error(ErrorKind::usage, fmt::format("{}: no such session; name its folder", session.string()));
    }
    return whole;
}

/// The names of the session's experiment folders, in the experiments' order.
std::vector<std::string> find_experiments(const std::filesystem::path& session) {
    std::vector<std::string> names;
    std::error_code status;
    for (const auto& entry : std::filesystem::directory_iterator(session, status)) {
        std::string name = entry.path().filename().string();
        // A link may lead anywhere, and an experiment's folder is written to.
        if (entry.is_directory(status) && !entry.is_symlink(status) && SessionLayout::is_experiment_name(name)) {
            names.push_back(std::move(name));
        }
    }
    if (status) {
        throw Error(ErrorKind::usage, fmt::format("{}: no such session: {}", session.string(), status.message()));
    }
    std::sort(names.begin(), names.end(), comes_before);
    return names;
}

std::filesystem::file_type type_of(const std::filesystem::path& file) {
    std::error_code status;
    return std::filesystem::symlink_status(file, status).type();
}

} // namespace

SessionReader::SessionReader(const std::filesystem::path& session)
    : layout_(find_session(session)), name_(read_session_name(layout_.directory())),
      experiments_(find_experiments(layout_.directory())) {
    if (name_) {
        read_document();
    } else if (!has_record()) {
        throw Error(ErrorKind::usage, explain_no_session(layout_.directory(), "it contains no experiment"));
    } else if (type_of(layout_.session()) != std::filesystem::file_type::not_found || has_own_record()) {
        document_error_ = fmt::format("{}: missing, empty or damaged; experiments without a record are not known",
                                      layout_.session().string());
    }
}

/// Whether the first record that can be read is not v3.0's.
bool SessionReader::has_own_record() const {
    for (const std::string& experiment : experiments_) {
        if (const StoredExperiment stored = read(experiment); stored.record) {
            return !stored.record->is_of_v3;
        }
    }
    return false;
}

void SessionReader::read_document() {
    constexpr std::size_t kMostBytes = std::size_t{2} << 30U; // as resume
    try {
        const ParsedJson parsed =
            parse_json(system::read_file(layout_.session(), kMostBytes), {kMostBytes, JsonLimits{}.max_depth});
        throw_if_faulty(parsed);
        try {
            document_ = session_from_json(parsed.value);
        } catch (const Error&) {
            document_ = session_from_damaged_json(parsed.value);
            throw;
        }
    } catch (const Error& error) {
        document_error_ = fmt::format("{}: {}", layout_.session().string(), error.message());
    }
    for (std::size_t i = 0; document_ && i < document_->plan.experiments.size(); ++i) {
        planned_.emplace(document_->plan.experiments[i].id, i);
    }
}

bool SessionReader::has_record() const {
    return std::any_of(experiments_.begin(), experiments_.end(), [this](const std::string& experiment) {
        return type_of(layout_.experiment(experiment).record()) != std::filesystem::file_type::not_found;
    });
}

StoredExperiment SessionReader::read(const std::string& experiment) const {
    using State = StoredExperiment::State;
    StoredExperiment stored{layout_.experiment(experiment), State::missing, std::nullopt, ""};
    const std::filesystem::path file = stored.folder.record();
    const std::filesystem::file_type type = type_of(file);
    if (type != std::filesystem::file_type::regular) {
        stored.reason = type == std::filesystem::file_type::not_found
                            ? "no experiment.json (an attempt that was not finished)"
                            : "experiment.json is not a regular file";
        return stored;
    }
    ParsedJson parsed;
    try {
        parsed = parse_json(system::read_file(file));
    } catch (const Error& error) {
        stored.state = State::damaged;
        stored.reason = error.message();
        return stored;
    }
    const bool is_newer = has_newer_schema(parsed.value);
    try {
        stored.record = read_record(parsed, experiment);
        stored.state = State::recorded;
    } catch (const Error& error) {
        stored.state = State::damaged;
        stored.reason = fmt::format("{}: {}", file.string(), error.message());
        if (is_newer) {
            throw Error(ErrorKind::storage, stored.reason);
        }
    }
    return stored;
}

ExperimentRecord SessionReader::read_record(const ParsedJson& parsed, const std::string& experiment) const {
    if (!is_of_v3()) {
        const auto planned = planned_.find(experiment);
        return read_record_of(parsed, *name_, experiment,
                              planned == planned_.end() ? nullptr : &document_->plan.experiments[planned->second]);
    }
    throw_if_faulty(parsed);
    return record_from_json(parsed.value);
}

} // namespace mutation::record
