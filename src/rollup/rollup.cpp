#include "mutation/rollup/rollup.hpp"

#include "mutation/system/file.hpp"

namespace mutation::rollup {

namespace {

constexpr std::size_t kManyRows = 2000;
constexpr Seconds kInterval{30};

} // namespace

void Rollup::write(const std::filesystem::path& file) const {
    system::AtomicFile csv(file);
    table_.write_csv([&csv](std::string_view text) { csv.write(text); });
    csv.commit();
}

bool Rollup::is_due(MonotonicTime now) const {
    return table_.size() < kManyRows || !written_ || now - *written_ >= kInterval;
}

void Rollup::write_if_due(const std::filesystem::path& file, MonotonicTime now) {
    if (is_due(now)) {
        write(file);
        written_ = now;
    }
}

} // namespace mutation::rollup
