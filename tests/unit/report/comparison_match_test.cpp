#include "catch.hpp"

#include "compared_sides.hpp"
#include "mutation/report/comparison.hpp"
#include "mutation/report/comparison_text.hpp"

namespace mutation::report {
namespace {

const std::vector<double> kFirst{101, 103, 99, 102, 100};
const std::vector<double> kSecond{108, 110, 107, 111, 109};

} // namespace

TEST_CASE("configurations of one side alone are listed with the reason", "[compare]") {
    SideMaker a("a");
    SideMaker b("b");
    a.with(5, kFirst).with(6, {100, 101}).with(7, {100});
    b.with(5, kSecond).with(8, {100, 101, 102});
    Run& failed = b.add(7, 100);
    failed.exclusion = Exclusion{failed.key, Stage::succeeded, "failed: out of memory"};
    const Comparison comparison = compare(a.input, b.input);
    CHECK(comparison.configurations.size() == 1);
    REQUIRE(comparison.a.unmatched.size() == 2);
    CHECK(comparison.a.unmatched[0].runs == 2);
    CHECK(comparison.a.unmatched[0].reason == "B has no run with these values");
    CHECK(comparison.a.unmatched[1].reason == "no run of it in B could be used: failed: out of memory");
    REQUIRE(comparison.b.unmatched.size() == 1);
    CHECK(comparison.b.unmatched[0].runs == 3);
    CHECK(comparison.a.planned == 8);
    CHECK(comparison.a.compared == 5);
    CHECK(comparison.b.planned == 9);
    CHECK(comparison.b.compared == 5);
    REQUIRE(comparison.b.left_out.size() == 1);
    CHECK(comparison.b.left_out[0].reason == "failed: out of memory");
}

TEST_CASE("flagged runs and control runs are left out of a comparison", "[compare]") {
    SideMaker a("a");
    SideMaker b("b");
    a.with(5, kFirst);
    b.with(5, kSecond);
    const double without = overall_of(compare(a.input, b.input), "energy").contrast.value;
    Run& flagged = b.add(5, 9000);
    flagged.flags = {{flagged.key, "another process used the GPU", FlagSource::record}};
    b.add(5, 9000).is_control = true;
    const Comparison comparison = compare(a.input, b.input);
    CHECK(overall_of(comparison, "energy").contrast.value == without);
    CHECK(comparison.b.planned == 6);
    REQUIRE(comparison.b.left_out.size() == 1);
    CHECK(comparison.b.left_out[0].stage == Stage::unflagged);
    CHECK(comparison.b.left_out[0].run.experiment_id == "digits_6");
}

TEST_CASE("the order of the values and the seed do not matter for a match", "[compare]") {
    SideMaker a("a");
    SideMaker b("b");
    a.add(5, 100).values.insert(a.group().runs[0].values.begin(), {"optimizer", std::string("sgd"), false});
    b.add(5, 100).values.push_back({"optimizer", std::string("sgd"), true});
    CHECK(compare(a.input, b.input).configurations.size() == 1);
    b.group().runs[0].values.back().value = std::string("adam");
    CHECK(compare(a.input, b.input).configurations.empty());
}

TEST_CASE("another model or background is not matched", "[compare]") {
    SideMaker a("a");
    SideMaker b("b");
    a.with(5, kFirst);
    b.with(5, kSecond);
    b.group().key.background = BackgroundKey{"digits", "cnn", {}, true};
    const Comparison comparison = compare(a.input, b.input);
    CHECK(comparison.configurations.empty());
    CHECK(comparison.a.unmatched.at(0).reason == "B has no run of digits/mlp without a background");
    CHECK(comparison.b.unmatched.at(0).reason == "A has no run of digits/mlp beside this background");
    CHECK_FALSE(comparison.is_refused);
    CHECK_THAT(find_not_comparable(comparison).value(), Catch::Contains("no configuration has usable runs in both"));
    b.group().key.background.reset();
    b.group().key.model = "cnn";
    CHECK(compare(a.input, b.input).a.unmatched.at(0).reason == "B has no run of digits/mlp");
}

TEST_CASE("sessions of two machines are refused, with the facts that differ", "[compare]") {
    SideMaker a("a");
    SideMaker b("b");
    a.with(5, kFirst);
    b.with(5, kSecond);
    b.group().key.machine.governor = "powersave";
    const Comparison refused = compare(a.input, b.input);
    CHECK(refused.is_refused);
    CHECK(refused.overall.empty());
    REQUIRE(refused.machine_differences.size() == 1);
    CHECK(refused.machine_differences[0].fact == "governor");
    const std::string why = find_not_comparable(refused).value();
    CHECK_THAT(why, Catch::Contains("digits/mlp: the governor differs: \"performance\" in A, \"powersave\" in B"));
    CHECK_THAT(why, Catch::Contains("--across-machines"));
    b.group().key.machine.governor = "performance";
    CHECK_FALSE(compare(a.input, b.input).is_refused);
    // Another card of the same kind has another gain error.
    b.group().runs[0].devices.gpu_uuids = {"GPU-2222"};
    CHECK(compare(a.input, b.input).machine_differences.at(0).fact == "GPU cards");
}

TEST_CASE("without GPUs, the host decides whether the machine is the same", "[compare]") {
    SideMaker a("a");
    SideMaker b("b");
    a.with(5, kFirst);
    b.with(5, kSecond);
    b.group().runs[0].devices.host = "host2";
    CHECK_FALSE(compare(a.input, b.input).is_refused); // the cards are the same
    for (SideMaker* side : {&a, &b}) {
        for (Run& run : side->group().runs) {
            run.devices.gpu_uuids.clear();
        }
    }
    CHECK(compare(a.input, b.input).machine_differences.at(0).fact == "host");
}

TEST_CASE("across machines, the sensors' gain errors widen the interval of energy alone", "[compare]") {
    SideMaker a("a");
    SideMaker b("b");
    a.with(5, kFirst);
    b.with(5, kSecond);
    const Contrast same = overall_of(compare(a.input, b.input), "energy").contrast;
    b.group().key.machine.gpus = {"GPU 2"};
    for (Run& run : b.group().runs) {
        run.devices.cpu_accuracy = Percent(2); // of a quarter of the energy; the GPU's 5 % of three quarters
    }
    const Comparison across = compare(a.input, b.input, {std::nullopt, Machines::across});
    const Contrast wide = overall_of(across, "energy").contrast;
    CHECK(wide.value == same.value);
    CHECK(wide.ci95->low == Approx(same.ci95->low / 1.05 / 1.0425));
    CHECK(wide.ci95->high == Approx(same.ci95->high * 1.05 * 1.0425));
    CHECK(*wide.p > *same.p);
    CHECK(wide.verdict == ComparisonVerdict::cannot_tell);
    CHECK_THAT(*wide.reason, Catch::Contains("gain errors"));
    CHECK_FALSE(wide.needed_n);
    CHECK(overall_of(across, "power").contrast.ci95->low == Approx(wide.ci95->low));
    CHECK(overall_of(across, "duration").contrast.ci95->high == 1);
    b.group().runs[0].devices.gpu_accuracy.reset();
    const Comparison unknown = compare(a.input, b.input, {std::nullopt, Machines::across});
    CHECK_THAT(unknown.notes.at(1), Catch::Contains("is not known"));
}

TEST_CASE("groups of the same machine are matched first", "[compare]") {
    SideMaker a("a");
    SideMaker b("b");
    a.with(5, kFirst);
    b.with(5, kSecond);
    Group other = b.group();
    other.key.machine.driver = "560.2";
    b.input.groups.insert(b.input.groups.begin(), other);
    const Comparison comparison = compare(a.input, b.input);
    CHECK_FALSE(comparison.is_refused);
    CHECK(comparison.configurations.size() == 1);
    CHECK(comparison.b.unmatched.at(0).reason == "A has no usable run on this machine");
}

TEST_CASE("only the parts of the energy that both sides have are compared", "[compare]") {
    SideMaker a("a");
    SideMaker b("b");
    a.with(5, kFirst);
    b.with(5, kSecond);
    b.group().energy_parts = {EnergyPart::gpu};
    for (Run& run : b.group().runs) {
        run.cpu_energy.reset();
        run.energy = run.gpu_energy;
    }
    const Comparison comparison = compare(a.input, b.input);
    CHECK(overall_of(comparison, "energy").contrast.value == Approx(1.079223).margin(5e-7));
    CHECK(rows_of(comparison, "energy").at(0).value_a == Approx(.75 * 100.99).epsilon(1e-4));
    CHECK_THAT(comparison.notes.at(0), Catch::Contains("only the energy of the GPUs is compared"));
    b.group().energy_parts.clear();
    b.group().no_energy = "no run has a measured energy: no sensor";
    const Comparison without = compare(a.input, b.input);
    CHECK(without.overall.at(0).outcome == "duration");
    CHECK_THAT(without.notes.at(0), Catch::Contains("In B: no run has a measured energy: no sensor"));
}

} // namespace mutation::report
