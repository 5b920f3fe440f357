#include "mutation/session/control_runs.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>

namespace mutation::session {

std::optional<Percent> ControlRuns::spread() const {
    if (joules_.size() < 2) {
        return std::nullopt;
    }
    const auto [least, most] = std::minmax_element(joules_.begin(), joules_.end());
    const double mean = std::accumulate(joules_.begin(), joules_.end(), 0.0) / static_cast<double>(joules_.size());
    return mean > 0 ? std::optional(Percent(100 * (*most - *least) / mean)) : std::nullopt;
}

std::optional<std::string> ControlRuns::add(const record::ExperimentRecord& record) {
    if (!record.is_control || !record::is_success(record.status())) {
        return std::nullopt;
    }
    const energy::Measurement& measurement = record.last_attempt().measurement;
    if (joules_.empty()) {
        has_cpu_ = measurement.cpu.total.has_value();
        has_gpu_ = measurement.gpu.energy.has_value();
    }
    // A run that is missing one of the figures would seem to have taken less, a run with one more to have taken more.
    energy::Measurement compared;
    compared.cpu.total = has_cpu_ ? measurement.cpu.total : std::nullopt;
    compared.gpu.energy = has_gpu_ ? measurement.gpu.energy : std::nullopt;
    const std::optional<Joules> energy = record::add_energy(std::nullopt, compared);
    if (!energy || compared.cpu.total.has_value() != has_cpu_ || compared.gpu.energy.has_value() != has_gpu_) {
        return std::nullopt;
    }
    joules_.push_back(energy->value());
    const std::optional<Percent> found = spread();
    if (!found || *found <= tolerance_) {
        return std::nullopt;
    }
    return fmt::format("the control runs differ by {:.1f} % (tolerance {:.1f} %), the newest by {:+.1f} % from the "
                       "first: the machine drifts, so do not compare earlier with later runs",
                       found->value(), tolerance_.value(), 100 * (joules_.back() / joules_.front() - 1));
}

std::optional<std::string> ControlRuns::summary() const {
    const std::optional<Percent> found = spread();
    if (!found) {
        return std::nullopt;
    }
    return fmt::format("control runs: {} differ by {:.1f} % (tolerance {:.1f} %){}\n", joules_.size(), found->value(),
                       tolerance_.value(), *found <= tolerance_ ? "" : ": the machine drifted");
}

std::optional<record::ControlFacts> ControlRuns::describe() const {
    const std::optional<Percent> found = spread();
    return found ? std::optional(record::ControlFacts{joules_, *found, tolerance_, *found <= tolerance_})
                 : std::nullopt;
}

} // namespace mutation::session
