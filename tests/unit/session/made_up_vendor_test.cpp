#include "catch.hpp"

#include "fakes.hpp"
#include "mutation/session/worker.hpp"
#include "mutation/system/clock.hpp"

#include <cmath>
#include <fstream>
#include <thread>

// Another vendor's GPUs are one implementation of GpuSource. This file has one, and a worker measures a training with
// it. A real source also needs its finder: docs/CONTRIBUTING.md, "A sensor".

using namespace mutation;

namespace {

constexpr double kLevel = 150;  // watts
constexpr double kSwing = 50;   // watts
constexpr double kPeriod = 0.9; // seconds
constexpr Seconds kInterval{0.02};
constexpr double kPi = 3.14159265358979323846;

Watts power_at(MonotonicTime time) {
    return Watts(kLevel + kSwing * std::sin(2 * kPi * Seconds(time.time_since_epoch()).count() / kPeriod));
}

Joules energy_over(const energy::Window& window) {
    const auto phase = [](MonotonicTime time) { return 2 * kPi * Seconds(time.time_since_epoch()).count() / kPeriod; };
    return Watts(kLevel) * window.length() +
           Joules(kSwing * kPeriod / (2 * kPi) * (std::cos(phase(window.start)) - std::cos(phase(window.end))));
}

/// Two cards of "Acme", of which ACME_VISIBLE names the one that a training sees.
class AcmeSource final : public sensors::GpuSource {
public:
    explicit AcmeSource(energy::Window& measured) : measured_(measured) {
        facts_.method = "acme_meter";
        facts_.name = "acme-meter";
        facts_.sample_interval = kInterval;
        for (const int index : {0, 1}) {
            sensors::GpuInfo gpu;
            gpu.index = index;
            gpu.uuid = "ACME-" + std::to_string(index);
            gpu.name = "Acme One";
            facts_.gpus.push_back(gpu);
            energy::PowerField field;
            field.name = "board_power";
            field.accuracy = Percent(1);
            field.accuracy_source = "Acme's data sheet";
            facts_.fields.push_back(field);
        }
        facts_.findings = {"2 GPUs by acme-meter"};
    }

    [[nodiscard]] const sensors::GpuSourceFacts& facts() const override { return facts_; }
    [[nodiscard]] sensors::VisibleGpus find_visible(const std::vector<std::string>& environment) const override {
        const bool is_second = std::find(environment.begin(), environment.end(), "ACME_VISIBLE=1") != environment.end();
        return {{!is_second, is_second}, std::nullopt};
    }
    void start_recording(const std::filesystem::path&, MonotonicTime since) override { since_ = since; }
    [[nodiscard]] energy::GpuTimelines stop_recording(const energy::Window& window, const sensors::Patience&) override {
        measured_ = window;
        energy::GpuTimelines timelines;
        for (std::size_t gpu = 0; gpu < facts_.gpus.size(); ++gpu) {
            energy::GpuTimeline timeline;
            timeline.index = facts_.gpus[gpu].index;
            timeline.uuid = facts_.gpus[gpu].uuid;
            timeline.name = facts_.gpus[gpu].name;
            timeline.field = facts_.fields[gpu];
            const auto step = std::chrono::duration_cast<std::chrono::nanoseconds>(kInterval);
            for (MonotonicTime time = since_; time <= system::monotonic_now(); time += step) {
                timeline.power.push_back({time, power_at(time)});
                ++timeline.readings;
            }
            timeline.temperature.add(Celsius(40));
            timeline.temperature_before = Celsius(35);
            timeline.throttle_reasons = {"acme_limit"};
            timeline.counter_start = energy::CounterReading{window.start, Joules(1000)};
            timeline.counter_end = energy::CounterReading{window.end, Joules(1000) + energy_over(window)};
            timelines.gpus.push_back(std::move(timeline));
        }
        timelines.gpus[1].foreign_processes = {{4242, "their_job"}};
        return timelines;
    }
    bool wait_until_after(MonotonicTime time, Seconds limit, int) override {
        const auto most = std::chrono::duration_cast<std::chrono::nanoseconds>(limit);
        std::this_thread::sleep_until(std::min(time, system::monotonic_now() + most));
        return system::monotonic_now() >= time;
    }
    [[nodiscard]] std::optional<std::string> silence() const override { return std::nullopt; }
    [[nodiscard]] std::optional<Watts> current_power(std::size_t) const override {
        return power_at(system::monotonic_now());
    }
    [[nodiscard]] std::optional<Celsius> current_temperature(std::size_t) const override { return Celsius(40); }
    void add_poll_fds(std::vector<pollfd>&) const override {}
    void on_poll(const std::set<pid_t>&) override {}
    [[nodiscard]] std::set<pid_t> processes() const override { return {}; }

private:
    sensors::GpuSourceFacts facts_;
    MonotonicTime since_{};
    energy::Window& measured_;
};

/// A repository whose training takes a second and sees the GPU that `visible` names.
config::Registry registry_in(const std::filesystem::path& folder, const std::string& visible) {
    std::ofstream(folder / "train.sh") << "#!/bin/sh\nsleep 1\necho accuracy: 0.5\n";
    std::filesystem::permissions(folder / "train.sh", std::filesystem::perms::owner_all);
    const config::Registry toys = toy::registry();
    config::Repository repository = *toys.find("toy");
    repository.directory = repository.base = folder;
    repository.train_script = "train.sh";
    repository.environment = {{"ACME_VISIBLE", visible}};
    return {{repository}};
}

} // namespace

