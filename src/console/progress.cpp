#include "mutation/console/progress.hpp"

#include "mutation/console/run_table.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "mutation/system/clock.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace mutation::console {

namespace {

/// A century: what is longer would not fit into a date.
constexpr Seconds kLongestShown{100 * 365.25 * 86400};

std::string format_energy(const std::optional<Joules>& energy, const std::optional<Joules>& uncertainty) {
    if (!energy) {
        return "not measured";
    }
    return uncertainty ? fmt::format("{:.1f} +- {:.1f} J", energy->value(), uncertainty->value())
                       : fmt::format("{:.1f} J", energy->value());
}

std::string_view activity_name(rollup::Activity activity) {
    switch (activity) {
    case rollup::Activity::waiting_for_background:
        return "waiting for the background to load the GPU";
    case rollup::Activity::cooling_down:
        return "cooling down";
    case rollup::Activity::training:
        break;
    }
    return "training";
}

std::string format_watts(const std::optional<Watts>& power) {
    return power ? fmt::format("{:.1f} W", power->value()) : "not measured";
}

/// `   CPU 55.0 W   GPU not measured`; outside of a training only what is measured then.
std::string describe_power(const LiveStatus& status) {
    const bool is_training = status.activity == rollup::Activity::training;
    std::string text = status.cpu || is_training ? "   CPU " + format_watts(status.cpu) : "";
    return text + (status.gpu || is_training ? "   GPU " + format_watts(status.gpu) : "");
}

} // namespace

std::string describe_values(const std::vector<Assignment>& values) {
    std::string text;
    for (const bool only_mutated : {true, false}) {
        for (const Assignment& assignment : values) {
            if (only_mutated && !assignment.is_mutated) {
                continue;
            }
            text += fmt::format("{}{}={}", text.empty() ? "" : " ", assignment.name,
                                assignment.value ? to_argument(*assignment.value) : "none");
        }
        if (!text.empty()) {
            break;
        }
    }
    return text;
}

std::string format_duration(Seconds duration) {
    duration = std::min(duration, kLongestShown);
    if (duration.count() < 60) {
        return fmt::format("{:.1f} s", duration.count());
    }
    const auto whole = static_cast<long>(std::llround(duration.count()));
    if (whole < 3600) {
        return fmt::format("{} min {:02} s", whole / 60, whole % 60);
    }
    return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

std::string format_end(WallTime now, Seconds duration) {
    const Seconds shown = std::min(duration, kLongestShown);
    const WallTime end = now + std::chrono::duration_cast<std::chrono::nanoseconds>(shown);
    std::string text = system::format_iso(end).substr(0, 16); // to the minute
    text[10] = ' ';
    return text;
}

Progress::Progress(LinePrinter& printer, EventLog& log, const plan::Plan& plan, Verbosity verbosity)
    : printer_(printer), log_(log), plan_(plan), verbosity_(verbosity) {}

void Progress::experiment_started(const plan::PlannedExperiment& experiment) {
    current_ = &experiment;
    const std::string values = describe_values(experiment.training.hyperparameters);
    log_.event(fmt::format("[{}/{}] {}{}{}", experiment.number, plan_.experiments.size(), experiment.id,
                           values.empty() ? "" : ": ", values));
}

void Progress::attempt_started(int number, int most) {
    attempt_ = number;
    most_attempts_ = most;
    if (number > 1) {
        log_.event(fmt::format("[{}/{}] {}: attempt {} of {}", current_->number, plan_.experiments.size(), current_->id,
                               number, most));
    }
}

bool Progress::is_live() const {
    return verbosity_ != Verbosity::quiet && printer_.traits().is_terminal && current_ != nullptr;
}

void Progress::show(const LiveStatus& status) {
    if (!is_live()) {
        return;
    }
    printer_.set_block(
        {{fmt::format("[{}/{}] {} {} {}", current_->number, plan_.experiments.size(), current_->training.repository,
                      current_->training.model,
                      attempt_ > 1 ? fmt::format("(attempt {} of {})", attempt_, most_attempts_) : ""),
          Colour::bold},
         {"  " + describe_values(current_->training.hyperparameters)},
         {fmt::format("  {}{}{}", activity_name(status.activity),
                      status.elapsed ? " " + format_duration(*status.elapsed) : "", describe_power(status))},
         {"  session: " + outlook(status.activity, status.elapsed.value_or(Seconds(0)))},
         {"  " + status.last_line, Colour::dim}});
}

void Progress::clear() {
    printer_.set_block({});
}

std::string Progress::outlook(rollup::Activity activity, Seconds elapsed) const {
    const rollup::PlanEstimate rest =
        forecast_ ? forecast_->rest_at({activity, current_, elapsed}) : rollup::PlanEstimate();
    if (!rest.duration) {
        return "its end is unknown: " + (rest.basis.empty() ? "nothing to estimate from" : rest.basis);
    }
    const Seconds left = *rest.duration;
    return fmt::format("{}{}{} left, until {}{} ({})",
                       rest.is_overdue ? "this training takes longer than expected; " : "",
                       rest.is_overdue || rest.is_partial() ? "at least " : "", format_duration(left),
                       format_end(system::wall_now(), left),
                       rest.energy ? fmt::format(", {:.0f} J", rest.energy->value()) : "", rest.basis);
}

void Progress::warn_about(const record::ExperimentRecord& record) {
    const record::AttemptRecord& attempt = record.last_attempt();
    if (attempt.status == record::Status::ok_without_metrics) {
        log_.warning(
            fmt::format("{}: the training succeeded, but no metric was found in its log; check log_patterns of {} "
                        "in the settings, then rebuild with: {}",
                        record.id, record.repository, summarize_command_));
    }
    for (const std::string& remark : attempt.remarks) {
        log_.warning(fmt::format("{}: {}", record.id, remark));
    }
    const std::vector<std::string>& throttled = attempt.measurement.contamination.throttle_reasons;
    if (!throttled.empty()) {
        log_.warning(fmt::format("{}: the GPU was throttled ({}); compare it only with runs throttled alike, or give "
                                 "the card more power or cooling",
                                 record.id, join(throttled, ", ")));
    }
    warn_if_poor(record.id, "CPU", attempt.measurement.cpu.quality);
    warn_if_poor(record.id, "GPU", attempt.measurement.gpu.quality);
}

void Progress::warn_if_poor(const std::string& id, std::string_view sensor, const energy::EnergyQuality& quality) {
    if (quality.verdict == energy::Verdict::poor) {
        log_.warning(fmt::format("{}: its {} energy is poor: {}", id, sensor,
                                 quality.reason.value_or("the bound is over 10 % of the figure")));
    }
}

void Progress::experiment_ended(const record::ExperimentRecord& record) {
    if (forecast_) {
        forecast_->end_experiment(*current_, record);
    }
    const RunLine line = run_line(record);
    std::string text = fmt::format("{}: {} after {}, CPU {}, GPU {}", line.id, record::status_name(line.status),
                                   format_duration(line.duration), format_energy(line.cpu, line.cpu_uncertainty),
                                   format_energy(line.gpu, line.gpu_uncertainty));
    if (!line.metrics.empty()) {
        text += ", " + line.metrics;
    }
    if (record::is_success(line.status)) {
        log_.event(text);
    } else {
        log_.error(text + (line.error.empty() ? "" : ": " + line.error));
    }
    if (line.background) {
        log_.warning(fmt::format("{}: {}; use a background that trains longer, or a shorter restart_delay_seconds",
                                 line.id, *line.background));
    }
    warn_about(record);
}

} // namespace mutation::console
