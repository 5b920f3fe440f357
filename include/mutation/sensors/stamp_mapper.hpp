#pragma once

#include "mutation/core/units.hpp"

#include <optional>

namespace mutation::sensors {

/// Puts the time stamps of one GPU's lines on the monotonic clock. nvidia-smi stamps with the local time of this
/// machine, so a stamp differs from our own wall clock by whole quarters of an hour: its time zone. How far the wall
/// clock is ahead of the monotonic one is measured with every reading of lines. So a clock that is slewed, stepped, or
/// put ahead by a suspend, and a change to summer time, move no sample. Of the lines that are read together after a
/// step, some were stamped before it: the usual spacing of the stamps shows which. Errors of up to the
/// step's size remain only in this one reading, and only if the spacing is irregular or larger than the step.
class StampMapper {
public:
    /// The time of a stamp (seconds, any zone) that was read at `arrival`. `wall_lead` is how far the wall clock was
    /// ahead of the monotonic one right after.
    [[nodiscard]] MonotonicTime map(double stamp, MonotonicTime arrival, Seconds wall_lead);

private:
    [[nodiscard]] double choose_time(double stamp) const;

    std::optional<double> zone_; ///< seconds that the wall clock is ahead of the stamps
    bool is_zone_whole_ = false; ///< else a line was read late, or was stamped by another clock
    double arrival_ = 0;         ///< of the newest reading, seconds
    double lead_ = 0;            ///< of the wall clock at the newest reading, seconds ...
    double lead_before_ = 0;     ///< ... and at the reading before it
    double last_ = 0;            ///< time of the last line, seconds
    double spacing_ = 0;         ///< of the last two lines, seconds
};

} // namespace mutation::sensors
