#include "record_refresher.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/json.hpp"
#include "mutation/record/judge.hpp"
#include "mutation/system/file.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <utility>

namespace mutation::rollup {

namespace {

/// The first log that is not empty. Our patterns ignore the headings in v3.0's.
std::optional<std::filesystem::path> find_log(const record::ExperimentLayout& folder) {
    for (const std::filesystem::path& log : folder.possible_logs()) {
        std::error_code status;
        if (std::filesystem::is_regular_file(log, status) && std::filesystem::file_size(log, status) > 0) {
            return log;
        }
    }
    return std::nullopt;
}

bool is_real_folder(const std::filesystem::path& path) {
    std::error_code status;
    return std::filesystem::symlink_status(path, status).type() == std::filesystem::file_type::directory;
}

/// The folder of one of a record's attempts; nullopt if the record names no folder that may be one.
std::optional<record::ExperimentLayout> folder_of(const record::AttemptRecord& attempt,
                                                  const record::ExperimentLayout& experiment) {
    const std::filesystem::path folder = experiment.directory() / attempt.directory;
    return record::ExperimentLayout::is_attempt_name(attempt.directory) && is_real_folder(folder)
               ? std::optional<record::ExperimentLayout>(folder)
               : std::nullopt;
}

/// Replaces the remarks of an attempt about metrics by those that the log gives now.
void renew_remarks(record::AttemptRecord& attempt, const trainlog::LogFindings& findings, const config::Model& model) {
    std::vector<std::string> now = record::log_remarks(findings, attempt.status);
    const auto is_old = [&](const std::string& text) {
        const bool is_of_metric =
            std::any_of(model.metrics.begin(), model.metrics.end(),
                        [&text](const config::Metric& metric) { return text.starts_with(metric.name + ": "); });
        return is_of_metric || std::find(now.begin(), now.end(), text) != now.end();
    };
    std::vector<std::string>& remarks = attempt.remarks;
    remarks.erase(std::remove_if(remarks.begin(), remarks.end(), is_old), remarks.end());
    remarks.insert(remarks.end(), std::make_move_iterator(now.begin()), std::make_move_iterator(now.end()));
}

/// Judges an attempt again. Returns whether it changed.
bool judge_again(record::AttemptRecord& attempt, bool has_background, const trainlog::LogFindings& findings,
                 const config::Model& model) {
    const std::optional<run::AttemptOutcome> outcome = record::recorded_outcome(attempt, has_background);
    if (!outcome) {
        return false;
    }
    record::Verdict verdict = record::judge_attempt(*outcome, findings, model);
    // The old message may be longer, for example because the log was moved away.
    const bool has_same_message = verdict.error_message.empty()
                                      ? attempt.error_message.empty()
                                      : attempt.error_message.starts_with(verdict.error_message);
    if (attempt.status == verdict.status && has_same_message) {
        return false;
    }
    attempt.status = verdict.status;
    attempt.error_message = std::move(verdict.error_message);
    renew_remarks(attempt, findings, model);
    return true;
}

/// Copies the record once: its first content must never be lost.
void keep_original(const record::ExperimentLayout& folder) {
    const std::filesystem::path original = folder.original_record();
    std::error_code status;
    if (!std::filesystem::exists(std::filesystem::symlink_status(original, status))) {
        system::write_file_atomically(original, system::read_file(folder.record()));
    }
}

/// The record of an earlier attempt; nullopt if it does not exist or cannot be read.
std::optional<record::ExperimentRecord> read_attempt_record(const record::ExperimentLayout& folder) {
    std::error_code status;
    if (std::filesystem::symlink_status(folder.record(), status).type() != std::filesystem::file_type::regular) {
        return std::nullopt;
    }
    ParsedJson parsed = parse_json(system::read_file(folder.record()));
    try {
        return parsed.ok() ? std::optional(record::own_record_from_json(parsed.value)) : std::nullopt;
    } catch (const Error&) {
        return std::nullopt;
    }
}

/// Writes the changes of `record` into its file, which may have members that this program does not know.
void update_file(const record::ExperimentLayout& folder, record::ExperimentRecord& record) {
    const std::filesystem::path file = folder.record();
    ParsedJson parsed = parse_json(system::read_file(file));
    if (!parsed.ok()) {
        throw Error(ErrorKind::storage, fmt::format("{}: another process changed it meanwhile", file.string()));
    }
    record::update_document(parsed.value, record);
    keep_original(folder);
    system::write_file_atomically(file, parsed.value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    record = record::record_from_json(parsed.value);
}

} // namespace

bool RecordRefresher::refresh(const record::ExperimentLayout& experiment, record::ExperimentRecord& record) {
    const bool has_changed = refresh_file(experiment, experiment, record);
    for (const record::AttemptRecord& attempt : record.attempts) {
        const auto folder = record.is_of_v3 ? std::nullopt : folder_of(attempt, experiment);
        std::optional<record::ExperimentRecord> its_record = folder ? read_attempt_record(*folder) : std::nullopt;
        if (its_record) {
            refresh_file(*folder, experiment, *its_record);
        }
    }
    return has_changed;
}

std::vector<std::string> RecordRefresher::take_remarks() {
    return std::exchange(remarks_, {});
}

/// `folder` has the record and the log of its last attempt; `experiment` has the folders of the attempts before.
bool RecordRefresher::refresh_file(const record::ExperimentLayout& folder, const record::ExperimentLayout& experiment,
                                   record::ExperimentRecord& record) {
    const Judge* judge = judge_of(record);
    const std::optional<trainlog::LogFindings> findings = judge == nullptr ? std::nullopt : read_log(folder, *judge);
    if (!findings) {
        return false;
    }
    record::AttemptRecord& last = record.last_attempt();
    const bool has_new_metrics = !judge->model->metrics.empty() && last.metrics != findings->metrics;
    const bool has_new_attempts = !record.is_of_v3 && refresh_attempts(experiment, *judge, record, *findings);
    if (!has_new_metrics && !has_new_attempts) {
        return false;
    }
    if (has_new_metrics) {
        last.metrics = findings->metrics;
        if (!record.is_of_v3) {
            renew_remarks(last, *findings, *judge->model);
        }
    }
    update_file(folder, record);
    return true;
}

/// `last`: what the log of the last attempt says. Returns whether an attempt changed.
bool RecordRefresher::refresh_attempts(const record::ExperimentLayout& experiment, const Judge& judge,
                                       record::ExperimentRecord& record, const trainlog::LogFindings& last) {
    const bool has_background = record.background.has_value();
    bool has_changed = false;
    for (std::size_t i = 0; i + 1 < record.attempts.size(); ++i) {
        record::AttemptRecord& attempt = record.attempts[i];
        const std::optional<record::ExperimentLayout> folder = folder_of(attempt, experiment);
        const auto findings = folder ? read_log(*folder, judge) : std::nullopt;
        has_changed = (findings && judge_again(attempt, has_background, *findings, *judge.model)) || has_changed;
    }
    return judge_again(record.last_attempt(), has_background, last, *judge.model) || has_changed;
}

/// nullopt if there is no log, or it cannot be read.
std::optional<trainlog::LogFindings> RecordRefresher::read_log(const record::ExperimentLayout& folder,
                                                               const Judge& judge) {
    const std::optional<std::filesystem::path> log = find_log(folder);
    if (!log) {
        return std::nullopt;
    }
    try {
        trainlog::LogFindings findings = judge.reader->read_file(*log);
        remarks_.insert(remarks_.end(), findings.remarks.begin(), findings.remarks.end());
        return findings;
    } catch (const Error& error) {
        remarks_.push_back(error.message());
        return std::nullopt;
    }
}

const RecordRefresher::Judge* RecordRefresher::judge_of(const record::ExperimentRecord& record) {
    const config::Repository* repository = registry_.find(record.repository);
    if (repository == nullptr) {
        config::throw_if_broken(registry_, record.repository);
    }
    const config::Model* model = repository == nullptr ? nullptr : repository->find_model(record.model);
    if (model == nullptr) {
        return nullptr;
    }
    const auto [entry, is_new] = judges_.try_emplace(model);
    if (is_new) {
        entry->second = {model, std::make_unique<trainlog::LogReader>(model->metrics, repository->success_patterns,
                                                                      repository->failure_patterns)};
    }
    return &entry->second;
}

} // namespace mutation::rollup
