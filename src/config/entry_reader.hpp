#pragma once

#include "training_reader.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mutation::config {

/// What applies to entries that do not say it themselves.
struct EntryDefaults {
    std::string mode; ///< `mutation`, `default`, `parallel`, or `mixed`: each entry names its own
    int runs = 1;
};

/// Reads the entries of `experiments`.
class EntryReader {
public:
    EntryReader(const Registry& registry, EntryDefaults defaults, Problems& problems)
        : trainings_(registry, problems), defaults_(std::move(defaults)) {}

    [[nodiscard]] std::vector<ExperimentRequest> read_entries(const JsonCursor& root);

private:
    std::optional<ExperimentRequest> read_entry(const JsonCursor& place, std::size_t index);
    void read_common(const JsonCursor& place, ExperimentRequest& request);
    std::string read_mode(const JsonCursor& place);
    bool read_sequential(const JsonCursor& place, const std::string& mode, ExperimentRequest& request);
    bool read_parallel(const JsonCursor& place, ExperimentRequest& request);
    std::optional<TrainingRequest> read_foreground(const JsonCursor& entry, const JsonCursor& foreground);
    std::optional<BackgroundRequest> read_background(const JsonCursor& background);
    void forbid_beside_foreground(const JsonCursor& place);

    TrainingReader trainings_;
    EntryDefaults defaults_;
};

/// The canonical word for a mode: `mutate` is another name of `mutation`.
[[nodiscard]] std::string canonical_mode(const std::string& mode);

} // namespace mutation::config
