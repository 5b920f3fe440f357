#pragma once

#include "mutation/config/problem.hpp"
#include "mutation/core/units.hpp"
#include "mutation/core/value.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mutation::config {

enum class HyperparameterType { integer, real, choice, boolean };
enum class Distribution { uniform, log_uniform };

/// Bounds of what is drawn, both ends included.
struct NumericRange {
    double min = 0;
    double max = 0;

    bool operator==(const NumericRange&) const = default;
};

/// One hyperparameter of one model, overrides applied.
struct Hyperparameter {
    std::string name;
    std::vector<std::string> aliases; ///< old names, accepted everywhere, recorded under `name`
    std::string flag;                 ///< the training script's option, `--lr`
    HyperparameterType type = HyperparameterType::real;
    std::optional<Value> default_value; ///< none: the flag is left out
    std::optional<NumericRange> range;  ///< numbers only; none: cannot be mutated
    Distribution distribution = Distribution::uniform;
    double zero_probability = 0;      ///< probability of an exact 0 instead of a draw from `range`
    std::vector<std::string> choices; ///< of type choice
};

/// How one quality metric is read out of a training log.
struct Metric {
    std::string name;
    std::string pattern; ///< PCRE2 with Python's meaning, one capture group; the last match counts
    std::optional<bool> higher_is_better;
};

/// One variant of a repository, with what the repository has for all of them merged in.
struct Model {
    std::string name;
    std::vector<std::string> aliases;
    std::vector<Hyperparameter> hyperparameters;       ///< in the order of the registry file
    std::map<std::string, std::string> without_effect; ///< hyperparameter -> why it is not offered for this model
    std::vector<Metric> metrics;
    std::vector<std::string> required_metrics;
    std::vector<std::string> required_args;
    std::optional<Seconds> timeout;
    std::optional<Seconds> stall;

    [[nodiscard]] const Hyperparameter* find_hyperparameter(std::string_view name_or_alias) const;
};

/// Where a repository's code comes from.
struct Upstream {
    std::string url;
    std::string commit;
};

/// One training code base (`settings/repos/<name>.json`, or an entry of v3.0's `models`).
struct Repository {
    std::string name;
    std::filesystem::path file;      ///< the registry file that it was read from
    std::string digest;              ///< of that file's text, to see later whether it has changed
    std::string path;                ///< as written
    std::filesystem::path directory; ///< `path`, absolute: the training's working directory
    std::string train_script;        ///< as written
    /// With these the script trains nothing, but checks environment and data, for the model that is named before
    /// them or for all. Empty: it cannot.
    std::vector<std::string> check_arguments;
    std::filesystem::path base; ///< what relative paths are relative to: the settings' parent
    std::string model_flag;     ///< "" : the model is not passed
    std::vector<Model> models;
    std::map<std::string, std::string> environment;
    std::string python; ///< interpreter, or folder of an environment; "" : none
    std::vector<std::string> success_patterns;
    std::vector<std::string> failure_patterns;
    std::vector<std::string> remark_patterns; ///< what they match is recorded and shown
    std::optional<Upstream> upstream;

    [[nodiscard]] const Model* find_model(std::string_view name_or_alias) const;
    /// The script to run: `train_script` below `directory` if it is there, else below `base`.
    [[nodiscard]] std::filesystem::path resolve_train_script() const;
};

/// A registry file with errors. Its repositories cannot be used; those of other files can.
struct BrokenRegistryFile {
    std::filesystem::path file;
    std::vector<std::string> names; ///< of its repositories, as far as they are known
    std::vector<Problem> errors;
};

/// All repositories that a session can train.
struct Registry {
    std::vector<Repository> repositories; ///< sorted by name
    std::vector<BrokenRegistryFile> broken = {};

    /// The broken file that describes the repository, or nullptr.
    [[nodiscard]] const BrokenRegistryFile* find_broken(std::string_view name) const;
    [[nodiscard]] const Repository* find(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> names() const;
};

/// Error(usage) with a file's errors if a broken registry file describes the repository.
void throw_if_broken(const Registry& registry, std::string_view name);

} // namespace mutation::config
