#pragma once

#include "mutation/record/experiment_record.hpp"
#include "mutation/record/session_document.hpp"
#include "mutation/record/session_layout.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mutation::record {

/// What is in the folder of an experiment: its record, or the reason why there is none.
struct StoredExperiment {
    enum class State {
        recorded,
        missing, ///< there is no record: the experiment did not end
        damaged, ///< there is one, but it cannot be used
    };

    ExperimentLayout folder;
    State state = State::missing;
    std::optional<ExperimentRecord> record; ///< if recorded
    std::string reason;                     ///< else; of a damaged one with file and field
};

/// Reads a session's folder, ours or v3.0's. Takes no lock and writes nothing.
class SessionReader {
public:
    /// Error(usage) if `session` is no folder, no session, or of a newer program.
    explicit SessionReader(const std::filesystem::path& session);

    /// The folder, without links.
    [[nodiscard]] const SessionLayout& layout() const { return layout_; }
    [[nodiscard]] bool is_of_v3() const { return !name_; }
    /// The name of the session in its records. Of v3.0, whose records do not have it: the folder's name.
    [[nodiscard]] std::string name() const { return name_.value_or(layout_.directory().filename().string()); }
    /// session.json, as far as it can be read; nullopt: nothing of it, or v3.0's.
    [[nodiscard]] const std::optional<SessionDocument>& document() const { return document_; }
    /// What is wrong with session.json, with the file; nullopt: nothing, or v3.0's session, which has none.
    [[nodiscard]] const std::optional<std::string>& document_error() const { return document_error_; }
    /// The names of the experiments' folders, in the order of the experiments.
    [[nodiscard]] const std::vector<std::string>& experiments() const { return experiments_; }

    /// Reads one of `experiments`. A record of ours has to belong to this session and folder, and to have the plan's
    /// values, if the plan can be read. Error(storage) for a record of a newer program.
    [[nodiscard]] StoredExperiment read(const std::string& experiment) const;

private:
    void read_document();
    [[nodiscard]] bool has_record() const;
    [[nodiscard]] bool has_own_record() const;
    [[nodiscard]] ExperimentRecord read_record(const ParsedJson& parsed, const std::string& experiment) const;

    SessionLayout layout_;
    std::optional<std::string> name_; ///< none: of v3.0
    std::optional<SessionDocument> document_;
    std::optional<std::string> document_error_;
    std::map<std::string, std::size_t> planned_; ///< id -> index in the plan
    std::vector<std::string> experiments_;
};

} // namespace mutation::record
