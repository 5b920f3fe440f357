#include "mutation/report/comparison.hpp"

#include "compare_rows.hpp"
#include "comparison_notes.hpp"
#include "contrast.hpp"
#include "flow.hpp"
#include "mutation/stats/descriptive.hpp"
#include "mutation/stats/holm.hpp"
#include "mutation/stats/rank_tests.hpp"
#include "outcome.hpp"
#include "stage_counts.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace mutation::report {

namespace {

constexpr double kDefaultMargin = .05;
constexpr double kRowSignificance = .05;
constexpr std::size_t kFewestSignedRankPairs = 6;

ComparedSide describe_side(const ComparisonInput& input, std::vector<UnmatchedConfiguration> unmatched) {
    ComparedSide side;
    for (const SessionSource& session : input.sessions) {
        side.sessions.push_back(session.name);
    }
    side.planned = count_flow(input.groups).front().runs;
    side.left_out = list_exclusions(input.groups);
    side.unmatched = std::move(unmatched);
    return side;
}

std::vector<RunKey> keys_of(const std::vector<const Run*>& runs) {
    std::vector<RunKey> keys;
    std::transform(runs.begin(), runs.end(), std::back_inserter(keys), [](const Run* run) { return run->key; });
    return keys;
}

/// The median bound of the runs' energy, as a share of it; 0 if none has one.
double median_bound(const std::vector<GroupPair>& pairs, std::vector<const Run*> MatchedRuns::*side) {
    std::vector<double> bounds;
    for (const GroupPair& pair : pairs) {
        for (const MatchedRuns& matched : pair.configurations) {
            for (const Run* run : matched.*side) {
                if (run->energy && run->uncertainty && !pair.parts.empty()) {
                    bounds.push_back(*run->uncertainty / *run->energy);
                }
            }
        }
    }
    return bounds.empty() ? 0 : stats::median(bounds);
}

std::optional<bool> direction_of(const ComparedFigure& figure, const std::vector<GroupPair>& pairs) {
    if (!figure.is_metric) {
        return figure.name == kPower ? std::nullopt : std::optional(false);
    }
    std::optional<bool> direction;
    for (const GroupPair& pair : pairs) {
        for (const Group* group : {pair.a, pair.b}) {
            const auto found = group->metrics.find(figure.name);
            if (found != group->metrics.end() && found->second) {
                if (direction && direction != found->second) {
                    return std::nullopt; // two models disagree
                }
                direction = found->second;
            }
        }
    }
    return direction;
}

bool is_change_for_worse(const Contrast& contrast, const std::optional<bool>& higher_is_better) {
    if (contrast.verdict != ComparisonVerdict::different || !higher_is_better) {
        return false;
    }
    const double no_change = contrast.scale == Scale::ratio ? 1 : 0;
    return *higher_is_better ? contrast.value < no_change : contrast.value > no_change;
}

/// Makes one comparison.
class Comparing {
public:
    Comparing(const ComparisonInput& a, const ComparisonInput& b, const ComparisonOptions& options)
        : a_(a), b_(b), options_(options), matching_(match_groups(a.groups, b.groups)) {}

    Comparison run() && {
        result_.a = describe_side(a_, std::move(matching_.only_a));
        result_.b = describe_side(b_, std::move(matching_.only_b));
        result_.machine_differences = matching_.machine_differences;
        result_.is_refused = !result_.machine_differences.empty() && options_.machines == Machines::same;
        set_margin();
        if (!result_.is_refused) {
            list_configurations();
            compare_figures();
            result_.notes = make_comparison_notes(a_, b_, matching_.pairs, all_rows_);
            list_rows();
        }
        return std::move(result_);
    }

private:
    void set_margin() {
        const double bounds =
            std::hypot(median_bound(matching_.pairs, &MatchedRuns::a), median_bound(matching_.pairs, &MatchedRuns::b));
        if (options_.margin) {
            result_.margin = *options_.margin;
            result_.margin_source = "--margin";
        } else if (bounds > kDefaultMargin) {
            result_.margin = bounds;
            result_.margin_source = "the bounds of both sides' energy together";
        } else {
            result_.margin = kDefaultMargin;
            result_.margin_source = "the default";
        }
    }

