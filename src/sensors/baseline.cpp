#include "mutation/core/text.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/file.hpp"
#include "mutation/system/process_tree.hpp"
#include "mutation/system/user.hpp"
#include "sensors_state.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace mutation::sensors {

namespace {

/// perf around a training that does nothing for that long; not running if there is no `wrapper`.
system::Child start_perf(std::vector<std::string> wrapper, std::vector<system::PassedFd> fds, Seconds length) {
    if (wrapper.empty()) {
        return {};
    }
    system::SpawnRequest request;
    request.argv = std::move(wrapper);
    request.argv.insert(request.argv.end(), {"sleep", fmt::format("{}", length.count())});
    request.fds = std::move(fds);
    request.environment = system::plain_environment();
    const system::RootScope root;
    return system::spawn(request);
}

void end_perf(system::Child& perf, Seconds limit, const std::set<pid_t>& spared) {
    if (perf.is_running()) {
        perf.wait_for(limit);
        const system::RootScope root;
        perf.kill_and_reap();
        system::end_descendants(spared, Seconds(0)); // what perf ran meanwhile, if it was stopped early
    }
}

std::string describe_idle_cpu(const energy::IdleBaseline& idle) {
    const std::string spread = idle.cpu_spread ? fmt::format(" +- {:.1f}", idle.cpu_spread->value()) : "";
    return fmt::format("CPU {:.1f}{} W", idle.cpu->value(), spread);
}

} // namespace

bool Sensors::rest(MonotonicTime end, int stop_fd) {
    while (system::monotonic_now() < end) {
        std::vector<pollfd> fds{{stop_fd, POLLIN, 0}};
        add_poll_fds(fds);
        const Seconds left = end - system::monotonic_now();
        ::poll(fds.data(), fds.size(), std::clamp(static_cast<int>(left.count() * 1000) + 1, 1, 1000));
        if (fds[0].revents != 0) {
            return false;
        }
        on_poll();
    }
    return true;
}

std::string Sensors::measure_baseline(Seconds length, const std::filesystem::path& folder, int stop_fd,
                                      const std::set<pid_t>& companions) {
    system::create_directories(folder);
    State& state = *state_;
    if (state.gpus) {
        state.gpus->start_baseline(folder, stop_fd);
    }
    PerfRun run;
    run.spawned = system::monotonic_now();
    std::vector<std::string> wrapper = state.cpu.start(folder);
    system::Child perf = start_perf(std::move(wrapper), state.cpu.wrapper_fds(), length);
    run.launcher_up = system::monotonic_now();
    const bool is_whole = rest(run.launcher_up + std::chrono::duration_cast<std::chrono::nanoseconds>(length), stop_fd);
    const energy::Window window{run.launcher_up, system::monotonic_now()};
    std::set<pid_t> spared = processes();
    spared.insert(companions.begin(), companions.end());
    end_perf(perf, Seconds(is_whole ? 3 : 0.1), spared);

    energy::IdleBaseline idle;
    std::vector<std::string> found;
    const energy::CpuEnergy cpu = state.cpu.finish(run, window);
    if (can_measure_cpu() && !cpu.total && state.cpu.missing().empty() && is_whole) {
        state.alerts.push_back("no CPU energy was measured on the idle machine: " + cpu.quality.reason.value_or(""));
    }
    idle.cpu_spread = cpu.spread;
    if (cpu.total) {
        idle.cpu = *cpu.total / window.length();
        found.push_back(describe_idle_cpu(idle));
    }
    if (state.gpus) {
        GpuMeter::Baseline gpus = state.gpus->finish_baseline(window);
        if (is_whole) {
            state.alerts.insert(state.alerts.end(), gpus.missing.begin(), gpus.missing.end());
        }
        for (std::size_t gpu = 0; gpu < gpus.idle.size(); ++gpu) {
            if (gpus.idle[gpu]) {
                found.push_back(fmt::format("GPU {} {:.1f} +- {:.1f} W", state.gpus->facts().gpus[gpu].index,
                                            gpus.idle[gpu]->mean.value(), gpus.idle[gpu]->spread.value()));
            }
        }
        idle.gpus = std::move(gpus.idle);
    }
    state.baseline = is_whole ? std::optional(std::move(idle)) : std::nullopt;
    return join(found, ", ");
}

} // namespace mutation::sensors
