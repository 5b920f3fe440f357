#include "catch.hpp"

#include "parallel_lab.hpp"

namespace mutation::e2e {

namespace {

using Catch::Contains;

Json estimate(Lab& lab, std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--dry-run", "--json"});
    return Json::parse(lab.run(arguments).out);
}

Json fixed_epochs(int epochs) {
    return {{"mode", "default"}, {"repo", "toy"}, {"model", "tiny"}, {"hyperparameters", {{"epochs", epochs}}}};
}

} // namespace

TEST_CASE("a dry run says that there is no past session", "[estimate]") {
    ParallelLab lab;
    const auto arguments = lab.session_of({fixed_epochs(10)});
    const Json plan = estimate(lab, arguments);
    CHECK(plan["expected_seconds"].is_null());
    CHECK(plan["expected_joules"].is_null());
    CHECK(plan["expected_known_experiments"] == 0);
    CHECK(plan["expected_basis"] == "no past session to estimate from");
    auto for_people = arguments;
    for_people.push_back("--dry-run");
    CHECK_THAT(lab.run(for_people).out, Contains("expected: unknown (no past session to estimate from)"));
}

TEST_CASE("a dry run estimates duration and energy from past sessions, scaled by epochs", "[estimate]") {
    ParallelLab lab;
    lab.train_for(0.6);
    REQUIRE(lab.run(lab.session_of({fixed_epochs(10), fixed_epochs(10)})).exit_code == 0);
    double seconds = 0;
    double joules = 0;
    for (std::size_t i = 0; i < 2; ++i) {
        Json record = lab.record(i);
        seconds += record["duration_seconds"].get<double>();
        joules += record["energy_metrics"]["cpu_energy_total_joules"].get<double>() +
                  record["energy_metrics"]["gpu_energy_total_joules"].get<double>();
    }
    const auto again = lab.session_of({fixed_epochs(10), fixed_epochs(40)}, {{"cooldown_seconds", 100}});
    const Json plan = estimate(lab, again);
    CHECK(plan["expected_seconds"].get<double>() == Approx(100 + 5 * seconds / 2));
    CHECK(plan["expected_joules"].get<double>() == Approx(5 * joules / 2));
    CHECK(plan["expected_known_experiments"] == 2);
    CHECK(plan["expected_basis"] == "2 of 2 trainings known from 2 past runs");
    auto for_people = again;
    for_people.push_back("--dry-run");
    CHECK_THAT(lab.run(for_people).out,
               Contains("expected: 1 min") && Contains(" J for the trainings (2 of 2") && Contains("it ends about 2"));
}

TEST_CASE("the status block estimates the session's end and energy, also from its own runs", "[estimate]") {
    ParallelLab lab;
    lab.on_terminal = true;
    lab.environment["TERM"] = "xterm-256color";
    lab.train_for(1.2);
    const auto arguments = lab.session_of({fixed_epochs(10), fixed_epochs(10)});
    const auto first = lab.run(arguments);
    CHECK(first.exit_code == 0);
    CHECK_THAT(first.out, Contains("its end is unknown: no past session to estimate from"));
    CHECK_THAT(first.out, Contains("left, until 2") && Contains("1 of 1 training known from 1 past run"));
    const auto second = lab.run(arguments);
    CHECK_THAT(second.out, Contains(" J (2 of 2 trainings known from 2 past runs)"));
}

} // namespace mutation::e2e
