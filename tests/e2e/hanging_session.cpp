#include "hanging_session.hpp"

#include "catch.hpp"

#include "json_schema.hpp"

namespace mutation::e2e {

void let_hang(Lab& lab, const Json& ignored) {
    lab.training = {{"ignore", ignored},
                    {"runs", Json::parse(
                                 R"([[{"print": "accuracy: 1\n"}],
                 [{"spawn": 300, "setsid": true}, {"sleep": 0.8}, {"print": "on\n"}, {"hang": true}]])")}};
}

bool second_runs(const Lab& lab) {
    return eventually(
        [&] {
            return lab.journal("training", "start").size() == 2 &&
                   read_text(lab.session() / "toy_tiny_002/training.log") == "on\n";
        },
        60);
}

void check_interrupted(const Lab& lab) {
    REQUIRE(lab.experiments().size() == 2);
    CHECK(lab.record(0)["status"] == "ok");
    Json record = lab.record(1);
    CHECK(record["status"] == "interrupted");
    CHECK(record["training_success"] == false);
    CHECK(record["energy_metrics"]["gpu_energy_total_joules"].is_number());
    CHECK(record_problems(record) == "");
    CHECK(lab.summary().size() == 2);
    CHECK(processes_of(lab.root()).empty());
}

} // namespace mutation::e2e
