#pragma once

#include "mutation/core/units.hpp"

#include <cstddef>
#include <cstdint>
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
    /// Whether the newest mapping is so fresh that lines should be read as they come: lines that are read late tell the
    /// offset badly.
    [[nodiscard]] bool is_fresh() const { return is_fresh_; }

private:
    struct Mapping {
        double offset;     ///< least (arrival - stamp)
        bool is_suspected; ///< stamps leapt ahead: the clock was stepped, or the sampler was held up
        std::size_t root;  ///< the mapping whose offset holds: its own, or an earlier one where nothing was stepped
    };

    [[nodiscard]] bool has_stepped(double step, double offset) const;
    [[nodiscard]] bool is_same_clock() const;
    void begin(double offset, bool is_suspected, double arrival);
    void settle_newest();

    std::vector<Mapping> mappings_;
    double last_stamp_ = 0;
    double usual_step_ = 0; ///< between stamps, seconds
    double begun_ = 0;      ///< when the newest mapping was
    bool is_fresh_ = true;
};

} // namespace mutation::measure
