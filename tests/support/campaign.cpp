#include "support/campaign.hpp"

#include "mutation/plan/plan.hpp"
#include "mutation/report/coding.hpp"
#include "mutation/stats/random.hpp"
#include "support/campaign_registry.hpp"
#include "support/files.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mutation::test {

namespace {

constexpr double kFirstStart = 1767225600; // 2026-01-01 00:00:00 UTC
constexpr double kTypicalSeconds = 60;
constexpr double kCpuShare = .3;
constexpr double kCooldown = 20;

double value_of(const plan::PlannedExperiment& experiment, const char* name) {
    for (const Assignment& assignment : experiment.training.hyperparameters) {
        if (assignment.name == name) {
            return report::number_of(assignment.value).value_or(0);
        }
    }
    return 0;
}

bool is_adam(const plan::PlannedExperiment& experiment) {
    const auto& values = experiment.training.hyperparameters;
    return std::any_of(values.begin(), values.end(), [](const Assignment& assignment) {
        return assignment.name == "optimizer" && assignment.value == Value(std::string("adam"));
    });
}

double follow(const Law& law, const plan::PlannedExperiment& experiment) {
    const double decay = value_of(experiment, "weight_decay");
    return law.epochs * std::log(value_of(experiment, "epochs") / 10) +
           law.learning_rate * std::log(value_of(experiment, "learning_rate") / .01) +
           law.batch_size * std::log(value_of(experiment, "batch_size") / 64) +
           law.dropout * value_of(experiment, "dropout") +
           (decay > 0 ? law.weight_decay * std::log(decay / 1e-4) : law.no_decay) +
           law.adam * (is_adam(experiment) ? 1 : 0);
}

record::Moment moment_at(double epoch_seconds) {
    return record::moment_of(WallTime(std::chrono::nanoseconds(static_cast<std::int64_t>(epoch_seconds * 1e9))));
}

/// Makes the records of a campaign, one after the other.
class Maker {
public:
    explicit Maker(const Campaign& campaign)
        : campaign_(campaign), random_(campaign.seed + 1000003 * campaign.noise_seed) {}

    MadeRun make(const plan::PlannedExperiment& planned) {
        MadeRun made;
        made.planned = planned;
        const bool is_run = planned.is_control || !happens(campaign_.not_run);
        made.is_contaminated = happens(campaign_.contaminated) && !planned.is_control && is_run;
        record::ExperimentRecord record = make_record(planned, made.is_contaminated);
        if (!planned.is_control) {
            spoil(record);
        }
        if (is_run) {
            made.record = std::move(record);
        }
        ++position_;
        return made;
    }

private:
    bool happens(double share) { return random_.uniform() < share; }

    record::ExperimentRecord make_record(const plan::PlannedExperiment& planned, bool is_contaminated) {
        record::ExperimentRecord record;
        record.session = campaign_.name;
        record.id = planned.id;
        record.repository = planned.training.repository;
        record.model = planned.training.model;
        record.mode = planned.mode;
        record.hyperparameters = planned.training.hyperparameters;
        record.command = {"train.sh", "-n", record.model};
        record.is_control = planned.is_control;
        record.is_of_v3 = campaign_.is_of_v3;
        record.replicate = planned.replicate;
        record.environment = campaign_environment(campaign_.has_gpu);
        if (planned.background) {
            record.background = record::BackgroundRecord{};
            record.background->repository = planned.background->training.repository;
            record.background->model = planned.background->training.model;
            record.background->hyperparameters = planned.background->training.hyperparameters;
            record.background->alive = Percent(100);
        }
        record.attempts.push_back(make_attempt(planned, is_contaminated));
        record.timestamp = record.last_attempt().window->end.text.substr(0, 26);
        return record;
    }

    record::AttemptRecord make_attempt(const plan::PlannedExperiment& planned, bool is_contaminated) {
        const double temperature = 40 + 3 * random_.normal();
        double log_seconds = std::log(kTypicalSeconds) + follow(campaign_.duration, planned) +
                             campaign_.duration_spread * random_.normal();
        double log_watts = std::log(campaign_.watts) + follow(campaign_.power, planned) +
                           campaign_.power_spread * random_.normal() + campaign_.drift_per_run * position_ +
                           campaign_.per_celsius * (temperature - 40);
        double utilisation = 60 + random_.normal();
        if (is_contaminated) {
            log_seconds += .6 + .1 * random_.normal();
            log_watts += .25 + .05 * random_.normal();
            utilisation += 30;
        }
        if (planned.background) {
            log_seconds += std::log(campaign_.background_ratio);
        }
        record::AttemptRecord attempt;
        attempt.status = record::Status::ok;
        attempt.exit_code = 0;
        attempt.duration = Seconds(std::exp(log_seconds));
        attempt.window = record::WallWindow{moment_at(clock_), moment_at(clock_ + attempt.duration->count())};
        clock_ += attempt.duration->count() + kCooldown;
        const Joules energy = Watts(std::exp(log_watts)) * *attempt.duration;
        attempt.measurement = campaign_measurement(campaign_, energy * kCpuShare, energy * (1 - kCpuShare));
        attempt.measurement.start_temperature = Celsius(temperature);
        if (campaign_.has_gpu) {
            attempt.measurement.gpu.utilization_mean = Percent(utilisation);
        }
        const double logit = 2 + follow(campaign_.accuracy, planned) + campaign_.accuracy_spread * random_.normal();
        const double accuracy = 1 / (1 + std::exp(-logit));
        attempt.metrics = {{"accuracy", accuracy}, {"loss", .1 - .8 * std::log(accuracy)}};
        return attempt;
    }

