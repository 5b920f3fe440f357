#include "mutation/rollup/rollup.hpp"

#include "mutation/system/file.hpp"

#include <sstream>

namespace mutation::rollup {

namespace {

constexpr std::size_t kManyRows = 2000;
constexpr Seconds kInterval{30};

} // namespace

void Rollup::write(const std::filesystem::path& file) const {
    std::ostringstream text;
    write_csv(text, rows_);
    system::write_file_atomically(file, text.view());
}

bool Rollup::is_due(MonotonicTime now) const {
    return rows_.size() < kManyRows || !written_ || now - *written_ >= kInterval;
}

void Rollup::write_if_due(const std::filesystem::path& file, MonotonicTime now) {
    if (is_due(now)) {
        write(file);
        written_ = now;
    }
}

} // namespace mutation::rollup
