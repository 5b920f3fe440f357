#include "catch.hpp"

#include "../plan/toy_registry.hpp"
#include "mutation/console/run_table.hpp"
#include "mutation/core/error.hpp"
#include "mutation/plan/plan.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/record/record_check.hpp"
#include "mutation/rollup/rollup.hpp"
#include "mutation/rollup/summarize.hpp"
#include "mutation/session/control_runs.hpp"
#include "support/temporary_folder.hpp"

using namespace mutation;

namespace {

constexpr const char* kSession = "run_20260107_120000";

const plan::Plan& toy_plan() {
    static const plan::Plan plan =
        plan::make_plan(toy::config({toy::in_parallel(toy::with_defaults("net", 2), false)}), toy::registry(), 0);
    return plan;
}

/// A record of the plan's first experiment with all that a record can hold: two attempts, a background, two GPUs.
Json whole_record_of_plan() {
    const plan::PlannedExperiment& experiment = toy_plan().experiments.front();
    record::ExperimentRecord record;
    record.session = kSession;
    record.id = experiment.id;
    record.repository = experiment.training.repository;
    record.model = experiment.training.model;
    record.mode = config::Mode::parallel;
    record.hyperparameters = experiment.training.hyperparameters;
    record.command = {"train.sh"};
    record.is_control = true;
    record.attempts.resize(2);
    record::AttemptRecord& last = record.attempts.back();
    last.status = record::Status::ok;
    last.window = record::WallWindow{};
    last.duration = Seconds(10);
    last.metrics = {{"accuracy", 0.9}};
    last.remarks = {"a remark"};
    last.measurement.cpu.total = Joules(100);
    last.measurement.gpu.energy = Joules(200);
    last.measurement.gpu.devices.resize(2);
    record.background = record::BackgroundRecord{};
    record.background->alive = Percent(53);
    record.environment = record::Environment{};
    record.environment->sensors.gpus.resize(1);
    record.environment->sensors.baseline =
        energy::IdleBaseline{Watts(20), Watts(1), {std::nullopt, energy::IdlePower{}}};
    record.environment->repository = record::RepositoryFacts{};
    return Json::parse(record_to_json(record).dump());
}

/// The places of all fields, objects and lists too.
void collect_places(const Json& value, const Json::json_pointer& place, std::vector<Json::json_pointer>& places) {
    for (const auto& [key, member] : value.items()) {
        const Json::json_pointer here =
            value.is_array() ? place / static_cast<std::size_t>(std::stoul(key)) : place / key;
        places.push_back(here);
        if (member.is_structured()) {
            collect_places(member, here, places);
        }
    }
}

/// The record without a field, and with each other type in its place.
std::vector<Json> damaged_at(const Json& record, const Json::json_pointer& place) {
    std::vector<Json> damaged{record};
    Json& parent = damaged.front()[place.parent_pointer()];
    if (parent.is_array()) {
        parent.erase(static_cast<std::size_t>(std::stoul(place.back())));
    } else {
        parent.erase(place.back());
    }
    for (const Json& other : {Json(nullptr), Json(true), Json(-7), Json(1e308), Json("x"), Json::array(),
                              Json::object(), Json::array({Json::object()})}) {
        damaged.push_back(record);
        damaged.back()[place] = other;
    }
    return damaged;
}

/// Why a document is refused as a record of ours; "" if it is read into `record`.
std::string refusal_of(const Json& document, record::ExperimentRecord& record) {
    try {
        record = record::own_record_from_json(document);
        return "";
    } catch (const Error& error) {
        return error.message();
    }
}

/// All that a session reads of an experiment that is recorded already. False if the record is refused.
bool is_read(const Json& document) {
    const plan::PlannedExperiment& experiment = toy_plan().experiments.front();
    record::ExperimentRecord record;
    if (!refusal_of(document, record).empty() || record::check_place(record, kSession, experiment.id) ||
        record::check_against_plan(record, experiment)) {
        return false;
    }
    rollup::Rollup rollup(kSession);
    rollup.add(record);
    session::ControlRuns controls(Percent(2));
    (void)controls.add(record);
    (void)controls.add(record);
    (void)console::run_line(record);
    record::ExperimentRecord next;
    next.attempts = record.attempts;
    next.attempts.emplace_back().status = record::Status::ok;
    (void)record_to_json(next);
    rollup::SessionForecast forecast(toy_plan().settings, {&experiment, &toy_plan().experiments.back()}, {});
    forecast.end_experiment(experiment, next);
    const rollup::SessionMoment moment{rollup::Activity::training, &toy_plan().experiments.back(), Seconds(1e9)};
    (void)console::format_duration(forecast.rest_at(moment).duration.value_or(Seconds(0)));
    return true;
}

} // namespace

TEST_CASE("a record with any field missing or of another type is refused or read, but never crashes") {
    const Json record = whole_record_of_plan();
    REQUIRE(is_read(record));
    std::vector<Json::json_pointer> places;
    collect_places(record, Json::json_pointer(), places);
    REQUIRE(places.size() > 150);
    std::size_t refused = 0;
    std::size_t read = 0;
    for (const Json::json_pointer& place : places) {
        for (const Json& damaged : damaged_at(record, place)) {
            try {
                ++(is_read(damaged) ? read : refused);
            } catch (const std::exception& error) {
                FAIL_CHECK(place.to_string() << ": " << error.what());
            }
        }
    }
    CHECK(refused > 200);
    CHECK(read > 200);
}

TEST_CASE("summarize refuses or reads a record with any field missing, and says which") {
    const test::TemporaryFolder folder;
    const Json record = whole_record_of_plan();
    const std::filesystem::path session = folder.path() / kSession;
    const std::filesystem::path file = session / record.at("experiment_id").get<std::string>() / "experiment.json";
    std::vector<Json::json_pointer> places;
    collect_places(record, Json::json_pointer(), places);
    for (const Json::json_pointer& place : places) {
        if (place.to_string().find("/environment") == 0 || place.to_string().find("/gpus/1") == 0) {
            continue; // read as a whole only, or as its neighbour is
        }
        INFO(place.to_string());
        test::write_text(file, damaged_at(record, place).front().dump());
        const rollup::SummarizeResult result = rollup::summarize_session(session, toy::registry());
        CHECK(result.records + result.refused.size() == 1);
    }
}

TEST_CASE("summarize refuses a record of a session of ours that has no schema_version, but not one of v3.0's") {
    const test::TemporaryFolder folder;
    Json record = whole_record_of_plan();
    record.erase("schema_version");
    const std::filesystem::path session = folder.path() / kSession;
    const std::filesystem::path file = session / record.at("experiment_id").get<std::string>() / "experiment.json";
    test::write_text(file, record.dump());
    CHECK(rollup::summarize_session(session, toy::registry()).records == 1);
    test::write_text(session / "session.json", Json{{"schema_version", 1}, {"session", kSession}}.dump());
    const rollup::SummarizeResult result = rollup::summarize_session(session, toy::registry());
    CHECK(result.records == 0);
    REQUIRE(result.refused.size() == 1);
    CHECK(result.refused.front() == std::filesystem::canonical(file).string() + ": $.schema_version is missing");
}

TEST_CASE("an attempt without a duration is left out of the forecast") {
    Json record = whole_record_of_plan();
    record["attempts"][0].erase("duration_seconds");
    record["attempts"][0]["energy_metrics"].clear();
    CHECK(is_read(record));
    record["attempts"][0]["duration_seconds"] = "long";
    record::ExperimentRecord refused;
    CHECK(refusal_of(record, refused) == "$.attempts[0].duration_seconds is \"long\", not a number");
}
