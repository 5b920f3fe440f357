#include "mutation/measure/sensors.hpp"

#include "mutation/measure/cpu_sensor.hpp"
#include "mutation/system/clock.hpp"

namespace mutation::measure {

struct Sensors::State {
    explicit State(SensorSources given) : sources(std::move(given)), cpu(sources.perf, sources.sysfs) {}

    SensorSources sources;
    CpuSensor cpu;
};

Sensors::Sensors(SensorSources sources) : state_(std::make_unique<State>(std::move(sources))) {}
Sensors::~Sensors() = default;

std::vector<std::string> Sensors::findings() const { return {}; }
std::vector<std::string> Sensors::warnings() const { return {"no CPU energy: " + state_->cpu.reason()}; }
Json Sensors::describe() const { return Json::object(); }
bool Sensors::can_measure() const { return false; }
void Sensors::measure_baseline(Seconds, const std::filesystem::path&, int) {}
AttemptSensors Sensors::start_attempt(const std::filesystem::path& energy, const std::vector<std::string>&, int) {
    AttemptSensors attempt;
    attempt.wrapper = state_->cpu.start(energy);
    attempt.wrapper_fds = state_->cpu.wrapper_fds();
    return attempt;
}
Measurement Sensors::finish_attempt(const AttemptFacts& facts, int) {
    Measurement measurement;
    if (facts.window) {
        measurement.cpu = state_->cpu.finish({facts.perf_spawned, facts.launcher_up, facts.perf_refused, facts.perf_crash, facts.perf_messages}, *facts.window);
    }
    return measurement;
}
void Sensors::add_poll_fds(std::vector<pollfd>&) const {}
void Sensors::on_poll() { state_->cpu.on_poll(system::real_clock().monotonic()); }
std::set<pid_t> Sensors::processes() const { return {}; }
std::optional<Watts> Sensors::current_cpu_power() const { return state_->cpu.current_power(); }
std::optional<Watts> Sensors::current_gpu_power() const { return std::nullopt; }

} // namespace mutation::measure
