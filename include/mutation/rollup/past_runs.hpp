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
    std::string background; ///< `repository/model` of what trains beside it; "?" where v3.0 did not record it; "": none

    bool operator<(const TrainingKind& other) const {
        return std::tie(repository, model, background) < std::tie(other.repository, other.model, other.background);
    }
};

[[nodiscard]] TrainingKind kind_of(const plan::PlannedExperiment& experiment);
/// The value of `epochs`, where the training has one.
[[nodiscard]] std::optional<double> epochs_of(const plan::PlannedExperiment& experiment);

/// A number of trainings of one kind. Their epochs need not be kept one by one: what they take grows along a line.
struct TrainingCount {
    double with_epochs = 0;
    double epochs = 0; ///< of those together
    double without_epochs = 0;

    void add(std::optional<double> its_epochs, double times = 1);
};

/// How a quantity of trainings grows with their epochs: a start-up and a share an epoch (least squares). Only sums are
/// kept.
class EpochLine {
public:
    void add(std::optional<double> epochs, double value);
    [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(all_); }
    /// What so many trainings take together; nothing where none was seen.
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

/// What trainings took that ended well.
class PastRuns {
public:
    /// What is known of one kind.
    struct Known {
        EpochLine seconds;
        EpochLine joules; ///< CPU and GPU, whichever were measured
    };

    void add(const TrainingKind& kind, std::optional<double> epochs, Seconds duration, std::optional<Joules> energy);
    /// Adds the successful rows of a summary.csv, ours or v3.0's, whose repository and model are those of a `wanted`
    /// kind, until there are enough of every wanted kind. Pure; rows that say nothing are passed over.
    void add_summary(std::string_view csv, const std::set<TrainingKind>& wanted);

    /// The same kind; where it was never seen, the same training in another company, which is told by `is_exact`.
    [[nodiscard]] const Known* find(const TrainingKind& kind, bool& is_exact) const;
    /// Whether more would change little.
    [[nodiscard]] bool is_enough(const std::set<TrainingKind>& wanted) const;

private:
    std::map<TrainingKind, Known> known_;
};

/// Learns from the `summary.csv` of the sessions below `results`, the newest first; reads 32 MiB at most, and no
/// record. What cannot be read is passed over.
[[nodiscard]] PastRuns load_past_runs(const std::filesystem::path& results, const plan::Plan& plan);

} // namespace mutation::rollup
