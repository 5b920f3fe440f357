#include "mutation/measure/powercap.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "mutation/system/file.hpp"
#include "mutation/system/user.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace mutation::measure {

namespace {

constexpr Seconds kInterval{1};

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
    int error = 0; ///< errno, where reading failed
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
                       error == 0 ? "it holds no count" : std::strerror(error),
                       is_forbidden ? "run with sudo" : "see: sudo dmesg | grep -i rapl");
}

/// What the zones of one domain moved together; nothing as soon as one of them does not tell.
struct DomainSum {
    Joules sum{0};
    std::size_t zones = 0;
    bool is_whole = true;

    void add(const std::optional<Joules>& part) {
        sum += part.value_or(Joules(0));
        is_whole = is_whole && part.has_value();
        ++zones;
    }
    [[nodiscard]] std::optional<Joules> joules() const {
        return zones > 0 && is_whole ? std::optional(sum) : std::nullopt;
    }
};

} // namespace

std::optional<Joules> WrappingCounter::advance(std::uint64_t reading) {
    std::optional<Joules> moved;
    const bool is_lost =
        last_ && reading < *last_ && (largest_ < *last_ || largest_ == 0); // wrapped, nobody knows at what
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
        if (entry.path().filename().string().starts_with("intel-rapl:")) {
            folders.push_back(entry.path());
        }
    }
    std::sort(folders.begin(), folders.end());
    std::optional<system::RootScope> root;
    if (sysfs == "/sys") { // a stand-in is the user's own: root reads nothing there
        root.emplace();
    }
    for (const std::filesystem::path& folder : folders) {
        if (const auto domain = domain_of(read_word(folder / "name"))) {
            open_zone(folder, *domain);
        }
    }
    std::erase_if(zones_, [&](const Zone& zone) { return lost_.contains(zone.domain); });
    for (const auto& [domain, why] : lost_) {
        reason_ += (reason_.empty() ? "" : "; ") + why;
    }
    if (zones_.empty() && reason_.empty()) {
        reason_ = "this machine shows no RAPL counters (a virtual machine has none)";
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
        {domain, file, std::move(energy), WrappingCounter(static_cast<std::uint64_t>(largest.value_or(0)))});
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
    troubles_ = lost_;
    for (Zone& zone : zones_) {
        zone.counter.restart(); // what it moved since the last training is nobody's
        static_cast<void>(advance(zone));
    }
    last_ = now;
}

std::optional<Joules> Powercap::advance(Zone& zone) {
    const CounterReading reading = read_counter(zone.energy.get());
    if (!reading.value) {
        zone.counter.restart();
        troubles_.emplace(zone.domain, describe_refusal(zone.file, reading.error)); // the first one says enough
        return std::nullopt;
    }
    return zone.counter.advance(*reading.value);
}

void Powercap::read(MonotonicTime now, bool force) {
    if (zones_.empty() || (!force && now - last_ < kInterval) || now <= last_) {
        return;
    }
    DomainSum package;
    DomainSum ram;
    DomainSum psys;
    for (Zone& zone : zones_) {
        const std::optional<Joules> moved = advance(zone);
        DomainSum& sum = zone.domain == PowercapDomain::package ? package
                         : zone.domain == PowercapDomain::ram   ? ram
                                                                : psys;
        sum.add(moved);
    }
    intervals_.push_back({last_, now, package.joules(), ram.joules(), psys.joules()});
    last_ = now;
}

CpuCounts Powercap::take_counts() {
    CpuCounts counts;
    counts.method = "powercap";
    counts.events = events();
    counts.intervals = std::move(intervals_);
    counts.start_uncertainty = Seconds(0.002); // the counters move about every millisecond
    counts.resolution = Joules(1e-4);
    intervals_.clear();
    counts.has_ram = has_ram();
    counts.package_trouble = troubles_[PowercapDomain::package];
    counts.ram_trouble = troubles_[PowercapDomain::ram];
    return counts;
}

std::optional<Watts> Powercap::current_power() const {
    if (intervals_.empty() || !intervals_.back().package) {
        return std::nullopt;
    }
    const CpuInterval& last = intervals_.back();
    if (has_ram() && !last.ram) {
        return std::nullopt;
    }
    return (*last.package + last.ram.value_or(Joules(0))) / Seconds(last.end - last.start);
}

} // namespace mutation::measure
