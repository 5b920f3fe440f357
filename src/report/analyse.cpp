#include "mutation/report/analyse.hpp"

#include "compare_backgrounds.hpp"
#include "describe_methods.hpp"
#include "flow.hpp"
#include "list_tests.hpp"
#include "make_groups.hpp"
#include "measure_waste.hpp"
#include "mutation/report/analyse_runs.hpp"
#include "mutation/report/coding.hpp"
#include "mutation/report/find_flags.hpp"
#include "mutation/system/clock.hpp"
#include "read_sessions.hpp"
#include "report_warnings.hpp"
#include "session_digests.hpp"
#include "stage_counts.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace mutation::report {

namespace {

/// Whether all sessions of the group had a random order; of v3.0 nobody knows it.
bool is_order_random(const Group& group, const std::vector<SessionSource>& sessions) {
    std::set<std::string> random;
    for (const SessionSource& session : sessions) {
        if (session.is_order_random.value_or(false)) {
            random.insert(session.name);
        }
    }
    return std::all_of(group.runs.begin(), group.runs.end(),
                       [&](const Run& run) { return random.contains(run.key.session); });
}

void analyse_group(Group& group, const Report& report, FlaggedRuns flagged) {
    find_flags(group);
    const std::vector<const Run*> analysed = analysed_runs(group.runs);
    const std::vector<const Run*> usable = runs_with_flagged(group.runs);
    const bool is_random = is_order_random(group, report.sessions);
    group.inputs = code_inputs(group, analysed).inputs;
    group.analyses = analyse_runs(group, analysed);
    group.analyses.drift.is_order_random = is_random;
    if (flagged == FlaggedRuns::both_ways && usable.size() > analysed.size()) {
        group.with_flagged = analyse_runs(group, usable);
        group.with_flagged->drift.is_order_random = is_random;
    }
}

/// What is about all groups and their analyses.
void conclude(Report& report, const Factors& factors) {
    compare_backgrounds(report.groups);
    report.flow = count_flow(report.groups);
    report.excluded = list_exclusions(report.groups);
    report.waste = measure_waste(report.groups);
    report.carbon = estimate_carbon(report.groups, factors);
    report.warnings = report_warnings(report);
    report.tests = list_tests(report.groups);
    report.methods = describe_methods(report);
}

} // namespace

Report analyse(const ReportRequest& request) {
    Report report;
    report.tool_version = MUTATION_VERSION;
    report.created = system::format_iso(system::wall_now());
    std::vector<ReadSession> sessions = read_sessions(request.sessions);
    for (const ReadSession& session : sessions) {
        report.sessions.push_back(session.source);
        report.sessions.back().sha256 = session_digests(session.source.directory);
    }
    report.groups = make_groups(std::move(sessions), request.registry);
    for (Group& group : report.groups) {
        analyse_group(group, report, request.flagged);
        report.control_runs += static_cast<std::size_t>(
            std::count_if(group.runs.begin(), group.runs.end(), [](const Run& run) { return run.is_control; }));
    }
    conclude(report, request.factors);
    return report;
}

} // namespace mutation::report