    /// What went wrong with the run. Each draw is made whatever the others were, so that shares do not mix.
    void spoil(record::ExperimentRecord& record) {
        const bool fails = happens(campaign_.failed);
        const bool is_retried = happens(campaign_.retried);
        const bool has_no_metrics = happens(campaign_.without_metrics);
        const bool is_poor = happens(campaign_.poor);
        const bool is_disturbed = happens(campaign_.disturbed);
        record::AttemptRecord& attempt = record.last_attempt();
        if (is_disturbed) {
            attempt.measurement.contamination.other_cpu = Percent(35);
        }
        if (is_poor) {
            attempt.measurement.gpu.quality.verdict = energy::Verdict::poor;
            attempt.measurement.gpu.quality.reason = "the longest gap between samples is 9 s";
        }
        if (has_no_metrics) {
            attempt.status = record::Status::ok_without_metrics;
            attempt.metrics = {{"accuracy", std::nullopt}, {"loss", std::nullopt}};
        }
        if (fails) {
            fail(attempt);
        } else if (is_retried) {
            record::AttemptRecord second = attempt;
            second.number = 2;
            fail(attempt);
            attempt.directory = "attempt_1";
            record.attempts.push_back(std::move(second));
        }
    }

    static void fail(record::AttemptRecord& attempt) {
        attempt.status = record::Status::failed;
        attempt.exit_code = 1;
        attempt.error_message = "exit status 1; the log says: CUDA out of memory";
        attempt.metrics.clear();
    }

    const Campaign& campaign_;
    stats::Random random_;
    double clock_ = kFirstStart;
    double position_ = 0;
};

plan::Plan plan_campaign(const Campaign& campaign) {
    config::ExperimentConfig config;
    config.settings.seed = campaign.seed;
    config.settings.seed_was_drawn = false;
    config.settings.replicates = campaign.replicates;
    config.settings.order = campaign.is_order_random ? config::Order::random : config::Order::as_written;
    config.settings.control_every = campaign.control_every;
    config::ExperimentRequest request;
    request.training.repository = "made_up";
    request.training.model = "net";
    request.training.mutate = campaign.mutated;
    request.training.runs = campaign.configurations;
    if (campaign.mutated.empty()) {
        request.training.mode = config::Mode::default_values;
    }
    if (campaign.has_background) {
        request.background = config::BackgroundRequest{"made_up", "load", {}, {}};
    }
    config.experiments = {request};
    return plan::make_plan(config, campaign_registry(), campaign.seed);
}

} // namespace

std::set<std::string> MadeCampaign::contaminated() const {
    std::set<std::string> ids;
    for (const MadeRun& run : runs) {
        if (run.is_contaminated) {
            ids.insert(run.planned.id);
        }
    }
    return ids;
}

MadeCampaign make_campaign(const Campaign& campaign) {
    MadeCampaign made;
    made.plan = plan_campaign(campaign);
    Maker maker(campaign);
    for (const plan::PlannedExperiment& planned : made.plan.experiments) {
        made.runs.push_back(maker.make(planned));
    }
    return made;
}

report::Group make_group(const Campaign& campaign) {
    const MadeCampaign made = make_campaign(campaign);
    report::Group group;
    group.key.repository = "made_up";
    group.key.model = "net";
    group.energy_parts = {report::EnergyPart::cpu, report::EnergyPart::gpu};
    group.hyperparameters = campaign_facts().hyperparameters;
    group.metrics = {{"accuracy", true}, {"loss", false}};
    for (const MadeRun& run : made.runs) {
        if (!run.record || !record::is_success(run.record->status())) {
            continue;
        }
        const record::AttemptRecord& attempt = run.record->last_attempt();
        report::Run row;
        row.key = {campaign.name, run.planned.id};
        row.values = run.planned.training.hyperparameters;
        row.status = attempt.status;
        row.is_control = run.planned.is_control;
        row.start = attempt.window->start;
        row.duration = attempt.duration;
        row.cpu_energy = attempt.measurement.cpu.total;
        row.gpu_energy = attempt.measurement.gpu.energy;
        row.energy = *row.cpu_energy + *row.gpu_energy;
        row.power = *row.energy / *row.duration;
        row.utilisation = attempt.measurement.gpu.utilization_mean;
        row.start_temperature = attempt.measurement.start_temperature;
        row.configuration = run.planned.replicate > 1 ? group.runs.back().configuration : group.runs.size();
        for (const auto& [metric, value] : attempt.metrics) {
            if (value) {
                row.metrics[metric] = *value;
            }
        }
        group.runs.push_back(std::move(row));
    }
    return group;
}

} // namespace mutation::test
