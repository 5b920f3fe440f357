#pragma once

#include "mutation/core/units.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace mutation::measure {

/// Puts the wall-clock stamps of another process on the monotonic clock. A line can only arrive after it was stamped,
/// so the least (arrival - stamp) is the offset between the clocks, and gets better with every line. A clock that is
/// stepped by more than 0.5 s starts a new mapping. Since the mapping improves later, samples keep their stamp and the
/// number of their mapping.
class StampMapper {
public:
    /// Takes a stamp (seconds, any zone) that was read at `arrival`. Returns the number of its mapping.
    std::uint16_t add(double stamp, MonotonicTime arrival);
    /// The monotonic time of a stamp, by what is known now.
    [[nodiscard]] MonotonicTime map(double stamp, std::uint16_t mapping) const;
    /// Whether the newest mapping is so fresh that lines should be read as they come.
    [[nodiscard]] bool is_fresh() const { return since_new_ < kFreshCount; }

private:
    static constexpr int kFreshCount = 8;

    std::vector<double> offsets_; ///< arrival - stamp, least of each mapping
    double last_stamp_ = 0;
    int since_new_ = 0;
};

} // namespace mutation::measure