TEST_CASE("a worker measures a training with another vendor's GPUs", "[worker]") {
    const test::TemporaryFolder folder;
    const bool sees_second = GENERATE(false, true);
    const config::Registry registry = registry_in(folder.path(), sees_second ? "1" : "0");
    const record::SessionStore store = record::SessionStore::create(folder.path() / "results", WallTime());
    system::SignalFd signals;
    run::Interruption interruption;
    test::FakeListener listener;
    energy::Window measured{};
    sensors::SensorSources sources;
    sources.sysfs = folder.path() / "sys";
    session::Worker worker(
        session::WorkerSetup{.registry = registry,
                             .store = store,
                             .signals = signals,
                             .interruption = interruption,
                             .settings = {0, Seconds(0.2), std::nullopt, false},
                             .machine = {}},
        std::make_unique<sensors::Sensors>(sources, sensors::FoundGpus{std::make_unique<AcmeSource>(measured), ""}),
        listener);
    worker.begin();
    const record::ExperimentRecord record = worker.run(test::plan_of_defaults(1).experiments.front());

    INFO(record.last_attempt().error_message);
    REQUIRE(record::is_success(record.status()));
    const energy::GpuEnergy& gpu = record.last_attempt().measurement.gpu;
    REQUIRE(gpu.energy.has_value());
    CHECK(measured.length() == record.last_attempt().duration);
    CHECK(std::abs((*gpu.energy - energy_over(measured)).value()) <= gpu.quality.uncertainty->value());
    CHECK(gpu.quality.uncertainty->value() < 0.05 * gpu.energy->value());
    CHECK(gpu.quality.method == "acme_meter");
    CHECK(gpu.quality.power_field == "board_power");
    CHECK(gpu.quality.sensor_accuracy == Percent(1));
    CHECK(gpu.quality.counter_energy->value() == Approx(energy_over(measured).value()));
    REQUIRE(gpu.devices.size() == 2);
    CHECK(gpu.devices[0].is_counted != sees_second);
    CHECK(gpu.devices[1].is_counted == sees_second);
    const energy::Contamination& contamination = record.last_attempt().measurement.contamination;
    CHECK(contamination.throttle_reasons == std::vector<std::string>{"acme_limit"});
    CHECK(contamination.gpu_processes.size() == (sees_second ? 1 : 0));
    CHECK(gpu.quality.verdict == (sees_second ? energy::Verdict::poor : energy::Verdict::good));
    CHECK(record.last_attempt().measurement.net.gpu_idle.has_value());
    CHECK(record.last_attempt().measurement.start_temperature == Celsius(35));
    CHECK(record.environment->sensors.gpus.at(1).uuid == "ACME-1");
    CHECK(std::find(listener.events.begin(), listener.events.end(), "2 GPUs by acme-meter") != listener.events.end());
}
