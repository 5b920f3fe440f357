#include "catch.hpp"

#include "fakes/curve.hpp"
#include "lab.hpp"

// Energy of the real tool in real time, held against curves whose integral is known.

namespace mutation::e2e {

namespace {

struct Lifetime {
    double start;
    double end;
};

Lifetime run_for(Lab& lab, double seconds) {
    lab.training = {{"steps", Json::array({{{"sleep", seconds}}, {{"print", "accuracy: 0.9\n"}}})}};
    const auto result = lab.run(lab.toy_run(1));
    INFO(result.all());
    REQUIRE(result.exit_code == 0);
    return {lab.journal("training", "start").at(0)["monotonic"].get<double>() - lab.t0(),
            lab.journal("training", "end").at(0)["monotonic"].get<double>() - lab.t0()};
}

double truth_of(const Json& curve, const Lifetime& lifetime) {
    return fakes::curve_from_json(nlohmann::json(curve)).integral(lifetime.start, lifetime.end);
}

const Json kConstant = 250;
const Json kSine = {{"kind", "sine"}, {"level", 220}, {"amplitude", 80}, {"period", 3.1}};
const Json kSquare = {{"kind", "square"}, {"level", 80}, {"amplitude", 200}, {"period", 1.3}, {"duty", 0.4}};
const Json kSaw = {{"kind", "saw"}, {"level", 60}, {"amplitude", 240}, {"period", 1.7}};

/// What `nvidia-smi` shows of such a card: the mean over the last tenth of a second, or over the last second.
Json rtx_3090(const Json& power) {
    return {{"name", "NVIDIA GeForce RTX 3090"},
            {"power", power},
            {"update", 0.1},
            {"averaging", {{"power.draw.instant", 0.1}, {"power.draw", 1.0}, {"power.draw.average", 1.0}}}};
}

} // namespace

TEST_CASE("five seconds and more of any curve come out within 2 %, and within the stated bound", "[truth]") {
    Lab lab;
    lab.smi["gpus"] = Json::array();
    const std::vector<Json> curves{kConstant, kSine, kSquare, kSaw};
    for (std::size_t i = 0; i < curves.size(); ++i)
        lab.smi["gpus"].push_back(rtx_3090(curves[i]));
    lab.perf["events"]["power/energy-pkg/"] = kSine;
    const Lifetime lifetime = run_for(lab, 7);
    Json record = lab.record();
    double sum = 0;
    REQUIRE(record["gpus"].size() == curves.size());
    for (std::size_t i = 0; i < curves.size(); ++i) {
        const double truth = truth_of(curves[i], lifetime);
        sum += truth;
        INFO(curves[i] << " " << record["gpus"][i]);
        CHECK(record["gpus"][i]["energy_joules"].get<double>() == Approx(truth).epsilon(i == 0 ? 0.005 : 0.02));
    }
    const double figure = record["energy_metrics"]["gpu_energy_total_joules"];
    const double bound = record["energy_quality"]["gpu"]["uncertainty_joules"];
    WARN("GPU: " << figure << " J, truth " << sum << " J, bound " << bound << " J");
    CHECK(std::abs(figure - sum) <= bound);
    CHECK(bound < 0.1 * sum);
    const double cpu = record["energy_metrics"]["cpu_energy_pkg_joules"];
    const double cpu_truth = truth_of(kSine, lifetime);
    const double cpu_bound = record["energy_quality"]["cpu"]["uncertainty_joules"];
    WARN("CPU: " << cpu << " J, truth " << cpu_truth << " J, bound " << cpu_bound << " J");
    CHECK(cpu == Approx(cpu_truth).epsilon(0.02));
    // The memory's part has a bound too, hence the total's.
    CHECK(std::abs(cpu - cpu_truth) <= cpu_bound + 0.5);
}

TEST_CASE("twenty seconds of a smooth curve come out within 0.5 %", "[truth]") {
    Lab lab;
    lab.smi["gpus"][0] = rtx_3090(kSine);
    const Lifetime lifetime = run_for(lab, 20);
    Json record = lab.record();
    const double truth = truth_of(kSine, lifetime);
    const double figure = record["energy_metrics"]["gpu_energy_total_joules"];
    const double bound = record["energy_quality"]["gpu"]["uncertainty_joules"];
    WARN("GPU: " << figure << " J, truth " << truth << " J, bound " << bound << " J");
    CHECK(figure == Approx(truth).epsilon(0.005));
    CHECK(std::abs(figure - truth) <= bound);
}

TEST_CASE("a slow nvidia-smi and a card that averages over a second are allowed for", "[truth]") {
    Lab lab;
    lab.smi["start_latency"] = 1.5;
    lab.smi["query_time"] = 0.2;
    lab.smi["gpus"][0] = rtx_3090(kSine);
    lab.smi["unknown_fields"] = {"power.draw.instant"};
    const Lifetime lifetime = run_for(lab, 8);
    Json record = lab.record();
    const double truth = truth_of(kSine, lifetime);
    const double figure = record["energy_metrics"]["gpu_energy_total_joules"];
    const double bound = record["energy_quality"]["gpu"]["uncertainty_joules"];
    WARN("GPU: " << figure << " J, truth " << truth << " J, bound " << bound << " J");
    CHECK(figure == Approx(truth).epsilon(0.02));
    CHECK(std::abs(figure - truth) <= bound);
}

} // namespace mutation::e2e
