#pragma once

#include "training_reader.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mutation::config {

/// What the top level of a config says for its entries.
struct EntryDefaults {
    std::string mode; ///< `mutation`, `default`, `parallel`, or `mixed`: each entry names its own
    int runs = 1;
};

/// Reads the entries of `experiments`.
class EntryReader {
public:
    EntryReader(JsonReader& reader, const Registry& registry, EntryDefaults defaults)
        : reader_(reader), trainings_(reader, registry), defaults_(std::move(defaults)) {}

    [[nodiscard]] std::vector<ExperimentRequest> read_entries(const Place& root);

private:
    std::optional<ExperimentRequest> read_entry(const Place& place, std::size_t index);
    void read_common(const Place& place, ExperimentRequest& request);
    std::string read_mode(const Place& place);
    bool read_sequential(const Place& place, const std::string& mode, ExperimentRequest& request);
    bool read_parallel(const Place& place, ExperimentRequest& request);
    std::optional<TrainingRequest> read_foreground(const Place& entry, const Place& foreground);
    std::optional<BackgroundRequest> read_background(const Place& background);
    void forbid_beside_foreground(const Place& place);

    JsonReader& reader_;
    TrainingReader trainings_;
    EntryDefaults defaults_;
};

/// The canonical word for a mode: `mutate` is another name of `mutation`.
[[nodiscard]] std::string canonical_mode(const std::string& mode);

} // namespace mutation::config
