#include "cpu_watch.hpp"

#include <fmt/format.h>

namespace mutation::sensors {

namespace {

constexpr Seconds kCpuLook{1};
constexpr Seconds kCpuSilence{5};

} // namespace

void CpuWatch::start(MonotonicTime now) {
    is_running_ = true;
    is_reported_ = false;
    looked_ = seen_ = now;
}

std::optional<std::string> CpuWatch::look(const CpuSensor& cpu, MonotonicTime now) {
    if (!is_running_ || cpu.method() == CpuSensor::Method::none || cpu.missing() || now - looked_ < kCpuLook) {
        return std::nullopt;
    }
    looked_ = now;
    if (cpu.current_power()) {
        seen_ = now;
    } else if (!is_reported_ && now - seen_ > kCpuSilence) {
        is_reported_ = true;
        return fmt::format("{} reports no CPU energy, or its counters do not move",
                           cpu.method() == CpuSensor::Method::powercap ? "powercap" : "perf");
    }
    return std::nullopt;
}

} // namespace mutation::sensors
