#include "catch.hpp"

#include "compared_sides.hpp"
#include "mutation/report/read_comparison_input.hpp"
#include "support/campaign.hpp"
#include "support/temporary_folder.hpp"

namespace mutation::report {
namespace {

/// 12 configurations with 3 runs each.
test::Campaign small_campaign(const std::string& name, std::uint64_t noise_seed) {
    test::Campaign campaign;
    campaign.name = name;
    campaign.configurations = 12;
    campaign.replicates = 3;
    campaign.noise_seed = noise_seed;
    campaign.control_every = 10;
    return campaign;
}

Comparison compare_folders(const std::vector<std::filesystem::path>& a, const std::vector<std::filesystem::path>& b) {
    return compare(read_comparison_input(a, nullptr), read_comparison_input(b, nullptr));
}

} // namespace

TEST_CASE("a session's folder and its copy have every ratio at exactly 1", "[compare]") {
    const test::TemporaryFolder folder;
    const auto session = test::write_campaign(folder.path(), small_campaign("run_1", 0));
    std::filesystem::copy(session, folder.path() / "copy", std::filesystem::copy_options::recursive);
    const Comparison comparison = compare_folders({session}, {folder.path() / "copy"});
    CHECK(comparison.configurations.size() == 12);
    CHECK(comparison.a.compared == 36);
    REQUIRE(comparison.overall.size() == 5); // energy, duration, power, accuracy, loss
    for (const OverallOutcome& overall : comparison.overall) {
        CHECK(overall.contrast.value == 1);
        CHECK(overall.contrast.verdict == ComparisonVerdict::equivalent);
    }
    for (const ComparedOutcome& row : comparison.rows) {
        CHECK(row.contrast.value == 1);
    }
    CHECK_THAT(comparison.notes.at(0), Catch::Contains("36 runs are in both A and B"));
}

TEST_CASE("like sessions are equivalent, and 8 % more watts are found", "[compare]") {
    const test::TemporaryFolder folder;
    const auto before = test::write_campaign(folder.path(), small_campaign("run_1", 0));
    const auto like = test::write_campaign(folder.path(), small_campaign("run_2", 1));
    test::Campaign more = small_campaign("run_3", 2);
    more.watts *= 1.08;
    const auto after = test::write_campaign(folder.path(), more);
    const Comparison same = compare_folders({before}, {like});
    for (const OverallOutcome& overall : same.overall) {
        INFO(overall.outcome);
        CHECK((overall.contrast.verdict == ComparisonVerdict::equivalent ||
               overall.contrast.verdict == ComparisonVerdict::negligible));
    }
    const Comparison changed = compare_folders({before, like}, {after});
    CHECK(changed.configurations.size() == 12);
    CHECK(changed.rows.at(0).n_a == 6);
    CHECK(overall_of(changed, "energy").contrast.verdict == ComparisonVerdict::different);
    CHECK(overall_of(changed, "energy").contrast.value == Approx(1.08).margin(.02));
    CHECK(overall_of(changed, "power").contrast.verdict == ComparisonVerdict::different);
    CHECK(overall_of(changed, "duration").contrast.verdict != ComparisonVerdict::different);
    CHECK(overall_of(changed, "accuracy").higher_is_better == true);
    CHECK(find_worse(changed) == std::vector<std::string>{"energy"});
}

TEST_CASE("the row of a run says on which cards it was measured, and how well they are known", "[compare]") {
    const test::TemporaryFolder folder;
    const auto session = test::write_campaign(folder.path(), small_campaign("run_1", 0));
    const test::MadeCampaign made = test::make_campaign(small_campaign("run_1", 0));
    const energy::Measurement& measured = made.runs.at(0).record->last_attempt().measurement;
    const ComparisonInput input = read_comparison_input({session}, nullptr);
    const Devices& devices = input.groups.at(0).runs.at(0).devices;
    CHECK(devices.host == made.runs.at(0).record->environment->machine.host);
    CHECK(devices.cpu_accuracy.has_value());
    CHECK(devices.cpu_accuracy == measured.cpu.quality.sensor_accuracy);
    CHECK(devices.gpu_accuracy == measured.gpu.quality.sensor_accuracy);
    CHECK(devices.gpu_uuids.size() == measured.gpu.devices.size());
}

TEST_CASE("sessions of v3.0 are compared, with a note that their machine is not known", "[compare]") {
    const test::TemporaryFolder folder;
    test::Campaign old = small_campaign("mutation_2026", 0);
    old.is_of_v3 = true;
    old.control_every = 0;
    const auto session = test::write_campaign(folder.path(), old);
    old.name = "mutation_2027";
    old.noise_seed = 1;
    const Comparison comparison = compare_folders({session}, {test::write_campaign(folder.path(), old)});
    CHECK(comparison.configurations.size() == 12);
    CHECK_FALSE(comparison.is_refused);
    CHECK_THAT(comparison.notes.at(0), Catch::Contains("do not say on which machine"));
}

} // namespace mutation::report
