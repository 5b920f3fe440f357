#include "mutation/session/session_end.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/run/interruptible_run.hpp"
#include "mutation/system/process.hpp"
#include "mutation/system/signals.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>

namespace mutation::session {

namespace {

constexpr Seconds kNoticeLimit{60};

} // namespace

std::optional<Percent> ControlRuns::spread() const {
    if (joules_.size() < 2) {
        return std::nullopt;
    }
    const auto [least, most] = std::minmax_element(joules_.begin(), joules_.end());
    const double mean = std::accumulate(joules_.begin(), joules_.end(), 0.0) / static_cast<double>(joules_.size());
    return mean > 0 ? std::optional(Percent(100 * (*most - *least) / mean)) : std::nullopt;
}

std::string ControlRuns::add(const record::ExperimentRecord& record) {
    if (!record.is_control || !record::is_success(record.status())) {
        return {};
    }
    const energy::Measurement& measurement = record.last_attempt().measurement;
    if (joules_.empty()) {
        has_cpu_ = measurement.cpu.total.has_value();
        has_gpu_ = measurement.gpu.energy.has_value();
    }
    // A run without one of the figures would look as if it had taken less, one with both as if it had taken more.
    energy::Measurement compared;
    compared.cpu.total = has_cpu_ ? measurement.cpu.total : std::nullopt;
    compared.gpu.energy = has_gpu_ ? measurement.gpu.energy : std::nullopt;
    const std::optional<Joules> energy = record::add_energy(std::nullopt, compared);
    if (!energy || compared.cpu.total.has_value() != has_cpu_ || compared.gpu.energy.has_value() != has_gpu_) {
        return {};
    }
    joules_.push_back(energy->value());
    const std::optional<Percent> found = spread();
    if (!found || *found <= tolerance_) {
        return {};
    }
    return fmt::format(
        "the control runs spread by {:.1f} % (tolerance {:.1f} %), the newest by {:+.1f} % from the first: the "
        "machine drifts, and runs of before and after do not compare",
        found->value(), tolerance_.value(), 100 * (joules_.back() / joules_.front() - 1));
}

std::string ControlRuns::summary() const {
    const std::optional<Percent> found = spread();
    if (!found) {
        return {};
    }
    return fmt::format("control runs: {} spread by {:.1f} % (tolerance {:.1f} %){}\n", joules_.size(), found->value(),
                       tolerance_.value(), *found <= tolerance_ ? "" : ": the machine drifted");
}

Json ControlRuns::describe() const {
    const std::optional<Percent> found = spread();
    if (!found) {
        return nullptr;
    }
    return Json{{"joules", joules_},
                {"spread_percent", found->value()},
                {"tolerance_percent", tolerance_.value()},
                {"is_within_tolerance", *found <= tolerance_}};
}

std::string run_notice(const std::vector<std::string>& command, const SessionCounts& counts, system::SignalFd& signals,
                       run::Interruption& interruption) {
    system::SpawnRequest request;
    request.argv = command;
    request.environment = system::own_environment();
    request.environment->push_back("MUTATION_SESSION=" + counts.session.string());
    request.environment->push_back(fmt::format("MUTATION_TOTAL={}", counts.total));
    request.environment->push_back(fmt::format("MUTATION_SUCCEEDED={}", counts.succeeded));
    request.environment->push_back(fmt::format("MUTATION_FAILED={}", counts.failed));
    request.umask = system::found_umask();
    const int before = interruption.count;
    try {
        const system::CapturedRun run = run::run_interruptible(std::move(request), kNoticeLimit, signals, interruption);
        if (interruption.count > before) {
            return fmt::format("{} was interrupted{}", command.front(), run.hang_note());
        }
        if (run.timed_out) {
            return fmt::format("{} did not end within {:.0f} s and was killed{}", command.front(), kNoticeLimit.count(),
                               run.hang_note());
        }
        if (run.status.is_success()) {
            return {};
        }
        const std::string_view printed = trim(run.err);
        return fmt::format("{} {}{}{}", command.front(),
                           run.status.code ? fmt::format("failed with status {}", *run.status.code)
                                           : "was killed by " + system::describe_signal(run.status.signal.value_or(0)),
                           printed.empty() ? "" : ": ", printed);
    } catch (const Error& error) {
        return error.message();
    }
}

std::vector<std::string> run_notices(const plan::SessionSettings& settings, const SessionCounts& counts,
                                     bool has_stopped_short, system::SignalFd& signals,
                                     run::Interruption& interruption) {
    std::vector<std::string> troubles;
    const int before = interruption.count;
    for (const auto* command : {&settings.on_finish, &settings.on_failure}) {
        const bool is_due = command == &settings.on_finish || counts.failed > 0 || has_stopped_short;
        if (command->empty() || !is_due || interruption.count > before) {
            continue;
        }
        const std::string trouble = run_notice(*command, counts, signals, interruption);
        if (!trouble.empty()) {
            troubles.push_back(trouble);
        }
    }
    return troubles;
}

} // namespace mutation::session
