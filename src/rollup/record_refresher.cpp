#include "record_refresher.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/record/judge.hpp"
#include "mutation/record/record_check.hpp"
#include "mutation/system/file.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <utility>

namespace mutation::rollup {

namespace {

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

bool is_real_folder(const std::filesystem::path& path) {
    std::error_code status;
    return std::filesystem::symlink_status(path, status).type() == std::filesystem::file_type::directory;
}

/// Whether both hold the same metrics, in whatever order.
bool are_same(const Json& a, const Json& b) {
    if (!a.is_object() || a.size() != b.size()) {
        return false;
    }
    const auto& members = a.items();
    return std::all_of(members.begin(), members.end(), [&b](const auto& member) {
        const auto found = b.find(member.key());
        return found != b.end() && *found == member.value();
    });
}

Json metrics_of(const measure::LogFindings& findings) {
    Json metrics = Json::object();
    for (const auto& [name, value] : findings.metrics) {
        metrics[name] = value ? Json(*value) : Json(nullptr);
    }
    return metrics;
}

/// The folder of one of a record's attempts; empty if the record names no folder that may be one.
std::filesystem::path folder_of(const Json& attempt, const std::filesystem::path& experiment) {
    constexpr std::string_view kHead = "attempt_";
    const Json directory = attempt.value("directory", Json());
    const std::string name = directory.is_string() ? directory.get<std::string>() : "";
    const bool is_name = name.starts_with(kHead) && parse_integer(std::string_view(name).substr(kHead.size()));
    return is_name && is_real_folder(experiment / name) ? experiment / name : std::filesystem::path();
}

/// Replaces what the remarks of an attempt say about the metrics by what the log says now.
void renew_remarks(Json& attempt, const measure::LogFindings& findings, const config::Model& model) {
    const record::Status status =
        record::parse_status(attempt.at("status").get<std::string>()).value_or(record::Status::failed);
    const std::vector<std::string> now = record::log_remarks(findings, status);
    Json remarks = Json::array();
    const std::set<std::string> known(now.begin(), now.end());
    for (const Json& old : attempt.value("remarks", Json::array())) {
        const std::string text = old.is_string() ? old.get<std::string>() : "";
        const bool is_of_metric =
            std::any_of(model.metrics.begin(), model.metrics.end(),
                        [&text](const config::Metric& metric) { return text.starts_with(metric.name + ": "); });
        if (!is_of_metric && known.find(text) == known.end()) {
            remarks.push_back(old);
        }
    }
    for (const std::string& text : now) {
        remarks.push_back(text);
    }
    attempt["remarks"] = std::move(remarks);
}

/// Judges an attempt again. Returns whether it changed.
bool judge_again(Json& attempt, bool has_background, const measure::LogFindings& findings, const config::Model& model) {
    const std::optional<run::AttemptOutcome> outcome = record::recorded_outcome(attempt, has_background);
    if (!outcome) {
        return false;
    }
    const record::Verdict verdict = record::judge_attempt(*outcome, findings, model);
    const std::string status(record::status_name(verdict.status));
    const std::string old_message = attempt.at("error_message").get<std::string>();
    // More may be behind the old message, for example that the log was moved away.
    const bool has_same_message =
        verdict.error_message.empty() ? old_message.empty() : old_message.starts_with(verdict.error_message);
    if (attempt.at("status") == status && has_same_message) {
        return false;
    }
    attempt["status"] = status;
    attempt["error_message"] = verdict.error_message;
    renew_remarks(attempt, findings, model);
    return true;
}

/// The fields at the top are the last attempt's.
void take_last_attempt(Json& record) {
    const Json& last = record["attempts"].back();
    record["status"] = last.at("status");
    record["error_message"] = last.at("error_message");
    const std::optional<record::Status> status = record::parse_status(last.at("status").get<std::string>());
    record["training_success"] = status && record::is_success(*status);
    record["failed_attempts_energy_joules"] = record::failed_attempts_energy(record["attempts"]);
}

/// A copy beside, once: the very first record is what must never be lost.
void keep_original(const std::filesystem::path& folder) {
    const std::filesystem::path original = folder / "experiment.json.orig";
    std::error_code status;
    if (!std::filesystem::exists(std::filesystem::symlink_status(original, status))) {
        system::write_file_atomically(original, system::read_file(folder / kRecordName));
    }
}

/// The record of an earlier attempt; nullopt if there is none that can be worked on.
std::optional<Json> read_attempt_record(const std::filesystem::path& folder) {
    std::error_code status;
    if (std::filesystem::symlink_status(folder / kRecordName, status).type() != std::filesystem::file_type::regular) {
        return std::nullopt;
    }
    ParsedJson parsed = parse_json(system::read_file(folder / kRecordName));
    return parsed.ok() && record::check_record(parsed.value).empty() ? std::optional(std::move(parsed.value))
                                                                     : std::nullopt;
}

/// Whether a record has attempts with a known end: v3.0's has none.
bool has_attempts(const Json& record) {
    return record.contains("schema_version") && record.value("attempts", Json()).is_array() &&
           !record.at("attempts").empty();
}

} // namespace

bool RecordRefresher::refresh(const std::filesystem::path& folder, Json& record) {
    const bool has_changed = refresh_file(folder, folder, record);
    if (has_attempts(record)) {
        for (const Json& attempt : record.at("attempts")) {
            const std::filesystem::path earlier = folder_of(attempt, folder);
            std::optional<Json> its_record = earlier.empty() ? std::nullopt : read_attempt_record(earlier);
            if (its_record) {
                refresh_file(earlier, folder, *its_record);
            }
        }
    }
    return has_changed;
}

std::vector<std::string> RecordRefresher::take_remarks() {
    return std::exchange(remarks_, {});
}

/// `folder` has the record and the log of its last attempt; `experiment` has the folders of the attempts before.
bool RecordRefresher::refresh_file(const std::filesystem::path& folder, const std::filesystem::path& experiment,
                                   Json& record) {
    const bool is_nested = record.contains("foreground") && record["foreground"].is_object();
    Json& training = is_nested ? record["foreground"] : record;
    const Judge* judge = judge_of(training);
    const std::optional<measure::LogFindings> findings = judge == nullptr ? std::nullopt : read_log(folder, *judge);
    if (!findings) {
        return false;
    }
    Json metrics = metrics_of(*findings);
    const bool has_new_metrics =
        !judge->model->metrics.empty() && !are_same(training.value("performance_metrics", Json()), metrics);
    const bool has_new_attempts =
        !is_nested && has_attempts(record) && refresh_attempts(experiment, *judge, record, *findings);
    if (!has_new_metrics && !has_new_attempts) {
        return false;
    }
    if (has_new_metrics) {
        training["performance_metrics"] = std::move(metrics);
        if (!is_nested && has_attempts(record)) {
            renew_remarks(record["attempts"].back(), *findings, *judge->model);
        }
    }
    keep_original(folder);
    system::write_file_atomically(folder / kRecordName,
                                  record.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    return true;
}

/// `last`: what the log of the last attempt says. Returns whether an attempt changed.
bool RecordRefresher::refresh_attempts(const std::filesystem::path& experiment, const Judge& judge, Json& record,
                                       const measure::LogFindings& last) {
    const bool has_background = record.value("background", Json()).is_object();
    Json& attempts = record["attempts"];
    bool has_changed = false;
    for (std::size_t i = 0; i + 1 < attempts.size(); ++i) {
        const std::filesystem::path folder = folder_of(attempts[i], experiment);
        const auto findings = folder.empty() ? std::nullopt : read_log(folder, judge);
        has_changed = (findings && judge_again(attempts[i], has_background, *findings, *judge.model)) || has_changed;
    }
    has_changed = judge_again(attempts.back(), has_background, last, *judge.model) || has_changed;
    if (has_changed) {
        take_last_attempt(record);
    }
    return has_changed;
}

/// nullopt if there is no log, or it cannot be read.
std::optional<measure::LogFindings> RecordRefresher::read_log(const std::filesystem::path& folder, const Judge& judge) {
    const std::filesystem::path log = find_log(folder);
    if (log.empty()) {
        return std::nullopt;
    }
    try {
        measure::LogFindings findings = judge.reader->read_file(log);
        remarks_.insert(remarks_.end(), findings.remarks.begin(), findings.remarks.end());
        return findings;
    } catch (const Error& error) {
        remarks_.push_back(error.message());
        return std::nullopt;
    }
}

const RecordRefresher::Judge* RecordRefresher::judge_of(const Json& training) {
    const Json name = training.value("repository", Json());
    const Json model_name = training.value("model", Json());
    const config::Repository* repository = name.is_string() ? registry_.find(name.get<std::string>()) : nullptr;
    if (repository == nullptr && name.is_string()) {
        config::throw_if_broken(registry_, name.get<std::string>());
    }
    const config::Model* model = repository != nullptr && model_name.is_string()
                                     ? repository->find_model(model_name.get<std::string>())
                                     : nullptr;
    if (model == nullptr) {
        return nullptr;
    }
    const auto [entry, is_new] = judges_.try_emplace(model);
    if (is_new) {
        entry->second = {model, std::make_unique<measure::LogReader>(model->metrics, repository->success_patterns,
                                                                     repository->failure_patterns)};
    }
    return &entry->second;
}

} // namespace mutation::rollup
