#include "read_sessions.hpp"

#include "mutation/core/error.hpp"
#include "mutation/record/session_reader.hpp"

#include <fmt/format.h>
#include <map>
#include <utility>

namespace mutation::report {

namespace {

SessionSource describe_source(const record::SessionReader& reader) {
    SessionSource source;
    source.name = reader.name();
    source.directory = reader.layout().directory();
    source.is_of_v3 = reader.is_of_v3();
    if (const auto& document = reader.document()) {
        source.tool_version = document->tool_version;
        source.command_line = document->command_line;
        source.is_order_random = document->plan.settings.order == config::Order::random;
    }
    if (reader.document_error()) {
        source.damaged.push_back(*reader.document_error());
    }
    return source;
}

/// A copy of a session has the same. Without session.json only the folder says what is the same.
std::string identity_of(const record::SessionReader& reader) {
    const auto& document = reader.document();
    return document ? fmt::format("{}|{}|{}", reader.name(), document->started, document->machine.host)
                    : reader.layout().directory().string();
}

/// Reads one session.
class Reading {
public:
    explicit Reading(const record::SessionReader& reader) : reader_(reader) {
        session_.source = describe_source(reader);
    }

    ReadSession run() && {
        if (reader_.document()) {
            session_.models = reader_.document()->models;
            for (const plan::PlannedExperiment& experiment : reader_.document()->plan.experiments) {
                index_.emplace(experiment.id, session_.runs.size());
                session_.runs.push_back(read_planned(experiment));
                exclude(session_.runs.back(), "it was not run");
            }
        }
        for (const std::string& experiment : reader_.experiments()) {
            take(read(experiment), experiment);
        }
        for (ReadRun& read : session_.runs) {
            name(read);
        }
        return std::move(session_);
    }

private:
    /// A record of a newer program is left out like a damaged one.
    [[nodiscard]] record::StoredExperiment read(const std::string& experiment) const {
        try {
            return reader_.read(experiment);
        } catch (const Error& error) {
            record::StoredExperiment stored{reader_.layout().experiment(experiment), {}, {}, error.message()};
            stored.state = record::StoredExperiment::State::damaged;
            return stored;
        }
    }

    void take(const record::StoredExperiment& stored, const std::string& experiment) {
        using State = record::StoredExperiment::State;
        const auto planned = index_.find(experiment);
        if (stored.state == State::damaged) {
            session_.source.damaged.push_back(stored.reason);
        }
        if (stored.state == State::recorded) {
            ReadRun read = read_recorded(*stored.record);
            read.run.key.experiment_id = experiment;
            read.run.folder = stored.folder.directory();
            place(std::move(read), experiment);
        } else if (planned != index_.end()) {
            ReadRun& read = session_.runs[planned->second];
            read.run.folder = stored.folder.directory();
            exclude(read, stored.state == State::damaged ? "its record is damaged: " + stored.reason
                                                         : "it has no record: it was not finished");
        }
    }

    void place(ReadRun read, const std::string& experiment) {
        const auto planned = index_.find(experiment);
        if (planned == index_.end()) {
            session_.runs.push_back(std::move(read));
        } else {
            session_.runs[planned->second] = std::move(read);
        }
    }

    static void exclude(ReadRun& read, std::string reason) {
        read.run.exclusion = Exclusion{read.run.key, Stage::run, std::move(reason)};
    }

    /// Completes the keys.
    void name(ReadRun& read) const {
        read.run.key.session = session_.source.name;
        if (read.run.exclusion) {
            read.run.exclusion->run = read.run.key;
        }
        for (Flag& flag : read.run.flags) {
            flag.run = read.run.key;
        }
    }

    const record::SessionReader& reader_;
    ReadSession session_;
    std::map<std::string, std::size_t> index_; ///< id -> its place in `session_.runs`
};

void rename_session(ReadSession& session, const std::string& name) {
    session.source.name = name;
    for (ReadRun& read : session.runs) {
        read.run.key.session = name;
        if (read.run.exclusion) {
            read.run.exclusion->run.session = name;
        }
        for (Flag& flag : read.run.flags) {
            flag.run.session = name;
        }
    }
}

} // namespace

std::vector<ReadSession> read_sessions(const std::vector<std::filesystem::path>& directories) {
    std::vector<ReadSession> sessions;
    std::map<std::string, std::size_t> seen; // identity -> its place in `sessions`
    std::map<std::string, int> names;
    for (const std::filesystem::path& directory : directories) {
        const record::SessionReader reader(directory);
        const auto [known, is_new] = seen.emplace(identity_of(reader), sessions.size());
        if (!is_new) {
            SessionSource& first = sessions[known->second].source;
            if (reader.layout().directory() != first.directory) {
                first.damaged.push_back(
                    fmt::format("{} is a copy of this session and was left out", reader.layout().directory().string()));
            }
            continue;
        }
        ReadSession session = Reading(reader).run();
        if (const int number = ++names[session.source.name]; number > 1) {
            rename_session(session, fmt::format("{} ({})", session.source.name, number));
        }
        sessions.push_back(std::move(session));
    }
    return sessions;
}

} // namespace mutation::report
