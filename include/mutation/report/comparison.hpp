#pragma once

#include "mutation/core/value.hpp"
#include "mutation/report/report.hpp"
#include "mutation/report/run.hpp"
#include "mutation/stats/interval.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Two sets of sessions, A and B, against each other: everything is B against A.
namespace mutation::report {

/// What a comparison says about one outcome. Never from p alone.
enum class ComparisonVerdict {
    different,  ///< the 95 % interval excludes "no change" and is not inside the margin
    negligible, ///< it excludes "no change", and is inside the margin
    equivalent, ///< it contains "no change", and the 90 % interval is inside the margin
    cannot_tell
};

/// How B stands against A.
enum class Scale {
    ratio,     ///< B / A of geometric means; "no change" is 1
    difference ///< B - A of means, of metrics with values that are not positive; "no change" is 0
};

/// B against A in one outcome.
struct Contrast {
    Scale scale = Scale::ratio;
    double value = 1;
    std::optional<stats::Interval> ci95; ///< with the sensors' gain error if the machines differ
    std::optional<double> p;             ///< of "no change", two-sided
    stats::Interval margin;              ///< on the scale of `value`
    ComparisonVerdict verdict = ComparisonVerdict::cannot_tell;
    /// The smallest ratio above 1 (or difference) that as many runs show in 4 of 5 cases. None: no spread is known.
    std::optional<double> smallest_detectable;
    /// If the verdict is `cannot_tell`: how many would show a change as large as the margin in 4 of 5 cases.
    std::optional<std::size_t> needed_n;
    std::optional<std::string> reason; ///< why there is no interval, or why no number of runs would be enough
};

/// A row: one outcome of one configuration.
struct ComparedOutcome {
    std::size_t configuration = 0; ///< its place in `Comparison::configurations`
    std::string outcome;           ///< `energy`, `duration`, `power` or the name of a metric
    std::size_t n_a = 0;
    std::size_t n_b = 0;
    double value_a = 0; ///< geometric mean, or mean if the scale is `difference`: J, s, W or the metric's own unit
    double value_b = 0;
    Contrast contrast;                  ///< `needed_n`: runs a side
    std::optional<double> welch_df;     ///< degrees of freedom
    std::optional<double> p_holm;       ///< over all rows
    std::optional<double> ranks_p;      ///< Mann-Whitney, exact up to 50 runs together
    std::optional<double> cliffs_delta; ///< P(B > A) - P(B < A)
};

/// An outcome over all matched configurations.
struct OverallOutcome {
    std::string outcome;
    std::size_t configurations = 0; ///< with a value on both sides
    /// t on the mean of the configurations' ratios (`needed_n`: configurations). If there is only one configuration:
    /// its row (`needed_n`: runs a side).
    Contrast contrast;
    std::optional<double> signed_rank_p;  ///< from 6 configurations on
    std::optional<bool> higher_is_better; ///< none: unknown, or neither (power)
};

/// Runs of both sides with the same repository, model, background and values but for the seed.
struct ComparedConfiguration {
    std::string repository;
    std::string model;
    std::optional<BackgroundKey> background;
    std::vector<Assignment> values;       ///< effective, without the seed
    std::vector<EnergyPart> energy_parts; ///< those that both sides have
    std::vector<RunKey> runs_a;
    std::vector<RunKey> runs_b;
};

/// A configuration of one side that the other side does not have.
struct UnmatchedConfiguration {
    std::string repository;
    std::string model;
    std::optional<BackgroundKey> background;
    std::vector<Assignment> values;
    std::size_t runs = 0;
    std::string reason;
};

/// A fact about the machines that is not the same on both sides. "": it was not recorded.
struct MachineDifference {
    std::string training; ///< `repository/model`
    std::string fact;     ///< `CPU`, `GPUs`, `GPU cards`, `driver`, `governor`, `host`
    std::string a;
    std::string b;
};

/// What became of the runs of one side.
struct ComparedSide {
    std::vector<std::string> sessions;
    std::size_t planned = 0; ///< runs, without control runs
    std::size_t compared = 0;
    std::vector<Exclusion> left_out; ///< flagged runs have the stage `unflagged`
    std::vector<UnmatchedConfiguration> unmatched;
};

struct Comparison {
    ComparedSide a;
    ComparedSide b;
    std::vector<MachineDifference> machine_differences;
    bool is_refused = false; ///< the machines differ and the user did not allow it: nothing was compared
    double margin = .05;     ///< largest change of no interest: 0.05 means within [1 / 1.05, 1.05]
    std::string margin_source;
    std::vector<ComparedConfiguration> configurations;
    std::vector<OverallOutcome> overall; ///< energy, duration, power, then the metrics by name
    std::vector<ComparedOutcome> rows;   ///< by configuration, the outcomes in the same order
    std::vector<std::string> notes;      ///< what the reader has to know
};

/// Whether sessions of different machines are compared.
enum class Machines { same, across };

struct ComparisonOptions {
    std::optional<double> margin; ///< above 0; none: 5 %, or the bounds of both sides' energy together if larger
    Machines machines = Machines::same;
};

/// One side before the comparison: groups with flags (`find_flags`).
struct ComparisonInput {
    std::vector<SessionSource> sessions;
    std::vector<Group> groups;
};

/// Compares B with A. Flagged runs and control runs are left out. Pure.
[[nodiscard]] Comparison compare(const ComparisonInput& a, const ComparisonInput& b,
                                 const ComparisonOptions& options = {});

/// The outcomes in which B is worse than A beyond the margin: over all configurations, or in a row that is also
/// significant after Holm, the verdict is `different` and the change for the worse. More energy and more time are
/// worse; power is not judged; of metrics the direction has to be known.
[[nodiscard]] std::vector<std::string> find_worse(const Comparison& comparison);

[[nodiscard]] std::string_view comparison_verdict_name(ComparisonVerdict verdict);

} // namespace mutation::report
