#pragma once

#include "mutation/core/units.hpp"
#include "mutation/plan/plan.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

namespace mutation::rollup {

/// What makes trainings comparable: the same code and model, with the same training beside it.
struct TrainingKind {
    std::string repository;
    std::string model;
    std::string background; ///< `repository/model` of the training beside it; "?" if v3.0 did not record it; "": none

    bool operator<(const TrainingKind& other) const {
        return std::tie(repository, model, background) < std::tie(other.repository, other.model, other.background);
    }
};

[[nodiscard]] TrainingKind kind_of(const plan::PlannedExperiment& experiment);
/// The value of `epochs`, if the training has one.
[[nodiscard]] std::optional<double> epochs_of(const plan::PlannedExperiment& experiment);

/// A number of trainings of one kind. The sum of their epochs is enough, since durations grow linearly with it.
struct TrainingCount {
    double with_epochs = 0;
    double epochs = 0; ///< of those together
    double without_epochs = 0;

    void add(std::optional<double> its_epochs, double times = 1);
};

/// How a quantity grows with the epochs of a training: a start-up and a part per epoch (least squares). Keeps only
/// sums.
class EpochLine {
public:
    void add(std::optional<double> epochs, double value);
    [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(all_); }
    /// The total for these trainings; nullopt if nothing was added.
    [[nodiscard]] std::optional<double> sum_for(const TrainingCount& count) const;

private:
    struct Line {
        double start = 0;
        double slope = 0;
    };
    [[nodiscard]] double mean() const { return sum_ / all_; }
    [[nodiscard]] Line fit() const;

    double all_ = 0;
    double sum_ = 0;
    double n_ = 0; ///< of those whose epochs are known
    double x_ = 0;
    double y_ = 0;
    double xx_ = 0;
    double xy_ = 0;
};

/// Duration and energy of past trainings that succeeded.
class PastRuns {
public:
    /// The past of one kind.
    struct Known {
        EpochLine seconds;
        EpochLine joules; ///< CPU and GPU, as far as measured
    };

    void add(const TrainingKind& kind, std::optional<double> epochs, Seconds duration, std::optional<Joules> energy);
    /// Adds the successful rows of a summary.csv, ours or v3.0's, whose repository and model are those of a `wanted`
    /// kind, until there are enough of every wanted kind. Pure; rows without a usable figure are skipped.
    void add_summary(std::string_view csv, const std::set<TrainingKind>& wanted);

    /// The same kind; if it is not known, the same training with another background, and `is_exact` is false.
    [[nodiscard]] const Known* find(const TrainingKind& kind, bool& is_exact) const;
    /// Whether more runs would change little.
    [[nodiscard]] bool is_enough(const std::set<TrainingKind>& wanted) const;

private:
    std::map<TrainingKind, Known> known_;
};

/// Reads the `summary.csv` of the sessions below `results`, the newest first, 32 MiB at most. Files that cannot be read
/// are skipped.
[[nodiscard]] PastRuns load_past_runs(const std::filesystem::path& results, const plan::Plan& plan);

} // namespace mutation::rollup
