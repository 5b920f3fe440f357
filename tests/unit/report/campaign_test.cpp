#include "catch.hpp"

#include "mutation/report/analyse.hpp"
#include "support/campaign.hpp"
#include "support/files.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>
#include <vector>

using namespace mutation;
using namespace mutation::report;
using test::Campaign;

namespace {

Report report_on(const std::vector<std::filesystem::path>& sessions) {
    ReportRequest request;
    request.sessions = sessions;
    return analyse(request);
}

std::size_t reached(const Report& report, Stage stage) {
    return std::find_if(report.flow.begin(), report.flow.end(),
                        [&](const FlowStep& step) { return step.stage == stage; })
        ->runs;
}

const Effect& effect_of(const Analyses& analyses, const std::string& outcome, const std::string& hyperparameter,
                        Term term) {
    const auto found = std::find_if(analyses.effects.begin(), analyses.effects.end(), [&](const Effect& effect) {
        return effect.outcome == outcome && effect.hyperparameter == hyperparameter && effect.term == term;
    });
    INFO(outcome << " " << hyperparameter);
    REQUIRE(found != analyses.effects.end());
    return *found;
}

bool covers(const Effect& effect, double truth) {
    const double margin = effect.ci95.high - effect.ci95.low; // twice the interval: the test is of one campaign
    return effect.ci95.low - margin <= truth && truth <= effect.ci95.high + margin;
}

} // namespace

TEST_CASE("a campaign's law is found in its session's folder", "[report]") {
    const test::TemporaryFolder folder;
    Campaign campaign;
    campaign.configurations = 60;
    const Report report = report_on({test::write_campaign(folder.path(), campaign)});
    REQUIRE(report.groups.size() == 1);
    const Group& group = report.groups.front();
    CHECK(group.key.repository == "made_up");
    CHECK(group.key.machine.gpus == std::vector<std::string>{"Made-up GPU"});
    CHECK(group.energy_parts == std::vector<EnergyPart>{EnergyPart::cpu, EnergyPart::gpu});
    CHECK(group.configurations == 60);
    CHECK(group.metrics.at("accuracy") == true);
    CHECK(group.metrics.at("loss") == false);

    const Analyses& found = group.analyses;
    CHECK(covers(effect_of(found, "duration", "epochs", Term::log), campaign.duration.epochs));
    CHECK(covers(effect_of(found, "energy", "epochs", Term::log), campaign.duration.epochs + campaign.power.epochs));
    CHECK(covers(effect_of(found, "energy", "batch_size", Term::log), -.15));
    CHECK(covers(effect_of(found, "power", "dropout", Term::linear), campaign.power.dropout));
    CHECK(covers(effect_of(found, "energy", "optimizer", Term::choice), .15));
    CHECK(covers(effect_of(found, "energy", "weight_decay", Term::zero), 0));
    CHECK(covers(effect_of(found, "energy", "weight_decay", Term::log), 0));
    CHECK(covers(effect_of(found, "accuracy", "learning_rate", Term::log), campaign.accuracy.learning_rate));
    CHECK(effect_of(found, "energy", "epochs", Term::log).p_holm < .001);
    CHECK(effect_of(found, "energy", "optimizer", Term::choice).level == "adam");
    CHECK(effect_of(found, "energy", "optimizer", Term::choice).ratio_text == "adam against sgd");
    CHECK(effect_of(found, "energy", "epochs", Term::log).ratio->value == Approx(std::pow(2, .95)).epsilon(.02));
    for (const Split& split : found.splits) {
        CHECK(split.energy == Approx(split.duration + split.power).margin(1e-9));
    }
    CHECK(found.splits.size() == 7);
    CHECK_FALSE(group.with_flagged);
}

TEST_CASE("the flow of a campaign in which all goes wrong adds up to the plan", "[report]") {
    const test::TemporaryFolder folder;
    Campaign campaign;
    campaign.configurations = 150;
    campaign.failed = .1;
    campaign.retried = .1;
    campaign.without_metrics = .1;
    campaign.poor = .05;
    campaign.not_run = .1;
    campaign.disturbed = .05;
    campaign.contaminated = .05;
    campaign.control_every = 20;
    const std::filesystem::path session = test::write_campaign(folder.path(), campaign);
    test::write_text(session / "made_up_net_002" / "experiment.json", "{\"schema_version\": 1, cut off");
    const Report report = report_on({session});

    CHECK(reached(report, Stage::planned) == 150);
    CHECK(report.control_runs == 9);
    std::size_t before = 150;
    std::map<Stage, std::size_t> losses;
    std::set<RunKey> lost;
    for (const Exclusion& exclusion : report.excluded) {
        ++losses[exclusion.stage];
        CHECK(lost.insert(exclusion.run).second);
        CHECK_FALSE(exclusion.reason.empty());
    }
    for (const FlowStep& step : report.flow) {
        CHECK(step.runs == before - losses[step.stage]);
        before = step.runs;
    }
    for (const Stage stage : {Stage::run, Stage::succeeded, Stage::metrics, Stage::energy, Stage::unflagged}) {
        CHECK(losses[stage] > 0);
    }
    CHECK(reached(report, Stage::analysed) + report.excluded.size() == 150);
    REQUIRE(report.sessions.front().damaged.size() == 1);
    CHECK_THAT(report.sessions.front().damaged.front(), Catch::Contains("made_up_net_002"));
    std::size_t runs = 0;
    for (const Group& group : report.groups) {
        runs += group.runs.size();
    }
    CHECK(runs == 159);
    REQUIRE(report.groups.size() == 1);
    CHECK(report.groups.front().with_flagged);
}

