#pragma once

#include "metric_reader.hpp"
#include "mutation/config/key_tables.hpp"
#include "mutation/config/registry.hpp"
#include "mutation/core/json_cursor.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mutation::config {

/// Reads what a repository has for all its models, then the models with their overrides.
class ModelReader {
public:
    explicit ModelReader(MetricReader& metrics) : metrics_(metrics) {}

    /// The models of a repository, which `repository` is the object of.
    [[nodiscard]] std::vector<Model> read_models(const JsonCursor& repository);

private:
    void read_shared(const JsonCursor& repository);
    void read_supported(const JsonCursor& supported);
    void read_model(const JsonCursor& place);
    void read_overrides(const JsonCursor& place, Model& model);
    void read_hyperparameters(const JsonCursor& place, Model& model);
    void read_hyperparameter_override(const JsonMember& member, Model& model);
    void read_without_effect(const JsonCursor& place, Model& model);
    void read_common(const JsonCursor& place, Model& model);
    void add_model(const JsonCursor& place, Model model);
    void check_hyperparameter_names(const JsonCursor& place, const Model& model);
    void check_required_metrics(const JsonCursor& list, const Model& model);

    MetricReader& metrics_;
    Model shared_;
    std::map<std::string, JsonCursor> supported_; ///< what the repository says of each hyperparameter
    std::set<std::string> names_;                 ///< of models, aliases included
    std::vector<Model> models_;
};

/// Reads `required_args`: an array of words, or v3.0's object whose values are split at blanks.
[[nodiscard]] std::vector<std::string> read_required_args(const JsonCursor& place);

} // namespace mutation::config
