#include "mutation/rollup/rollup.hpp"

#include "mutation/system/file.hpp"

#include <algorithm>

namespace mutation::rollup {

namespace {

constexpr std::size_t kManyRows = 100;
constexpr Seconds kLongestInterval{30};
/// A longer table is written less often, so that the bytes per second stay the same.
constexpr Seconds kIntervalPerRow{0.015};

} // namespace

void Rollup::write(const std::filesystem::path& file) const {
    system::AtomicFile csv(file);
    table_.write_csv([&csv](std::string_view text) { csv.write(text); });
    csv.commit();
}

bool Rollup::is_due(MonotonicTime now) const {
    const Seconds interval = std::min(kLongestInterval, kIntervalPerRow * static_cast<double>(table_.size()));
    return table_.size() < kManyRows || !written_ || Seconds(now - *written_) >= interval;
}

void Rollup::write_if_due(const std::filesystem::path& file, MonotonicTime now) {
    if (has_unwritten_ && is_due(now)) {
        write(file);
        written_ = now;
        has_unwritten_ = false;
    }
}

} // namespace mutation::rollup
