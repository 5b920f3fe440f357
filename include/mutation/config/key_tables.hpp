#pragma once

#include <array>
#include <span>
#include <string_view>

namespace mutation::config {

/// An object of a settings file: where it stands, and every key that it takes beside the free ones. The loaders
/// read by these tables, and the JSON Schemas are held to them.
struct KeyTable {
    std::string_view place; ///< as an error names it
    std::span<const std::string_view> keys;
};

inline constexpr std::array<std::string_view, 23> kHeadKeys{"experiment_name",
                                                            "description",
                                                            "governor",
                                                            "mode",
                                                            "runs_per_config",
                                                            "max_retries",
                                                            "seed",
                                                            "order",
                                                            "replicates",
                                                            "cooldown_seconds",
                                                            "cooldown_until_celsius",
                                                            "cooldown_max_seconds",
                                                            "timeout_seconds",
                                                            "stall_seconds",
                                                            "baseline_seconds",
                                                            "sample_interval_ms",
                                                            "control_every",
                                                            "control_tolerance_percent",
                                                            "on_finish",
                                                            "on_failure",
                                                            "use_deduplication",
                                                            "historical_csvs",
                                                            "experiments"};
inline constexpr std::array<std::string_view, 11> kEntryKeys{
    "repo",          "model",      "mode",       "mutate", "hyperparameters", "runs_per_config", "timeout_seconds",
    "stall_seconds", "foreground", "background", "comment"};
inline constexpr std::array<std::string_view, 6> kForegroundKeys{"repo",   "model",           "mode",
                                                                 "mutate", "hyperparameters", "runs_per_config"};
inline constexpr std::array<std::string_view, 7> kBackgroundKeys{
    "repo", "model", "mode", "hyperparameters", "reuse", "startup_wait_seconds", "restart_delay_seconds"};

inline constexpr KeyTable kHead{"at the top level", kHeadKeys};
inline constexpr KeyTable kEntry{"experiments[i]", kEntryKeys};
inline constexpr KeyTable kForeground{"experiments[i].foreground", kForegroundKeys};
inline constexpr KeyTable kBackground{"experiments[i].background", kBackgroundKeys};

inline constexpr std::array<std::string_view, 18> kRepositoryKeys{"name",
                                                                  "path",
                                                                  "train_script",
                                                                  "check_arguments",
                                                                  "models",
                                                                  "model_flag",
                                                                  "required_args",
                                                                  "python",
                                                                  "environment",
                                                                  "supported_hyperparams",
                                                                  "performance_metrics",
                                                                  "required_metrics",
                                                                  "success_patterns",
                                                                  "failure_patterns",
                                                                  "remark_patterns",
                                                                  "timeout_seconds",
                                                                  "stall_seconds",
                                                                  "upstream"};
inline constexpr std::array<std::string_view, 9> kModelKeys{
    "name",          "aliases",         "hyperparameters", "without_effect",     "required_metrics",
    "required_args", "timeout_seconds", "stall_seconds",   "performance_metrics"};
inline constexpr std::array<std::string_view, 8> kHyperparameterKeys{
    "flag", "type", "default", "range", "distribution", "zero_probability", "choices", "aliases"};
inline constexpr std::array<std::string_view, 1> kPerformanceMetricsKeys{"log_patterns"};
inline constexpr std::array<std::string_view, 2> kMetricKeys{"pattern", "higher_is_better"};
inline constexpr std::array<std::string_view, 2> kUpstreamKeys{"url", "commit"};
inline constexpr std::array<std::string_view, 1> kRegistryFileKeys{"models"};

inline constexpr KeyTable kRepository{"the repository", kRepositoryKeys};
inline constexpr KeyTable kModel{"models[i]", kModelKeys};
inline constexpr KeyTable kHyperparameter{"supported_hyperparams.<name>", kHyperparameterKeys};
inline constexpr KeyTable kPerformanceMetrics{"performance_metrics", kPerformanceMetricsKeys};
inline constexpr KeyTable kMetric{"performance_metrics.log_patterns.<name>", kMetricKeys};
inline constexpr KeyTable kUpstream{"upstream", kUpstreamKeys};
inline constexpr KeyTable kRegistryFile{"the top level", kRegistryFileKeys};

/// All objects of an experiment config: where a misplaced key may belong.
inline constexpr std::array<KeyTable, 4> kExperimentTables{kHead, kEntry, kForeground, kBackground};
/// All objects of a registry file.
inline constexpr std::array<KeyTable, 6> kRegistryTables{kRepository,         kModel,  kHyperparameter,
                                                         kPerformanceMetrics, kMetric, kUpstream};

/// Keys that are free in every object: for people, and for editors. So are those that begin with `_`.
inline constexpr std::array<std::string_view, 8> kFreeKeys{"comment", "note",    "notes",  "description",
                                                           "version", "created", "author", "$schema"};

inline constexpr std::array<std::string_view, 6> kGovernors{"performance",  "powersave", "ondemand",
                                                            "conservative", "schedutil", "userspace"};
inline constexpr std::array<std::string_view, 5> kHeadModes{"mutation", "default", "parallel", "mixed", "mutate"};
inline constexpr std::array<std::string_view, 4> kEntryModes{"mutation", "default", "parallel", "mutate"};
inline constexpr std::array<std::string_view, 3> kForegroundModes{"mutation", "default", "mutate"};
inline constexpr std::array<std::string_view, 1> kBackgroundModes{"default"};
inline constexpr std::array<std::string_view, 3> kOrders{"as_written", "interleaved", "random"};
inline constexpr std::array<std::string_view, 4> kHyperparameterTypes{"int", "float", "choice", "bool"};
inline constexpr std::array<std::string_view, 2> kDistributions{"uniform", "log_uniform"};

/// Whether a key is a comment wherever it stands.
[[nodiscard]] bool is_free_key(std::string_view key);

} // namespace mutation::config
