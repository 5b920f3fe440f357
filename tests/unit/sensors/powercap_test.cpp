#include "catch.hpp"

#include "mutation/sensors/cpu_sensor.hpp"
#include "mutation/sensors/perf_stat.hpp"
#include "mutation/sensors/power_events.hpp"
#include "mutation/sensors/powercap.hpp"
#include "support/temporary_folder.hpp"

#include <string>

using namespace mutation;
using namespace mutation::energy;
using namespace mutation::sensors;

namespace {

namespace fs = std::filesystem;

/// A folder that stands in for /sys.
class SysFolder {
public:
    void write(const fs::path& file, const std::string& text) const { test::write_text(path() / file, text + "\n"); }
    void zone(const std::string& id, const std::string& name, const std::string& energy) const {
        const fs::path folder = fs::path("class/powercap") / id;
        write(folder / "name", name);
        write(folder / "energy_uj", energy);
        write(folder / "max_energy_range_uj", "262143328850");
    }
    void energy(const std::string& id, const std::string& energy) const {
        write(fs::path("class/powercap") / id / "energy_uj", energy);
    }
    [[nodiscard]] const fs::path& path() const { return folder_.path(); }

private:
    test::TemporaryFolder folder_;
};

MonotonicTime at(int seconds) {
    return MonotonicTime(std::chrono::seconds(seconds));
}

} // namespace

TEST_CASE("a counter that wraps continues from its range") {
    WrappingCounter counter(1000);
    CHECK_FALSE(counter.advance(900).has_value());
    CHECK(counter.advance(950)->value() == Approx(50e-6));
    CHECK(counter.advance(30)->value() == Approx(80e-6));
    CHECK(counter.advance(30)->value() == 0);
}

TEST_CASE("a falling counter with an unknown range is a gap") {
    WrappingCounter counter(0);
    CHECK_FALSE(counter.advance(900).has_value());
    CHECK_FALSE(counter.advance(30).has_value());
    CHECK(counter.advance(40)->value() == Approx(10e-6));
    WrappingCounter wrong(500);
    CHECK_FALSE(wrong.advance(900).has_value());
    CHECK_FALSE(wrong.advance(30).has_value());
}

TEST_CASE("two sockets are added, but not the same packages in another form") {
    const SysFolder sys;
    sys.zone("intel-rapl:0", "package-0", "1000000");
    sys.zone("intel-rapl:0:0", "core", "500000");
    sys.zone("intel-rapl:0:1", "dram", "100000");
    sys.zone("intel-rapl:1", "package-1", "262143000000");
    sys.zone("intel-rapl:1:1", "dram", "100000");
    sys.zone("intel-rapl:2", "psys", "7000000");
    sys.zone("intel-rapl-mmio:0", "package-0", "1000000");
    Powercap powercap(sys.path());
    REQUIRE(powercap.works());
    CHECK_FALSE(powercap.reason().has_value());
    CHECK(powercap.events() == std::vector<std::string>{"energy-pkg", "energy-ram", "energy-psys"});

    powercap.start(at(0));
    sys.energy("intel-rapl:0", "3000000");  // 2 J
    sys.energy("intel-rapl:1", "671150");   // 1 J, beyond its range
    sys.energy("intel-rapl:0:1", "350000"); // 0.25 J
    sys.energy("intel-rapl:1:1", "350000");
    sys.energy("intel-rapl:2", "12000000");
    powercap.read_if_due(at(2));
    REQUIRE(powercap.current_power().has_value());
    CHECK(powercap.current_power()->value() == Approx(1.75));
    const CpuCounts counts = powercap.take_counts();
    REQUIRE(counts.intervals.size() == 1);
    CHECK(counts.intervals[0].package->value() == Approx(3));
    CHECK(counts.intervals[0].ram->value() == Approx(0.5));
    CHECK(counts.intervals[0].psys->value() == Approx(5));
}

TEST_CASE("powercap's counts are in a file while a training runs, in the form of perf's") {
    const SysFolder sys;
    const test::TemporaryFolder energy;
    sys.zone("intel-rapl:0", "package-0", "1000000");
    sys.zone("intel-rapl:0:0", "dram", "100000");
    CpuSensor cpu(std::nullopt, sys.path());
    REQUIRE(cpu.method() == CpuSensor::Method::powercap);
    CHECK(cpu.start(energy.path()).empty());
    CHECK(cpu.wrapper_fds().empty());
    sys.energy("intel-rapl:0", "3000000");
    sys.energy("intel-rapl:0:0", "350000");
    cpu.read_now();
    const PerfStat stat = parse_perf_stat(test::read_text(energy.path() / "cpu_energy_raw.txt"));
    REQUIRE(stat.find("energy-pkg") != nullptr);
    CHECK(stat.find("energy-pkg")->total()->value() == Approx(2));
    CHECK(stat.find("energy-ram")->total()->value() == Approx(0.25));
    CHECK(stat.find("energy-pkg")->counts.at(0).end.count() > 0);
}

