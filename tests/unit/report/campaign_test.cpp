#include "catch.hpp"

#include "mutation/report/analyse.hpp"
#include "support/campaign.hpp"
#include "support/files.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

using namespace mutation;
using namespace mutation::report;
using test::Campaign;

namespace {

Report report_on(const std::filesystem::path& session) {
    ReportRequest request;
    request.sessions = {session};
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
    const Report report = report_on(test::write_campaign(folder.path(), campaign));
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
    const Report report = report_on(session);

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
    const Report report = report_on(test::write_campaign(folder.path(), campaign));
    std::set<std::string> flagged;
    for (const Run& run : report.groups.front().runs) {
        if (!run.flags.empty()) {
            flagged.insert(run.key.experiment_id);
        }
    }
    CHECK(flagged == test::make_campaign(campaign).contaminated());
}
