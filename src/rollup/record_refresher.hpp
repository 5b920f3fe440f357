#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/record/session_layout.hpp"
#include "mutation/trainlog/log_metrics.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mutation::rollup {

/// Updates what a record says about its logs: metrics, and for records of ours the status of each attempt.
class RecordRefresher {
public:
    /// `registry` must outlive the object.
    explicit RecordRefresher(const config::Registry& registry) : registry_(registry) {}

    /// Updates the record in the folder `experiment` and the records of its earlier attempts from the logs and the
    /// registry. `record` is the content of the file. The first content of a file that changes stays as
    /// `experiment.json.orig`. Returns whether `record` changed. Error(storage).
    bool refresh(const record::ExperimentLayout& experiment, record::ExperimentRecord& record);

    /// Errors and remarks since the last call.
    [[nodiscard]] std::vector<std::string> take_remarks();

private:
    /// The patterns and requirements for a training's log.
    struct Judge {
        const config::Model* model;
        std::unique_ptr<trainlog::LogReader> reader;
    };

    const Judge* judge_of(const record::ExperimentRecord& record);
    std::optional<trainlog::LogFindings> read_log(const record::ExperimentLayout& folder, const Judge& judge);
    bool refresh_file(const record::ExperimentLayout& folder, const record::ExperimentLayout& experiment,
                      record::ExperimentRecord& record);
    bool refresh_attempts(const record::ExperimentLayout& experiment, const Judge& judge,
                          record::ExperimentRecord& record, const trainlog::LogFindings& last);

    const config::Registry& registry_;
    std::map<const config::Model*, Judge> judges_;
    std::vector<std::string> remarks_;
};

} // namespace mutation::rollup
