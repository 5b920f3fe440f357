#pragma once

#include "json_reader.hpp"
#include "metric_reader.hpp"
#include "mutation/config/registry.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mutation::config {

/// Reads what a repository says for all of its models, then its models with their overrides.
class ModelReader {
public:
    ModelReader(JsonReader& reader, MetricReader& metrics) : reader_(reader), metrics_(metrics) {}

    /// The models of a repository, which `repository` is the object of.
    [[nodiscard]] std::vector<Model> read_models(const Place& repository);

private:
    void read_shared(const Place& repository);
    void read_supported(const Place& supported);
    void read_model(const Place& place);
    void read_overrides(const Place& place, Model& model);
    void read_hyperparameters(const Place& place, Model& model);
    void read_hyperparameter_override(const Member& member, Model& model);
    void read_without_effect(const Place& place, Model& model);
    void read_common(const Place& place, Model& model);
    void add_model(const Place& place, Model model);
    void check_hyperparameter_names(const Place& place, const Model& model);
    void check_required_metrics(const Place& list, const Model& model);

    JsonReader& reader_;
    MetricReader& metrics_;
    Model shared_;
    std::map<std::string, Place> supported_; ///< what the repository says of each hyperparameter
    std::set<std::string> names_;            ///< of models, aliases included
    std::vector<Model> models_;
};

/// Reads `required_args`: an array of words, or v3.0's object whose values are split at blanks.
[[nodiscard]] std::vector<std::string> read_required_args(JsonReader& reader, const Place& place);

} // namespace mutation::config
