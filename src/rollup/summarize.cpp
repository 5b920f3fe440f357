#include "mutation/rollup/summarize.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/json.hpp"
#include "mutation/measure/log_metrics.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/rollup/rollup.hpp"
#include "mutation/system/file.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace mutation::rollup {

namespace {

constexpr const char* kRecordName = "experiment.json";

/// v3.0's wrapper puts its captured streams between headings; our patterns do not mind them.
std::filesystem::path find_log(const std::filesystem::path& folder) {
    for (const char* name : {"training.log", "training.log.gz", "terminal_output.txt", "terminal_output.txt.gz"}) {
        std::error_code status;
        if (std::filesystem::is_regular_file(folder / name, status) &&
            std::filesystem::file_size(folder / name, status) > 0) {
            return folder / name;
        }
    }
    return {};
}

/// Numbers in names order as numbers: 2 before 10, 999 before 1000.
bool comes_before(const std::filesystem::path& a, const std::filesystem::path& b) {
    const std::string left = a.filename().string();
    const std::string right = b.filename().string();
    const auto number = [](const std::string& name) {
        const std::string_view stem =
            std::string_view(name).substr(0, name.size() - (name.ends_with("_parallel") ? 9 : 0));
        std::size_t begin = stem.size();
        while (begin > 0 && stem[begin - 1] >= '0' && stem[begin - 1] <= '9' && stem.size() - begin < 9) {
            --begin;
        }
        return begin == stem.size() ? 0UL : std::stoul(std::string(stem.substr(begin)));
    };
    return std::pair(number(left), left) < std::pair(number(right), right);
}

std::vector<std::filesystem::path> experiment_folders(const std::filesystem::path& session) {
    std::vector<std::filesystem::path> folders;
    std::error_code status;
    for (const auto& entry : std::filesystem::directory_iterator(session, status)) {
        const std::string name = entry.path().filename().string();
        if (entry.is_directory(status) && name != "background_logs" && name != "baseline" && !name.starts_with('.')) {
            folders.push_back(entry.path());
        }
    }
    if (status) {
        throw Error(ErrorKind::usage, fmt::format("{}: no such session: {}", session.string(), status.message()));
    }
    std::sort(folders.begin(), folders.end(), comes_before);
    return folders;
}

class Summary {
public:
    Summary(const std::filesystem::path& session, const config::Registry& registry)
        : session_(session), registry_(registry), rollup_(session.filename().string()) {}

    SummarizeResult run() {
        const std::vector<std::filesystem::path> folders = experiment_folders(session_);
        for (const std::filesystem::path& folder : folders) {
            take_folder(folder);
        }
        if (rollup_.size() == 0 && folders.empty()) {
            throw Error(ErrorKind::usage, fmt::format("{}: no session: it holds no experiment", session_.string()));
        }
        rollup_.write(session_ / "summary.csv");
        result_.records = rollup_.size();
        return std::move(result_);
    }

private:
    void take_folder(const std::filesystem::path& folder) {
        std::error_code status;
        if (!std::filesystem::exists(folder / kRecordName, status)) {
            remark(folder, "no experiment.json (an attempt that was not finished)");
            return;
        }
        ParsedJson parsed;
        try {
            parsed = parse_json(system::read_file(folder / kRecordName));
        } catch (const Error& error) {
            remark(folder, error.message());
            return;
        }
        if (!parsed.ok() || !parsed.value.is_object()) {
            remark(folder,
                   "experiment.json is broken: " +
                       (parsed.ok() ? "no object" : parsed.faults.front().path + ": " + parsed.faults.front().message));
            return;
        }
        refresh(folder, parsed.value);
        try {
            rollup_.add(parsed.value);
        } catch (const Error& error) {
            throw Error(error.kind(), fmt::format("{}: {}", (folder / kRecordName).string(), error.message()));
        }
    }

    void remark(const std::filesystem::path& folder, const std::string& text) {
        result_.remarks.push_back(fmt::format("{}: {}", folder.filename().string(), text));
    }

    void refresh(const std::filesystem::path& folder, Json& record) {
        const bool is_nested = record.contains("foreground") && record["foreground"].is_object();
        Json& training = is_nested ? record["foreground"] : record;
        const std::filesystem::path log = find_log(folder);
        const measure::LogReader* reader = log.empty() ? nullptr : reader_of(training);
        if (reader == nullptr) {
            return;
        }
        Json metrics = Json::object();
        try {
            const measure::LogFindings findings = reader->read_file(log);
            for (const auto& [name, value] : findings.metrics) {
                metrics[name] = value ? Json(*value) : Json(nullptr);
            }
            for (const std::string& text : findings.remarks) {
                remark(folder, text);
            }
        } catch (const Error& error) {
            remark(folder, error.message());
            return;
        }
        if (training.value("performance_metrics", Json()) == metrics) {
            return;
        }
        keep_original(folder);
        training["performance_metrics"] = std::move(metrics);
        system::write_file_atomically(folder / kRecordName,
                                      record.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
        ++result_.rebuilt;
    }

    /// A copy beside, once: the very first record is what must never be lost.
    static void keep_original(const std::filesystem::path& folder) {
        const std::filesystem::path original = folder / "experiment.json.orig";
        std::error_code status;
        if (!std::filesystem::exists(std::filesystem::symlink_status(original, status))) {
            system::write_file_atomically(original, system::read_file(folder / kRecordName));
        }
    }

    const measure::LogReader* reader_of(const Json& training) {
        const Json name = training.value("repository", Json());
        const Json model_name = training.value("model", Json());
        const config::Repository* repository = name.is_string() ? registry_.find(name.get<std::string>()) : nullptr;
        const config::Model* model = repository != nullptr && model_name.is_string()
                                         ? repository->find_model(model_name.get<std::string>())
                                         : nullptr;
        if (model == nullptr) {
            return nullptr;
        }
        const auto [entry, is_new] = readers_.try_emplace(model);
        if (is_new) {
            entry->second = std::make_unique<measure::LogReader>(model->metrics, repository->success_patterns,
                                                                 repository->failure_patterns);
        }
        return entry->second.get();
    }

    std::filesystem::path session_;
    const config::Registry& registry_;
    Rollup rollup_;
    std::map<const config::Model*, std::unique_ptr<measure::LogReader>> readers_;
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