TEST_CASE("runs beside a training that nobody recorded are found, and no others", "[report]") {
    const test::TemporaryFolder folder;
    Campaign campaign;
    campaign.configurations = 200;
    campaign.contaminated = .06;
    const Report report = report_on({test::write_campaign(folder.path(), campaign)});
    std::set<std::string> flagged;
    for (const Run& run : report.groups.front().runs) {
        if (!run.flags.empty()) {
            flagged.insert(run.key.experiment_id);
        }
    }
    CHECK(flagged == test::make_campaign(campaign).contaminated());
}

TEST_CASE("a session that is given twice counts once, also its copy, but not another of its name", "[report]") {
    const test::TemporaryFolder folder;
    Campaign campaign;
    campaign.configurations = 8;
    const std::filesystem::path session = test::write_campaign(folder.path() / "a", campaign);
    std::filesystem::create_directory(folder.path() / "copy");
    const std::filesystem::path copy = folder.path() / "copy" / session.filename();
    std::filesystem::copy(session, copy, std::filesystem::copy_options::recursive);
    CHECK(reached(report_on({session, session, copy}), Stage::planned) == 8);

    Campaign other = campaign;
    other.started = "2026-01-01T00:00:00.000000+01:00";
    const Report both = report_on({session, test::write_campaign(folder.path() / "b", other)});
    CHECK(reached(both, Stage::planned) == 16);
    REQUIRE(both.sessions.size() == 2);
    CHECK(both.sessions[0].name != both.sessions[1].name);
}

TEST_CASE("runs beside a background are a group of their own", "[report]") {
    const test::TemporaryFolder folder;
    Campaign alone;
    alone.configurations = 12;
    Campaign beside = alone;
    beside.name = "run_20260102_000000";
    beside.has_background = true;
    beside.disturbed = 1; // by its own background
    const Report report =
        report_on({test::write_campaign(folder.path(), alone), test::write_campaign(folder.path(), beside)});
    REQUIRE(report.groups.size() == 2);
    const Group& loaded = report.groups[report.groups[0].key.background ? 0 : 1];
    REQUIRE(loaded.key.background);
    CHECK(loaded.key.background->model == "load");
    CHECK(loaded.key.background->values == std::vector<std::string>{"epochs=100"});
    CHECK(reached(report, Stage::planned) == 24);
    CHECK(reached(report, Stage::analysed) == 24);
}

TEST_CASE("without sensors the analyses are of duration and quality, and the group says why", "[report]") {
    const test::TemporaryFolder folder;
    Campaign campaign;
    campaign.has_cpu = false;
    campaign.has_gpu = false;
    const Report report = report_on({test::write_campaign(folder.path(), campaign)});
    const Group& group = report.groups.front();
    CHECK(group.energy_parts.empty());
    CHECK_THAT(group.no_energy.value_or(""), Catch::Contains("nvidia-smi was not found"));
    CHECK(reached(report, Stage::analysed) == 40);
    CHECK(group.analyses.fits.front().outcome == "duration");
    CHECK(group.analyses.splits.empty());
    CHECK_FALSE(group.analyses.epoch_cost);
    CHECK(covers(effect_of(group.analyses, "duration", "epochs", Term::log), campaign.duration.epochs));
}

TEST_CASE("five runs give no model, and the number of runs that are missing", "[report]") {
    const test::TemporaryFolder folder;
    Campaign campaign;
    campaign.configurations = 5;
    const Report report = report_on({test::write_campaign(folder.path(), campaign)});
    const Analyses& found = report.groups.front().analyses;
    CHECK(found.effects.empty());
    CHECK(found.importance.empty());
    for (const Fit& fit : found.fits) {
        CHECK_THAT(fit.reason.value_or(""), Catch::Contains("more"));
    }
}

TEST_CASE("a session of v3.0 is analysed like one of ours", "[report]") {
    const test::TemporaryFolder folder;
    Campaign campaign;
    campaign.is_of_v3 = true;
    campaign.mutated = {"epochs", "learning_rate", "optimizer", "seed"};
    campaign.failed = .1;
    const Report report = report_on({test::write_campaign(folder.path(), campaign)});
    CHECK(report.sessions.front().is_of_v3);
    REQUIRE(report.groups.size() == 1);
    const Group& group = report.groups.front();
    CHECK(reached(report, Stage::planned) == 40);
    CHECK(reached(report, Stage::succeeded) < 40);
    CHECK(reached(report, Stage::analysed) == reached(report, Stage::succeeded));
    CHECK(group.energy_parts.size() == 2);
    CHECK(covers(effect_of(group.analyses, "energy", "epochs", Term::log), .95));
    // Without facts the most frequent level is the reference.
    CHECK(std::abs(std::abs(effect_of(group.analyses, "energy", "optimizer", Term::choice).estimate) - .15) < .05);
}
