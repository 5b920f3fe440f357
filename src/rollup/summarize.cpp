#include "mutation/rollup/summarize.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/json.hpp"
#include "mutation/plan/plan_json.hpp"
#include "mutation/record/record_check.hpp"
#include "mutation/record/schema_version.hpp"
#include "mutation/record/session_store.hpp"
#include "mutation/rollup/experiment_order.hpp"
#include "mutation/rollup/rollup.hpp"
#include "mutation/system/file.hpp"
#include "record_refresher.hpp"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <unistd.h>
#include <utility>

namespace mutation::rollup {

namespace {

/// The names of the session's experiment folders, in the experiments' order.
std::vector<std::string> experiment_folders(const std::filesystem::path& session) {
    std::vector<std::string> names;
    std::error_code status;
    for (const auto& entry : std::filesystem::directory_iterator(session, status)) {
        std::string name = entry.path().filename().string();
        // A link may lead anywhere: no file is written through it.
        if (entry.is_directory(status) && !entry.is_symlink(status) &&
            record::SessionLayout::is_experiment_name(name)) {
            names.push_back(std::move(name));
        }
    }
    if (status) {
        throw Error(ErrorKind::usage, fmt::format("{}: no such session: {}", session.string(), status.message()));
    }
    std::sort(names.begin(), names.end(), comes_before);
    return names;
}

/// `schema_version` and `session` from the beginning of session.json, which is read even if the rest is damaged.
/// Error(usage) if the file is from a newer program.
Json read_session_head(const std::filesystem::path& session) {
    std::array<char, 4096> head{};
    const system::UniqueFd fd(
        ::open(record::SessionLayout(session).session().c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    const ssize_t count = fd.is_open() ? ::read(fd.get(), head.data(), head.size()) : 0;
    Json document = Json::object();
    std::string wanted;
    const auto keep = [&](int depth, Json::parse_event_t event, const Json& parsed) {
        if (event == Json::parse_event_t::key) {
            wanted = depth == 1 && (parsed == "schema_version" || parsed == "session") ? parsed.get<std::string>() : "";
        } else if (event == Json::parse_event_t::value && depth == 1 && !wanted.empty()) {
            document[wanted] = parsed;
        }
        return true;
    };
    const std::string_view text(head.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
    [[maybe_unused]] const Json cut = Json::parse(text.begin(), text.end(), keep, false);
    if (record::has_newer_schema(document)) {
        throw Error(ErrorKind::usage,
                    fmt::format("{}/session.json was written by a newer program; use that one to summarize it",
                                session.string()));
    }
    return document;
}

/// The plan of a session of ours, by the ids of the experiments; empty if it cannot be read (resume reports that).
std::map<std::string, plan::PlannedExperiment> read_planned(const std::filesystem::path& session) {
    constexpr std::size_t kMostPlanBytes = std::size_t{16} << 20U;
    std::map<std::string, plan::PlannedExperiment> planned;
    try {
        const ParsedJson parsed =
            parse_json(system::read_file(record::SessionLayout(session).session(), kMostPlanBytes));
        if (!parsed.ok()) {
            return planned;
        }
        for (plan::PlannedExperiment& experiment :
             plan::plan_from_json(parsed.value.value("plan", Json())).experiments) {
            planned.emplace(experiment.id, std::move(experiment));
        }
    } catch (const Error&) {
        planned.clear();
    }
    return planned;
}

class Summary {
public:
    Summary(const std::filesystem::path& session, const config::Registry& registry)
        : session_(session), refresher_(registry), rollup_(session.filename().string()) {}

    SummarizeResult run() {
        const Json head = read_session_head(session_);
        if (head.contains("schema_version")) {
            const Json name = head.value("session", Json());
            name_ = name.is_string() ? name.get<std::string>() : session_.filename().string();
            planned_ = read_planned(session_);
        }
        const std::vector<std::string> folders = experiment_folders(session_);
        if (!name_ && !has_record_in(folders)) {
            throw Error(ErrorKind::usage, record::explain_no_session(session_, "it contains no experiment"));
        }
        record::SessionStore lock = record::SessionStore::open(session_);
        lock.lock(); // a running session writes the same files
        for (const std::string& folder : folders) {
            take_folder(session_ / folder);
        }
        rollup_.write(lock.layout().summary());
        result_.records = rollup_.size();
        return std::move(result_);
    }

private:
    [[nodiscard]] bool has_record_in(const std::vector<std::string>& folders) const {
        return std::any_of(folders.begin(), folders.end(), [this](const std::string& folder) {
            std::error_code status;
            const std::filesystem::path file = record::ExperimentLayout(session_ / folder).record();
            return std::filesystem::symlink_status(file, status).type() != std::filesystem::file_type::not_found;
        });
    }

    void take_folder(const std::filesystem::path& folder) {
        std::error_code status;
        const std::filesystem::path file = record::ExperimentLayout(folder).record();
        const auto type = std::filesystem::symlink_status(file, status).type();
        if (type == std::filesystem::file_type::not_found) {
            remark(folder, "no experiment.json (an attempt that was not finished)");
            return;
        }
        if (type != std::filesystem::file_type::regular) {
            remark(folder, "experiment.json is not a regular file");
            return;
        }
        ParsedJson parsed;
        try {
            parsed = parse_json(system::read_file(file));
        } catch (const Error& error) {
            result_.refused.push_back(error.message());
            return;
        }
        const bool is_newer = record::has_newer_schema(parsed.value);
        record::ExperimentRecord record;
        try {
            record = read_record(std::move(parsed), folder.filename().string());
        } catch (const Error& error) {
            const std::string text = fmt::format("{}: {}", file.string(), error.message());
            if (is_newer) {
                throw Error(ErrorKind::storage, text);
            }
            result_.refused.push_back(text);
            return;
        }
        result_.rebuilt += refresher_.refresh(record::ExperimentLayout(folder), record) ? 1 : 0;
        for (const std::string& text : refresher_.take_remarks()) {
            remark(folder, text);
        }
        rollup_.add(record);
    }

    /// Error(storage) or Error(usage) for a document that is not the record of experiment `id` of this session.
    [[nodiscard]] record::ExperimentRecord read_record(ParsedJson parsed, const std::string& id) const {
        if (!parsed.ok()) {
            throw Error(ErrorKind::storage, parsed.faults.front().path + ": " + parsed.faults.front().message);
        }
        record::ExperimentRecord record = name_ ? record::own_record_from_json(std::move(parsed.value))
                                                : record::record_from_json(std::move(parsed.value));
        if (name_) {
            check_belonging(record, id);
        }
        return record;
    }

    /// Error(storage) if one of our records belongs to another experiment or session, or differs from the plan.
    void check_belonging(const record::ExperimentRecord& record, const std::string& id) const {
        const auto planned = planned_.find(id);
        std::optional<std::string> error = record::check_place(record, *name_, id);
        if (!error && planned != planned_.end()) {
            error = record::check_against_plan(record, planned->second);
        }
        if (error) {
            throw Error(ErrorKind::storage, *error);
        }
    }

    void remark(const std::filesystem::path& folder, const std::string& text) {
        result_.remarks.push_back(fmt::format("{}: {}", folder.filename().string(), text));
    }

    std::filesystem::path session_;
    std::optional<std::string> name_; ///< the name of the session in our records; none: a session of v3.0
    std::map<std::string, plan::PlannedExperiment> planned_;
    RecordRefresher refresher_;
    Rollup rollup_;
    SummarizeResult result_;
};

} // namespace

SummarizeResult summarize_session(const std::filesystem::path& session, const config::Registry& registry) {
    std::error_code status;
    const std::filesystem::path whole = std::filesystem::canonical(session, status);
    if (status || !std::filesystem::is_directory(whole, status)) {
        throw Error(ErrorKind::usage, fmt::format("{}: no such session; name its folder", session.string()));
    }
    return Summary(whole, registry).run();
}

} // namespace mutation::rollup
