#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/trainlog/log_metrics.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mutation::rollup {

inline constexpr const char* kRecordName = "experiment.json";

/// Derives again what a record says about its logs: metrics, and for records of ours what each attempt is recorded as.
class RecordRefresher {
public:
    /// `registry` must outlive the object.
    explicit RecordRefresher(const config::Registry& registry) : registry_(registry) {}

    /// Brings the record in the folder `experiment`, and the records of its earlier attempts, up to date with the
    /// logs and the registry. `record` is as its file has it. Files that change keep their first content as
    /// `experiment.json.orig`. Returns whether `record` changed. Error(storage).
    bool refresh(const std::filesystem::path& experiment, record::ExperimentRecord& record);

    /// What went wrong, and what logs say, since the last call.
    [[nodiscard]] std::vector<std::string> take_remarks();

private:
    /// Whose patterns and requirements a training's log is read by.
    struct Judge {
        const config::Model* model;
        std::unique_ptr<trainlog::LogReader> reader;
    };

    const Judge* judge_of(const record::ExperimentRecord& record);
    std::optional<trainlog::LogFindings> read_log(const std::filesystem::path& folder, const Judge& judge);
    bool refresh_file(const std::filesystem::path& folder, const std::filesystem::path& experiment,
                      record::ExperimentRecord& record);
    bool refresh_attempts(const std::filesystem::path& experiment, const Judge& judge, record::ExperimentRecord& record,
                          const trainlog::LogFindings& last);

    const config::Registry& registry_;
    std::map<const config::Model*, Judge> judges_;
    std::vector<std::string> remarks_;
};

} // namespace mutation::rollup
