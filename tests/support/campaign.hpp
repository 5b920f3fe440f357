#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/core/units.hpp"
#include "mutation/plan/plan.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/report/report.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// Campaigns of known truth: made-up trainings whose energy and accuracy follow a law that the test knows.
namespace mutation::test {

/// How a figure depends on the hyperparameters, on the scale of the models (ln s, ln W, logit of the accuracy).
struct Law {
    double epochs = 0;        ///< per ln
    double learning_rate = 0; ///< per ln
    double batch_size = 0;    ///< per ln
    double dropout = 0;       ///< per unit
    double no_decay = 0;      ///< weight decay 0 against exp(mean ln) of the range
    double weight_decay = 0;  ///< per ln, if it is not 0
    double adam = 0;          ///< against sgd
};

/// What is true of a campaign, and what went wrong in it. Shares are of the runs that are no control runs.
struct Campaign {
    std::string name = "run_20260101_000000";
    std::string started = "2026-01-01T00:00:00.000000+00:00";
    int configurations = 40;
    int replicates = 1;
    std::uint64_t seed = 1;
    std::uint64_t noise_seed = 0; ///< another gives the same plan with other noise
    double watts = 250;           ///< of the default values
    /// The hyperparameters that are drawn; the others have their default.
    std::vector<std::string> mutated{"epochs",       "learning_rate", "batch_size", "dropout",
                                     "weight_decay", "optimizer",     "seed"};
    Law duration{.95, 0, -.3, 0, 0, 0, .1};
    Law power{0, .02, .15, -.05, 0, 0, .05};
    Law accuracy{.4, -.2, 0, .5, -.3, .05, .2};
    double duration_spread = .01; ///< standard deviation of ln s of like runs
    double power_spread = .01;    ///< of ln W
    double accuracy_spread = .05; ///< of the logit
    double drift_per_run = 0;     ///< of ln W, in the order of the starts
    double per_celsius = 0;       ///< of ln W, per degree of the temperature at the start
    double contaminated = 0;      ///< share beside a training that nobody recorded: slower, more watts, busier GPU
    double disturbed = 0;         ///< share during which the record says that others used the CPU
    double failed = 0;            ///< share whose only attempt fails
    double retried = 0;           ///< share whose first attempt fails and whose second succeeds
    double without_metrics = 0;
    double poor = 0; ///< share whose GPU energy has the verdict poor
    double not_run = 0;
    int control_every = 0;
    bool is_order_random = true;
    bool has_background = false;
    double background_ratio = 1.3; ///< on the energy, through the duration
    bool has_cpu = true;
    bool has_gpu = true;
    bool is_of_v3 = false; ///< records in v3.0's form, without a session.json
};

/// One run of it.
struct MadeRun {
    plan::PlannedExperiment planned;
    std::optional<record::ExperimentRecord> record; ///< none: not run
    bool is_contaminated = false;
};

struct MadeCampaign {
    plan::Plan plan;
    std::vector<MadeRun> runs; ///< in the order of their starts

    [[nodiscard]] std::set<std::string> contaminated() const; ///< ids
};

/// The registry of the made-up repository `made_up` with its model `net`.
[[nodiscard]] config::Registry campaign_registry();

/// The same campaign always has the same runs.
[[nodiscard]] MadeCampaign make_campaign(const Campaign& campaign);

/// Writes the session's folder below `results`, as the program would, and returns its path.
std::filesystem::path write_campaign(const std::filesystem::path& results, const Campaign& campaign);

/// The runs of a campaign as rows in memory, those that succeeded. Without files, for tests of thousands.
[[nodiscard]] report::Group make_group(const Campaign& campaign);

} // namespace mutation::test
