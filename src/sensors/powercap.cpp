#include "mutation/sensors/powercap.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "mutation/energy/still_counter.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/file.hpp"
#include "mutation/system/user.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <thread>
#include <unistd.h>

namespace mutation::sensors {

namespace {

constexpr Seconds kInterval{1};
constexpr std::chrono::milliseconds kLook{5};

std::string read_word(const std::filesystem::path& file) {
    try {
        return std::string(trim(system::read_file(file, 4096)));
    } catch (const Error&) {
        return {};
    }
}

std::optional<PowercapDomain> domain_of(const std::string& name) {
    if (name.starts_with("package")) {
        return PowercapDomain::package;
    }
    if (name == "dram") {
        return PowercapDomain::ram;
    }
    return name == "psys" ? std::optional(PowercapDomain::psys) : std::nullopt;
}

struct CounterReading {
    std::optional<std::uint64_t> value;
    int error = 0; ///< errno, if reading failed
};

CounterReading read_counter(int fd) {
    std::array<char, 32> buffer{};
    const ssize_t size = ::pread(fd, buffer.data(), buffer.size(), 0);
    if (size < 0) {
        return {std::nullopt, errno};
    }
    const auto value = parse_integer(std::string_view(buffer.data(), static_cast<std::size_t>(size)));
    return {value && *value >= 0 ? std::optional(static_cast<std::uint64_t>(*value)) : std::nullopt, 0};
}

std::string describe_refusal(const std::filesystem::path& file, int error) {
    const bool is_forbidden = error == EACCES || error == EPERM;
    return fmt::format("{} cannot be read: {}; {}", file.string(),
                       error == 0 ? "it contains no count" : std::strerror(error),
                       is_forbidden ? "run with sudo" : "see: sudo dmesg | grep -i rapl");
}

std::string describe_mask(const std::filesystem::path& link) {
    return fmt::format("{} points to nothing: the container hides powercap; start it with --security-opt "
                       "systempaths=unconfined, or run outside of it",
                       link.string());
}

} // namespace

std::optional<Joules> WrappingCounter::advance(std::uint64_t reading) {
    std::optional<Joules> moved;
    const bool is_lost =
        last_ && reading < *last_ && (largest_ < *last_ || largest_ == 0); // it wrapped at an unknown value
    if (last_ && !is_lost) {
        const std::uint64_t steps = reading >= *last_ ? reading - *last_ : largest_ - *last_ + reading;
        moved = Joules(static_cast<double>(steps) * 1e-6);
    }
    last_ = reading;
    return moved;
}

Powercap::Powercap(const std::filesystem::path& sysfs) {
    std::error_code status;
    std::vector<std::filesystem::path> folders;
    for (const auto& entry : std::filesystem::directory_iterator(sysfs / "class/powercap", status)) {
        const std::string name = entry.path().filename().string();
        std::error_code unknown;
        if (name.starts_with("intel-rapl") && !std::filesystem::exists(entry.path(), unknown) &&
            !unknown) { // a link to nothing
            masked_ = masked_.empty() ? entry.path() : std::min(masked_, entry.path());
        } else if (name.starts_with("intel-rapl:")) {
            folders.push_back(entry.path());
        }
    }
    std::sort(folders.begin(), folders.end());
    std::optional<system::RootScope> root;
    if (sysfs == "/sys") { // a stand-in belongs to the user: root reads nothing there
        root.emplace();
    }
    for (const std::filesystem::path& folder : folders) {
        if (const auto domain = domain_of(read_word(folder / "name"))) {
            open_zone(folder, *domain);
        }
    }
    std::erase_if(zones_, [&](const Zone& zone) { return lost_.contains(zone.domain); });
    for (const auto& [domain, why] : lost_) {
        reason_ = reason_ ? *reason_ + "; " + why : why;
    }
    if (zones_.empty() && !reason_) {
        reason_ = !masked_.empty() ? describe_mask(masked_)
                  : !folders.empty()
                      ? fmt::format("{} has an unknown name", folders.front().string())
                      : "this machine shows no RAPL counters (normal in a virtual machine; a container may hide them)";
    }
}

void Powercap::open_zone(const std::filesystem::path& folder, PowercapDomain domain) {
    const std::filesystem::path file = folder / "energy_uj";
    system::UniqueFd energy(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!energy.is_open()) {
        lose(domain, describe_refusal(file, errno));
        return;
    }
    if (const CounterReading reading = read_counter(energy.get()); !reading.value) {
        lose(domain, describe_refusal(file, reading.error));
        return;
    }
    const auto largest = parse_integer(read_word(folder / "max_energy_range_uj"));
    zones_.push_back(
        {domain, file, std::move(energy), WrappingCounter(static_cast<std::uint64_t>(largest.value_or(0))), {}});
}

void Powercap::lose(PowercapDomain domain, const std::string& why) {
    std::string& reasons = lost_[domain];
    reasons += (reasons.empty() ? "" : "; ") + why;
}

bool Powercap::has(PowercapDomain domain) const {
    return std::any_of(zones_.begin(), zones_.end(), [domain](const Zone& zone) { return zone.domain == domain; });
}

bool Powercap::works() const {
    return has(PowercapDomain::package);
}

std::vector<std::string> Powercap::events() const {
    std::vector<std::string> names;
    for (const auto& [domain, name] : {std::pair{PowercapDomain::package, "energy-pkg"},
                                       {PowercapDomain::ram, "energy-ram"},
                                       {PowercapDomain::psys, "energy-psys"}}) {
        if (has(domain)) {
            names.emplace_back(name);
        }
    }
    return names;
}

void Powercap::start(MonotonicTime now) {
    intervals_.clear();
    failures_ = lost_;
    for (Zone& zone : zones_) {
        zone.counter.restart(); // what it moved since the last training is nobody's
        zone.moves.clear();
        static_cast<void>(advance(zone));
    }
    last_ = now;
}

std::optional<Joules> Powercap::advance(Zone& zone) {
    const CounterReading reading = read_counter(zone.energy.get());
    if (!reading.value) {
        zone.counter.restart();
        failures_.emplace(zone.domain, describe_refusal(zone.file, reading.error)); // the first one says enough
        return std::nullopt;
    }
    return zone.counter.advance(*reading.value);
}

const energy::CpuInterval* Powercap::read_if_due(MonotonicTime now) {
    return now - last_ >= kInterval ? read(now) : nullptr;
}

const energy::CpuInterval* Powercap::read(MonotonicTime now) {
    if (zones_.empty() || now <= last_) {
        return nullptr;
    }
    for (Zone& zone : zones_) {
        zone.moves.push_back(advance(zone));
    }
    intervals_.push_back({last_, now, {}, {}, {}});
    sum_zones(intervals_.size() - 1);
    last_ = now;
    return &intervals_.back();
}

std::optional<Joules> Powercap::sum_of(PowercapDomain domain, std::size_t interval) const {
    std::optional<Joules> sum;
    for (const Zone& zone : zones_) {
        if (zone.domain != domain) {
            continue;
        }
        if (!zone.moves[interval]) {
            return std::nullopt;
        }
        sum = sum.value_or(Joules(0)) + *zone.moves[interval];
    }
    return sum;
}

void Powercap::sum_zones(std::size_t interval) {
    intervals_[interval].package = sum_of(PowercapDomain::package, interval);
    intervals_[interval].ram = sum_of(PowercapDomain::ram, interval);
    intervals_[interval].psys = sum_of(PowercapDomain::psys, interval);
}

void Powercap::drop_still_zones(const energy::Window& window) {
    for (Zone& zone : zones_) {
        if (const auto reason = energy::drop_still(intervals_, zone.moves, window)) {
            failures_.emplace(zone.domain, zone.file.string() + ": " + *reason);
        }
    }
    for (std::size_t i = 0; i < intervals_.size(); ++i) {
        sum_zones(i);
    }
}

std::vector<std::filesystem::path> Powercap::find_still_zones(Seconds limit) const {
    std::vector<std::pair<const Zone*, std::optional<std::uint64_t>>> still;
    for (const Zone& zone : zones_) {
        still.emplace_back(&zone, read_counter(zone.energy.get()).value);
    }
    const MonotonicTime start = system::monotonic_now();
    while (!still.empty() && system::monotonic_now() - start < limit) {
        std::this_thread::sleep_for(kLook);
        std::erase_if(still, [](const auto& one) { return read_counter(one.first->energy.get()).value != one.second; });
    }
    std::vector<std::filesystem::path> files;
    for (const auto& [zone, value] : still) {
        files.push_back(zone->file);
    }
    return files;
}

energy::CpuCounts Powercap::take_counts(const std::optional<energy::Window>& window) {
    if (window) {
        drop_still_zones(*window);
    }
    energy::CpuCounts counts;
    counts.method = "powercap";
    counts.events = events();
    counts.intervals = std::move(intervals_);
    counts.start_uncertainty = Seconds(0.002); // the counters move about every millisecond
    counts.resolution = Joules(1e-4);
    intervals_.clear();
    counts.has_ram = has_ram();
    const auto reason_of = [this](PowercapDomain domain) {
        const auto found = failures_.find(domain);
        return found == failures_.end() ? std::nullopt : std::optional(found->second);
    };
    counts.package_reason = reason_of(PowercapDomain::package);
    counts.ram_reason = reason_of(PowercapDomain::ram);
    counts.psys_reason = reason_of(PowercapDomain::psys);
    for (Zone& zone : zones_) {
        zone.moves.clear();
    }
    return counts;
}

std::optional<Watts> Powercap::current_power() const {
    const auto moved = [](const std::optional<Joules>& energy) { return energy && energy->value() > 0; };
    if (intervals_.empty() || !moved(intervals_.back().package)) {
        return std::nullopt;
    }
    const energy::CpuInterval& last = intervals_.back();
    if (has_ram() && !moved(last.ram)) {
        return std::nullopt;
    }
    return (*last.package + last.ram.value_or(Joules(0))) / Seconds(last.end - last.start);
}

} // namespace mutation::sensors