TEST_CASE("a machine without a RAM counter has only a package") {
    const SysFolder sys;
    sys.zone("intel-rapl:0", "package-0", "1000000");
    Powercap powercap(sys.path());
    powercap.start(at(0));
    powercap.read(at(1));
    const CpuCounts counts = powercap.take_counts();
    REQUIRE(counts.intervals.size() == 1);
    CHECK(counts.intervals[0].package.has_value());
    CHECK_FALSE(counts.intervals[0].ram.has_value());
    CHECK(counts.events == std::vector<std::string>{"energy-pkg"});
}

TEST_CASE("an unreadable memory zone is named, and the package is measured") {
    const SysFolder sys;
    sys.zone("intel-rapl:0", "package-0", "1000000");
    sys.zone("intel-rapl:0:0", "dram", "100000");
    sys.zone("intel-rapl:1", "package-1", "1000000");
    sys.zone("intel-rapl:1:0", "dram", "100000");
    const fs::path file = sys.path() / "class/powercap/intel-rapl:1:0/energy_uj";
    fs::remove(file);
    SECTION("where it cannot be opened") {}
    SECTION("where reading it fails") {
        fs::create_directory(file);
    }
    SECTION("where it holds no number") {
        sys.energy("intel-rapl:1:0", "");
    }
    Powercap powercap(sys.path());
    REQUIRE(powercap.works());
    CHECK(powercap.is_ram_missing());
    CHECK(powercap.reason().value_or("").find("intel-rapl:1:0/energy_uj cannot be read") != std::string::npos);
    CHECK(powercap.events() == std::vector<std::string>{"energy-pkg"}); // nor a sum over the other socket's memory
    powercap.start(at(0));
    sys.energy("intel-rapl:0", "3000000");
    powercap.read(at(1));
    CHECK_FALSE(powercap.current_power().has_value());
    const CpuCounts counts = powercap.take_counts();
    CHECK(counts.has_ram);
    CHECK(counts.ram_reason == powercap.reason());
    const CpuEnergy energy = integrate_cpu(counts, {at(0), at(1)});
    CHECK(energy.package->value() == Approx(2));
    CHECK_FALSE(energy.total.has_value());
    CHECK(energy.quality.reason.value_or("").find("intel-rapl:1:0") != std::string::npos);
}

TEST_CASE("a memory zone that becomes unreadable is named") {
    const SysFolder sys;
    sys.zone("intel-rapl:0", "package-0", "1000000");
    sys.zone("intel-rapl:0:0", "dram", "100000");
    Powercap powercap(sys.path());
    CHECK_FALSE(powercap.is_ram_missing());
    powercap.start(at(0));
    sys.energy("intel-rapl:0:0", "broken");
    powercap.read(at(1));
    CpuCounts counts = powercap.take_counts();
    CHECK(counts.has_ram);
    CHECK(counts.ram_reason.value_or("").find("intel-rapl:0:0/energy_uj") != std::string::npos);
    CHECK_FALSE(counts.package_reason.has_value());

    sys.energy("intel-rapl:0:0", "100000");
    powercap.start(at(2)); // the next training's is its own
    powercap.read(at(3));
    counts = powercap.take_counts();
    CHECK_FALSE(counts.ram_reason.has_value());
    CHECK(counts.intervals.at(0).ram.has_value());
}

TEST_CASE("counters are read once a second, and whenever that is forced") {
    const SysFolder sys;
    sys.zone("intel-rapl:0", "package-0", "1000000");
    Powercap powercap(sys.path());
    powercap.start(at(0));
    powercap.read_if_due(at(0) + std::chrono::milliseconds(400));
    powercap.read_if_due(at(1));
    powercap.read(at(1) + std::chrono::milliseconds(100));
    CHECK(powercap.take_counts().intervals.size() == 2);
}

