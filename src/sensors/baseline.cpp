#include "mutation/energy/mean_and_spread.hpp"
#include "mutation/system/file.hpp"
#include "mutation/system/process_tree.hpp"
#include "mutation/system/user.hpp"
#include "sensors_state.hpp"

#include <fmt/format.h>

namespace mutation::sensors {

namespace {

energy::IdlePower idle_power(const std::vector<energy::PowerSample>& samples) {
    energy::MeanAndSpread power;
    for (const energy::PowerSample& sample : samples) {
        power.add(sample.power.value());
    }
    return {Watts(power.mean()), Watts(power.spread())};
}

} // namespace

std::string Sensors::measure_baseline(Seconds length, const std::filesystem::path& folder, int stop_fd,
                                      const std::set<pid_t>& companions) {
    system::create_directories(folder);
    State& state = *state_;
    if (state.sampler) {
        state.start_gpus(folder, kSecondChance, stop_fd);
        state.is_outage_told = true; // a GPU that stays silent is reported at the baseline's end
    }
    PerfRun run;
    run.spawned = system::monotonic_now();
    std::vector<std::string> wrapper = state.cpu.start(folder);
    system::Child perf;
    if (!wrapper.empty()) {
        system::SpawnRequest request;
        request.argv = std::move(wrapper);
        request.argv.insert(request.argv.end(), {"sleep", fmt::format("{}", length.count())});
        request.fds = state.cpu.wrapper_fds();
        request.environment = system::plain_environment();
        const system::RootScope root;
        perf = system::spawn(request);
    }
    run.launcher_up = system::monotonic_now();
    const MonotonicTime end = later(run.launcher_up, length);
    bool is_stopped = false;
    while (system::monotonic_now() < end && !is_stopped) {
        std::vector<pollfd> fds{{stop_fd, POLLIN, 0}};
        add_poll_fds(fds);
        const Seconds left = end - system::monotonic_now();
        ::poll(fds.data(), fds.size(), std::clamp(static_cast<int>(left.count() * 1000) + 1, 1, 1000));
        is_stopped = fds[0].revents != 0;
        on_poll();
    }
    const energy::Window window{run.launcher_up, system::monotonic_now()};
    if (perf.is_running()) {
        perf.wait_for(is_stopped ? Seconds(0.1) : Seconds(3));
        const system::RootScope root;
        perf.kill_and_reap();
        std::set<pid_t> spared = processes();
        spared.insert(companions.begin(), companions.end());
        system::end_descendants(spared, Seconds(0)); // what perf ran meanwhile, where it was stopped early
    }
    const energy::CpuEnergy cpu = state.cpu.finish(run, window);
    if (can_measure_cpu() && !cpu.total && state.cpu.lack().empty() && !is_stopped) {
        state.alerts.push_back("no CPU energy was measured on the idle machine: " + cpu.quality.reason.value_or(""));
    }
    energy::IdleBaseline baseline{
        cpu.total ? std::optional(*cpu.total / window.length()) : std::nullopt, cpu.spread, {}};
    const std::string spread = cpu.spread ? fmt::format(" +- {:.1f}", cpu.spread->value()) : "";
    std::string found = cpu.total ? fmt::format("CPU {:.1f}{} W", baseline.cpu->value(), spread) : "";
    if (state.sampler) {
        state.sampler->stop();
        if (!is_stopped) {
            state.report_idle_gpus();
        }
        for (std::size_t gpu = 0; gpu < state.sampler->gpus().size(); ++gpu) {
            const std::vector<energy::PowerSample> samples = state.sampler->power_samples(gpu);
            baseline.gpus.push_back(samples.empty() ? std::nullopt : std::optional(idle_power(samples)));
            if (!samples.empty()) {
                found += fmt::format("{}GPU {} {:.1f} +- {:.1f} W", found.empty() ? "" : ", ",
                                     state.sampler->gpus()[gpu].index, baseline.gpus.back()->mean.value(),
                                     baseline.gpus.back()->spread.value());
            }
        }
    }
    state.baseline = is_stopped ? std::nullopt : std::optional(std::move(baseline));
    return found;
}

} // namespace mutation::sensors
