#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "mutation/report/comparison.hpp"
#include "mutation/report/comparison_json.hpp"
#include "mutation/report/comparison_text.hpp"
#include "mutation/report/read_comparison_input.hpp"
#include "mutation/report/write_comparison.hpp"
#include "settings.hpp"
#include "verbs.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <iostream>

namespace mutation::cli {

namespace {

constexpr int kWorseStatus = 1;
constexpr int kNotComparableStatus = 4;

/// The sessions of one side: `a,b` are two, unless there is a folder of this name.
std::vector<std::filesystem::path> split_sessions(const std::string& operand) {
    std::error_code ignored;
    if (std::filesystem::is_directory(operand, ignored)) {
        return {operand};
    }
    std::vector<std::filesystem::path> sessions;
    for (const std::string_view name : split(operand, ',')) {
        if (name.empty()) {
            throw Error(ErrorKind::usage, fmt::format("compare: \"{}\": a name is missing beside a comma", operand));
        }
        sessions.emplace_back(name);
    }
    return sessions;
}

report::ComparisonOptions comparison_options(const Options& options) {
    report::ComparisonOptions wanted;
    if (const auto margin = options.own.find("margin"); margin != options.own.end()) {
        wanted.margin = parse_margin(margin->second);
    }
    if (options.own.contains("across-machines")) {
        wanted.machines = report::Machines::across;
    }
    return wanted;
}

void print_comparison(const report::Comparison& comparison, const Options& options) {
    if (options.json) {
        std::cout << report::comparison_to_json(comparison).dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
    } else {
        std::cout << report::comparison_text(comparison);
    }
    std::cout.flush();
}

} // namespace

std::optional<double> parse_margin(std::string_view word) {
    const bool is_percent = word.ends_with('%');
    const std::optional<double> number = parse_double(is_percent ? word.substr(0, word.size() - 1) : word);
    const double margin = number.value_or(0) / (is_percent ? 100 : 1);
    return margin > 0 && margin < 1 ? std::optional(margin) : std::nullopt;
}

/// Compares B with A, and writes nothing but what `--output` asks for.
int compare(const Call& call) {
    system::unblock_signals(); // it writes whole files, so that it may be interrupted at any time
    const Options& options = call.options;
    const std::vector<std::filesystem::path> sessions_a = split_sessions(options.operands.at(0));
    const std::vector<std::filesystem::path> sessions_b = split_sessions(options.operands.at(1));
    const std::optional<config::Registry> found = find_registry(options);
    const config::Registry* registry = found ? &*found : nullptr;
    const report::Comparison comparison =
        report::compare(report::read_comparison_input(sessions_a, registry),
                        report::read_comparison_input(sessions_b, registry), comparison_options(options));
    const std::optional<std::string> obstacle = report::find_not_comparable(comparison);
    if (!comparison.is_refused) {
        if (!options.output.empty()) {
            report::write_comparison(options.output, comparison);
        }
        print_comparison(comparison, options);
    }
    if (obstacle) {
        for (const std::string_view line : split(*obstacle, '\n')) {
            print_text(stderr, fmt::format("error: {}\n", line));
        }
        return kNotComparableStatus;
    }
    const std::vector<std::string> worse = report::find_worse(comparison);
    if (!options.own.contains("fail-if-worse") || worse.empty()) {
        return 0;
    }
    print_text(stderr, fmt::format("B is worse than A in {}\n", join(worse, ", ")));
    return kWorseStatus;
}

} // namespace mutation::cli
