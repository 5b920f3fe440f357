#include "mutation/rollup/session_forecast.hpp"

#include "mutation/core/counted.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace mutation::rollup {

namespace {

bool is_same(const plan::PlannedBackground& a, const plan::PlannedBackground& b) {
    return a.training.repository == b.training.repository && a.training.model == b.training.model &&
           a.training.hyperparameters == b.training.hyperparameters;
}

/// A background that is shared with the run before is already loading the GPU.
Seconds wait_for_background(const plan::PlannedExperiment* before, const plan::PlannedExperiment& experiment) {
    if (!experiment.background) {
        return Seconds(0);
    }
    const bool is_shared = before != nullptr && before->background && before->background->reuse &&
                           experiment.background->reuse && is_same(*before->background, *experiment.background);
    return is_shared ? Seconds(0) : experiment.background->startup_wait;
}

} // namespace

SessionForecast::SessionForecast(const plan::SessionSettings& settings,
                                 const std::vector<const plan::PlannedExperiment*>& open, PastRuns past)
    : cooldown_(settings.cooldown), past_(std::move(past)), total_(open.size()) {
    const plan::PlannedExperiment* before = nullptr;
    for (const plan::PlannedExperiment* experiment : open) {
        open_[kind_of(*experiment)].add(epochs_of(*experiment));
        const Seconds wait = wait_for_background(before, *experiment);
        if (wait.count() > 0) {
            waits_.emplace(experiment->number, wait);
            waiting_ += wait;
        }
        before = experiment;
    }
}

void SessionForecast::close(const plan::PlannedExperiment& experiment) {
    open_[kind_of(experiment)].add(epochs_of(experiment), -1);
    if (const auto wait = waits_.extract(experiment.number)) {
        waiting_ -= wait.mapped();
    }
    --total_;
}

void SessionForecast::end_experiment(const plan::PlannedExperiment& experiment,
                                     const record::ExperimentRecord& record) {
    close(experiment);
    // A failed training may have ended early: it says nothing about the others.
    if (record::is_success(record.status())) {
        past_.add(kind_of(experiment), epochs_of(experiment), record::attempts_duration(record),
                  record::attempts_energy(record));
    }
}

PlanEstimate SessionForecast::rest() const {
    PlanEstimate estimate;
    estimate.total = total_;
    Seconds duration{0};
    Joules energy;
    bool is_measured = true;
    std::size_t in_other_company = 0;
    for (const auto& [kind, count] : open_) {
        const auto trainings = static_cast<std::size_t>(count.with_epochs + count.without_epochs);
        bool is_exact = false;
        const PastRuns::Known* known = trainings > 0 ? past_.find(kind, is_exact) : nullptr;
        if (known == nullptr) {
            continue;
        }
        estimate.known += trainings;
        in_other_company += is_exact ? 0 : trainings;
        duration += Seconds(known->seconds.sum_for(count).value_or(0));
        const std::optional<double> joules = known->joules.sum_for(count);
        is_measured = is_measured && joules;
        energy += Joules(joules.value_or(0));
    }
    duration += waiting_;
    duration += total_ > 1 ? static_cast<double>(total_ - 1) * cooldown_ : Seconds(0);
    if (estimate.known > 0 || total_ == 0) {
        estimate.duration = duration;
        estimate.energy = is_measured ? std::optional(energy) : std::nullopt;
    }
    estimate.basis = describe_basis(estimate, in_other_company);
    return estimate;
}

Seconds SessionForecast::wait_of(const plan::PlannedExperiment& experiment) const {
    const auto found = waits_.find(experiment.number);
    return found == waits_.end() ? Seconds(0) : found->second;
}

PlanEstimate SessionForecast::rest_if_ended_now(const SessionMoment& moment) const {
    SessionForecast then = *this;
    then.close(*moment.experiment);
    then.past_.add(kind_of(*moment.experiment), epochs_of(*moment.experiment), moment.elapsed, std::nullopt);
    PlanEstimate estimate = rest();
    estimate.duration = then.rest().duration.value_or(Seconds(0)) + (then.total_ > 0 ? cooldown_ : Seconds(0));
    estimate.is_overdue = true;
    return estimate;
}

PlanEstimate SessionForecast::rest_at(const SessionMoment& moment) const {
    PlanEstimate estimate = rest();
    if (!estimate.duration) {
        return estimate;
    }
    switch (moment.activity) {
    case Activity::cooling_down: // `rest` has the cooldowns between the trainings that are left, not the one before
                                 // them
        *estimate.duration += std::max(Seconds(0), cooldown_ - moment.elapsed);
        return estimate;
    case Activity::waiting_for_background:
        *estimate.duration -= std::min(moment.elapsed, wait_of(*moment.experiment));
        return estimate;
    case Activity::training:
        break;
    }
    const std::optional<Seconds> expected = duration_of(*moment.experiment);
    if (expected && moment.elapsed > *expected) {
        return rest_if_ended_now(moment);
    }
    *estimate.duration -= wait_of(*moment.experiment);
    *estimate.duration -= expected ? moment.elapsed : Seconds(0);
    return estimate;
}

std::string SessionForecast::describe_basis(const PlanEstimate& estimate, std::size_t in_other_company) const {
    if (estimate.known == 0) {
        return "no past session to estimate from";
    }
    std::size_t runs = 0;
    for (const auto& [kind, count] : open_) {
        bool is_exact = false;
        const PastRuns::Known* known = past_.find(kind, is_exact);
        runs += known == nullptr ? 0 : known->seconds.size();
    }
    return fmt::format(
        "{} of {} known from {}{}", estimate.known, counted(estimate.total, "training"), counted(runs, "past run"),
        in_other_company == 0 ? ""
                              : fmt::format(", {} of them by runs with another background or none", in_other_company));
}

std::optional<Seconds> SessionForecast::duration_of(const plan::PlannedExperiment& experiment) const {
    bool is_exact = false;
    const PastRuns::Known* known = past_.find(kind_of(experiment), is_exact);
    if (known == nullptr) {
        return std::nullopt;
    }
    TrainingCount one;
    one.add(epochs_of(experiment));
    const std::optional<double> seconds = known->seconds.sum_for(one);
    return seconds ? std::optional(Seconds(*seconds)) : std::nullopt;
}

PlanEstimate estimate_plan(const plan::Plan& plan, PastRuns past) {
    std::vector<const plan::PlannedExperiment*> all;
    all.reserve(plan.experiments.size());
    for (const plan::PlannedExperiment& experiment : plan.experiments) {
        all.push_back(&experiment);
    }
    PlanEstimate estimate = SessionForecast(plan.settings, all, std::move(past)).rest();
    if (estimate.duration) {
        *estimate.duration += plan.settings.baseline;
    }
    return estimate;
}

} // namespace mutation::rollup
