#include "catch.hpp"

#include "mutation/energy/net_energy.hpp"

using namespace mutation;
using namespace mutation::energy;

namespace {

/// 1000 J of the CPU and 6000 J of the GPUs 0 and 2.
Measurement measured() {
    Measurement measurement;
    measurement.cpu.total = Joules(1000);
    measurement.gpu.energy = Joules(6000);
    for (const int index : {0, 1, 2}) {
        GpuDeviceEnergy device;
        device.index = index;
        device.is_counted = index != 1;
        measurement.gpu.devices.push_back(device);
    }
    return measurement;
}

} // namespace

TEST_CASE("net energy subtracts the idle power of the counted devices") {
    const NetEnergy net = net_energy(IdleLevels{Watts(10), {Watts(20), Watts(7), Watts(30)}}, measured(), Seconds(10));
    CHECK(net.cpu == Joules(900));
    CHECK(net.gpu == Joules(5500));
    CHECK(net.gpu_idle == Watts(50));
    CHECK_FALSE(net.reason.has_value());
}

TEST_CASE("without the idle power of one counted card there is no net GPU energy") {
    const NetEnergy net =
        net_energy(IdleLevels{Watts(10), {Watts(20), Watts(7), std::nullopt}}, measured(), Seconds(10));
    CHECK(net.cpu == Joules(900));
    CHECK_FALSE(net.gpu.has_value());
    CHECK_FALSE(net.gpu_idle.has_value());
    CHECK(net.reason.value_or("").find("GPU 2") != std::string::npos);
    CHECK(net_energy(IdleLevels{Watts(10), {Watts(20), std::nullopt, Watts(30)}}, measured(), Seconds(10)).gpu ==
          Joules(5500));
}

TEST_CASE("missing net energy has a reason") {
    CHECK(net_energy(std::nullopt, measured(), Seconds(10)).reason.value_or("").find("baseline_seconds") !=
          std::string::npos);
    Measurement measurement = measured();
    measurement.gpu.energy.reset();
    const NetEnergy net =
        net_energy(IdleLevels{std::nullopt, {Watts(20), Watts(7), Watts(30)}}, measurement, Seconds(1));
    CHECK_FALSE(net.cpu.has_value());
    CHECK_FALSE(net.gpu.has_value());
    CHECK(net.reason.value_or("").find("CPU") != std::string::npos);
    CHECK(net.reason.value_or("").find("no GPU energy") != std::string::npos);
}

TEST_CASE("the reason asks for a baseline only if that would help") {
    Measurement measurement = measured();
    measurement.cpu.total.reset();
    measurement.gpu.energy.reset();
    for (const std::optional<IdleLevels>& idle :
         {std::optional<IdleLevels>(), std::optional(IdleLevels{std::nullopt, {}})}) {
        const std::string reason = net_energy(idle, measurement, Seconds(10)).reason.value_or("");
        CAPTURE(reason);
        CHECK(reason.find("baseline_seconds") == std::string::npos);
        CHECK(reason.find("there is no CPU energy; there is no GPU energy") != std::string::npos);
    }
}
