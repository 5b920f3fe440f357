#include "mutation/core/numbers.hpp"
#include "mutation/record/session_layout.hpp"
#include "mutation/report/analyse.hpp"
#include "mutation/report/digest.hpp"
#include "mutation/report/report_json.hpp"
#include "mutation/report/write_report.hpp"
#include "settings.hpp"
#include "verbs.hpp"

#include <fmt/format.h>
#include <iostream>

namespace mutation::cli {

namespace {

/// The value of an option of this command that was checked to be a number.
std::optional<double> number_of(const Options& options, const std::string& name) {
    const auto given = options.own.find(name);
    return given == options.own.end() ? std::nullopt : parse_double(given->second);
}

/// Error(usage) if the options do not fit together.
void check(const Options& options) {
    if (options.operands.size() > 1 && options.output.empty()) {
        throw Error(ErrorKind::usage, "report: say with -o DIR where the report of several sessions is written");
    }
    if (options.own.contains("price") != options.own.contains("currency")) {
        throw Error(ErrorKind::usage, "--price and --currency: give both, or none");
    }
}

} // namespace

/// Writes the report of the sessions and prints its digest, or report.json's text for `--json`. Error(usage) if a
/// folder is no session, Error(storage) if the report cannot be written.
int report(const Call& call) {
    system::unblock_signals(); // it writes whole files, so that it may be interrupted at any time
    const Options& options = call.options;
    check(options);
    const auto currency = options.own.find("currency");
    const std::optional<config::Registry> registry = find_registry(options);
    report::ReportRequest request;
    request.sessions.assign(options.operands.begin(), options.operands.end());
    request.registry = registry ? &*registry : nullptr;
    request.factors = {number_of(options, "carbon-intensity"), number_of(options, "price"),
                       currency == options.own.end() ? "" : currency->second, number_of(options, "pue")};
    request.flagged =
        options.own.contains("without-flagged") ? report::FlaggedRuns::left_out : report::FlaggedRuns::both_ways;
    const report::Report result = report::analyse(request);
    const std::filesystem::path folder =
        options.output.empty() ? record::SessionLayout(options.session).report() : options.output;
    report::write_report(result, folder);
    if (options.json) {
        std::cout << report::report_text(report::report_to_json(result));
    } else {
        std::cout << report::make_digest(result, report::locale_charset())
                  << fmt::format("report: {}\n", (folder / "report.html").string());
    }
    return 0;
}

} // namespace mutation::cli
