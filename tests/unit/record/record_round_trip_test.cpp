#include "catch.hpp"

#include "mutation/record/experiment_record.hpp"
#include "support/temporary_folder.hpp"

#include <filesystem>

using namespace mutation;
using namespace mutation::record;

namespace fs = std::filesystem;

namespace {

Json data(const std::string& name) {
    return Json::parse(test::read_text(fs::path(MUTATION_SOURCE_DIR) / "tests/unit/record/data" / name));
}

/// Every pointer to a value that is not an object and no list.
std::vector<Json::json_pointer> leaves_of(const Json& document) {
    std::vector<Json::json_pointer> leaves;
    const Json flat = document.flatten();
    for (const auto& [pointer, value] : flat.items()) {
        leaves.emplace_back(pointer);
    }
    return leaves;
}

} // namespace

// The two records were written by 1.0, whose writer had no table; fields that are newer were added by hand.
TEST_CASE("a record is written back byte by byte, empty and full") {
    for (const char* name : {"full_record.json", "blank_record.json"}) {
        INFO(name);
        const Json document = data(name);
        CHECK(record_to_json(record_from_json(document)).dump(2) == document.dump(2));
    }
}

TEST_CASE("a record without figures is written as it always was") {
    ExperimentRecord blank;
    blank.attempts.resize(1);
    blank.timestamp = "1970-01-01T00:00:00.000000";
    CHECK(record_to_json(blank).dump(2) == data("blank_record.json").dump(2));
}

TEST_CASE("a record of 1.0 is read, with null for newer fields") {
    const Json document = data("full_record.json");
    Json older = document;
    for (Json& gpu : older["gpus"]) {
        gpu.erase("used_by_training");
    }
    for (Json& attempt : older["attempts"]) {
        attempt.erase("cut_off");
    }
    Json expected = document;
    expected["gpus"][1]["used_by_training"] = nullptr;
    CHECK(record_to_json(record_from_json(older)).dump(2) == expected.dump(2));
}

TEST_CASE("each changed value of a full record is read back") {
    const Json document = data("full_record.json");
    std::size_t changed = 0;
    for (const Json::json_pointer& pointer : leaves_of(document)) {
        Json other = document;
        Json& value = other[pointer];
        // The last attempt's figures are also the record's own, which count.
        if (!value.is_number_float() || pointer.to_string().rfind("/attempts/2/", 0) == 0) {
            continue;
        }
        value = value.get<double>() + 1000;
        const Json back = record_to_json(record_from_json(other));
        INFO(pointer.to_string());
        if (pointer.to_string() == "/failed_attempts_energy_joules") {
            CHECK(back[pointer] == document[pointer]); // it follows from the attempts
            continue;
        }
        CHECK(back[pointer] == other[pointer]);
        ++changed;
    }
    CHECK(changed > 100);
}

TEST_CASE("unknown members of an attempt's record are kept") {
    Json document = data("full_record.json");
    document["attempts"][0]["phase"] = "warm-up";
    document["attempts"][0]["energy_metrics"]["tpu_energy_joules"] = 7;
    const Json back = record_to_json(record_from_json(document));
    CHECK(back["attempts"][0]["phase"] == "warm-up");
    CHECK(back["attempts"][0]["energy_metrics"]["tpu_energy_joules"] == 7);
    CHECK(back["attempts"][1] == document["attempts"][1]);
}

TEST_CASE("a flat record of v3.0 is read, and missing fields count as not recorded") {
    const ExperimentRecord record = record_from_json(data("v3_flat.json"));
    CHECK(record.id == "examples_mnist_ff_001");
    CHECK(record.repository == "examples");
    CHECK(record.model == "mnist_ff");
    CHECK(record.attempts.size() == 1);
    CHECK(is_success(record.status()));
    CHECK(record.last_attempt().duration.has_value());
    CHECK_FALSE(record.last_attempt().window.has_value());
    CHECK(record.last_attempt().measurement.gpu.energy.has_value());
    CHECK(record.unrecorded.any());
    CHECK(record_from_json(data("full_record.json")).unrecorded.none());
}

TEST_CASE("a nested record of v3.0 is read as that of its foreground") {
    const Json document = data("v3_nested.json");
    const ExperimentRecord record = record_from_json(document);
    CHECK(record.id == "MRT-OAST_default_035_parallel");
    CHECK(record.mode == config::Mode::parallel);
    CHECK(record.repository == "MRT-OAST");
    CHECK(record.hyperparameters.size() == 5);
    CHECK(record.last_attempt().measurement.gpu.energy ==
          Joules(document["foreground"]["energy_metrics"]["gpu_energy_total_joules"].get<double>()));
    CHECK(record.last_attempt().metrics.at("f1") == 0.836527);
    REQUIRE(record.background.has_value());
    CHECK(record.background->repository == "examples");
    CHECK(record.background->model == "mnist");
}

TEST_CASE("v3.0's retries are counted, without other data") {
    Json document = data("v3_flat.json");
    document["retries"] = 3;
    document["training_success"] = false;
    const ExperimentRecord record = record_from_json(document);
    CHECK(record.retries() == 3);
    CHECK(record.status() == Status::failed);
    CHECK_FALSE(failed_attempts_energy(record) == std::nullopt); // the last attempt's
}

TEST_CASE("new metrics replace the old ones, and nothing else of a document changes") {
    for (const char* name : {"full_record.json", "v3_flat.json", "v3_nested.json"}) {
        INFO(name);
        Json document = data(name);
        const Json before = document;
        ExperimentRecord record = record_from_json(document);
        record.last_attempt().metrics = {{"accuracy", 0.5}, {"loss", std::nullopt}};
        update_document(document, record);
        Json& place = document.contains("foreground") ? document["foreground"] : document;
        CHECK(place["performance_metrics"] == Json{{"accuracy", 0.5}, {"loss", nullptr}});
        place["performance_metrics"] =
            (before.contains("foreground") ? before["foreground"] : before)["performance_metrics"];
        CHECK(document.dump() == before.dump());
    }
}

TEST_CASE("an attempt that is judged again changes dependent fields and keeps unknown members") {
    Json document = data("full_record.json");
    document["their_own"] = {1, 2};
    document["attempts"][0]["their_own"] = true;
    document["gpus"][0]["their_own"] = 7;
    ExperimentRecord record = record_from_json(document);
    record.attempts.front().status = Status::ok;
    record.attempts.front().remarks = {"judged again"};
    record.last_attempt().status = Status::failed;
    record.last_attempt().error_message = "exit status 1";
    Json expected = document;
    for (Json* place : {&expected, &expected["attempts"][2]}) {
        (*place)["status"] = "failed";
        (*place)["error_message"] = "exit status 1";
    }
    expected["training_success"] = false;
    expected["attempts"][0]["status"] = "ok";
    expected["attempts"][0]["remarks"] = {"judged again"};
    expected["failed_attempts_energy_joules"] = failed_attempts_energy(record)->value();
    update_document(document, record);
    CHECK(document.dump(2) == expected.dump(2));
}