    void list_configurations() {
        for (const GroupPair& pair : matching_.pairs) {
            for (const MatchedRuns& runs : pair.configurations) {
                result_.a.compared += runs.a.size();
                result_.b.compared += runs.b.size();
                result_.configurations.push_back({pair.a->key.repository, pair.a->key.model, pair.a->key.background,
                                                  values_without_seed(*runs.a.front()), pair.parts, keys_of(runs.a),
                                                  keys_of(runs.b)});
            }
        }
    }

    void compare_figures() {
        for (const ComparedFigure& figure : find_compared_figures(matching_.pairs)) {
            std::vector<ScaledRow> rows;
            std::size_t first = 0;
            for (const GroupPair& pair : matching_.pairs) {
                if (figure.is_metric || figure.name == kDuration || !pair.parts.empty()) {
                    std::vector<ScaledRow> of_pair = compare_rows(pair, figure, first, result_.margin);
                    std::move(of_pair.begin(), of_pair.end(), std::back_inserter(rows));
                }
                first += pair.configurations.size();
            }
            add_overall(figure, rows);
            std::move(rows.begin(), rows.end(), std::back_inserter(all_rows_));
        }
    }

    void add_overall(const ComparedFigure& figure, const std::vector<ScaledRow>& rows) {
        OverallOutcome overall;
        overall.outcome = figure.name;
        overall.configurations = rows.size();
        overall.higher_is_better = direction_of(figure, matching_.pairs);
        if (rows.size() == 1) {
            overall.contrast = rows.front().row.contrast;
        } else {
            std::vector<double> differences;
            double gain = 0;
            for (const ScaledRow& row : rows) {
                differences.push_back(row.difference);
                gain += row.gain.gain / static_cast<double>(rows.size());
            }
            overall.contrast = contrast_pairs(differences, {figure.scale, scaled_margin(figure, result_.margin), gain});
            if (rows.size() >= kFewestSignedRankPairs) {
                overall.signed_rank_p = stats::signed_rank(differences)->p;
            }
        }
        result_.overall.push_back(std::move(overall));
    }

    /// All rows in the order of the configurations, with Holm's p over all of them.
    void list_rows() {
        std::stable_sort(all_rows_.begin(), all_rows_.end(), [](const ScaledRow& a, const ScaledRow& b) {
            return a.row.configuration < b.row.configuration;
        });
        std::vector<double> p_values;
        for (const ScaledRow& row : all_rows_) {
            result_.rows.push_back(row.row);
            if (row.row.contrast.p) {
                p_values.push_back(*row.row.contrast.p);
            }
        }
        const std::vector<double> adjusted = stats::holm(p_values);
        auto next = adjusted.begin();
        for (ComparedOutcome& row : result_.rows) {
            if (row.contrast.p) {
                row.p_holm = *next++;
            }
        }
    }

    const ComparisonInput& a_;
    const ComparisonInput& b_;
    const ComparisonOptions& options_;
    Matching matching_;
    Comparison result_;
    std::vector<ScaledRow> all_rows_;
};

} // namespace

Comparison compare(const ComparisonInput& a, const ComparisonInput& b, const ComparisonOptions& options) {
    return Comparing(a, b, options).run();
}

std::vector<std::string> find_worse(const Comparison& comparison) {
    std::vector<std::string> worse;
    for (const OverallOutcome& overall : comparison.overall) {
        if (is_change_for_worse(overall.contrast, overall.higher_is_better) ||
            std::any_of(comparison.rows.begin(), comparison.rows.end(), [&](const ComparedOutcome& row) {
                return row.outcome == overall.outcome && row.p_holm.value_or(1) <= kRowSignificance &&
                       is_change_for_worse(row.contrast, overall.higher_is_better);
            })) {
            worse.push_back(overall.outcome);
        }
    }
    return worse;
}

std::string_view comparison_verdict_name(ComparisonVerdict verdict) {
    switch (verdict) {
    case ComparisonVerdict::different:
        return "different";
    case ComparisonVerdict::negligible:
        return "negligible";
    case ComparisonVerdict::equivalent:
        return "equivalent";
    case ComparisonVerdict::cannot_tell:
        break;
    }
    return "cannot tell";
}

} // namespace mutation::report