TEST_CASE("a sum without one socket is null") {
    const SysFolder sys;
    sys.zone("intel-rapl:0", "package-0", "1000000");
    sys.zone("intel-rapl:1", "package-1", "1000000");
    SECTION("when it cannot be opened") {
        fs::remove(sys.path() / "class/powercap/intel-rapl:1/energy_uj");
        const Powercap powercap(sys.path());
        CHECK_FALSE(powercap.works());
        CHECK(powercap.reason().value_or("").find("intel-rapl:1/energy_uj") != std::string::npos);
        CHECK_FALSE(powercap.is_ram_missing());
    }
    SECTION("when nothing can be opened, each is named") {
        fs::remove(sys.path() / "class/powercap/intel-rapl:0/energy_uj");
        fs::remove(sys.path() / "class/powercap/intel-rapl:1/energy_uj");
        const Powercap powercap(sys.path());
        CHECK(powercap.reason().value_or("").find("intel-rapl:0/energy_uj") != std::string::npos);
        CHECK(powercap.reason().value_or("").find("intel-rapl:1/energy_uj") != std::string::npos);
    }
    SECTION("when it stops telling on the way") {
        Powercap powercap(sys.path());
        powercap.start(at(0));
        sys.energy("intel-rapl:0", "2000000");
        sys.energy("intel-rapl:1", "garbage");
        powercap.read_if_due(at(1));
        sys.energy("intel-rapl:1", "3000000");
        powercap.read_if_due(at(2));
        sys.energy("intel-rapl:1", "4000000");
        powercap.read_if_due(at(3));
        const CpuCounts counts = powercap.take_counts();
        REQUIRE(counts.intervals.size() == 3);
        CHECK_FALSE(counts.intervals[0].package.has_value());
        CHECK(counts.intervals[2].package->value() == Approx(1));
    }
}

TEST_CASE("a machine without counters has a reason") {
    const SysFolder sys;
    const Powercap powercap(sys.path());
    CHECK_FALSE(powercap.works());
    CHECK(powercap.reason().value_or("").find("virtual machine") != std::string::npos);
}

TEST_CASE("only existing events are requested from perf") {
    const SysFolder sys;
    CHECK(find_power_events(sys.path()).empty());
    const fs::path events = "bus/event_source/devices/power/events";
    for (const char* name : {"energy-pkg", "energy-pkg.scale", "energy-pkg.unit", "energy-cores", "energy-psys"}) {
        sys.write(events / name, "event=0x02");
    }
    CHECK(find_power_events(sys.path()) == std::vector<std::string>{"energy-pkg", "energy-psys"});
    const std::vector<std::string> command = perf_command("/usr/bin/perf", find_power_events(sys.path()), 7);
    CHECK(command == std::vector<std::string>{"/usr/bin/perf", "stat", "-a", "-I", "1000", "-x", ";", "-e",
                                              "power/energy-pkg/,power/energy-psys/", "--log-fd", "7", "--"});
}

TEST_CASE("if one socket's counter stands still, there is no sum") {
    const SysFolder sys;
    sys.zone("intel-rapl:0", "package-0", "1000000");
    sys.zone("intel-rapl:1", "package-1", "1000000");
    sys.zone("intel-rapl:0:0", "dram", "1000000");
    Powercap powercap(sys.path());
    powercap.start(at(0));
    sys.energy("intel-rapl:0", "51000000");
    sys.energy("intel-rapl:0:0", "3000000");
    powercap.read_if_due(at(1));
    const CpuCounts counts = powercap.take_counts(Window{at(0), at(1)});
    REQUIRE(counts.intervals.size() == 1);
    CHECK_FALSE(counts.intervals[0].package.has_value());
    CHECK(counts.intervals[0].ram->value() == Approx(2));
    CHECK(counts.package_reason.value_or("").find("intel-rapl:1/energy_uj: the counter did not move") !=
          std::string::npos);
}

TEST_CASE("counters that do not move while they are tried are named") {
    const SysFolder sys;
    sys.zone("intel-rapl:0", "package-0", "1000000");
    const Powercap powercap(sys.path());
    const std::vector<fs::path> still = powercap.find_still_zones(Seconds(0.02));
    REQUIRE(still.size() == 1);
    CHECK(still.front().string().find("intel-rapl:0/energy_uj") != std::string::npos);
    CHECK(Powercap(sys.path() / "nothing").find_still_zones(Seconds(0.02)).empty());
}

TEST_CASE("a hidden powercap is not reported as a virtual machine") {
    const SysFolder sys;
    fs::create_directories(sys.path() / "class/powercap");
    SECTION("all zones") {
        for (const char* name : {"intel-rapl", "intel-rapl:0", "intel-rapl:0:0"}) {
            fs::create_directory_symlink(fs::path("../../devices/virtual/powercap") / name,
                                         sys.path() / "class/powercap" / name);
        }
    }
    SECTION("the control type alone") {
        fs::create_directory_symlink("../../devices/virtual/powercap/intel-rapl",
                                     sys.path() / "class/powercap/intel-rapl");
    }
    const Powercap powercap(sys.path());
    CHECK_FALSE(powercap.works());
    CHECK(powercap.is_masked());
    CHECK(powercap.reason().value_or("").find("intel-rapl points to nothing") != std::string::npos);
    CHECK(powercap.reason().value_or("").find("container") != std::string::npos);
    CHECK(powercap.reason().value_or("").find("virtual machine") == std::string::npos);
}
