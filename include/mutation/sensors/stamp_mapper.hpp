#pragma once

#include "mutation/core/units.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace mutation::sensors {

/// Puts the wall-clock stamps of another process on the monotonic clock. A line can only arrive after it was stamped,
/// so the least (arrival - stamp) is the offset between the clocks, and gets better with every line. A step of the wall
/// clock that our own clocks show is undone by just that; one that the stamps alone show (a change to summer time)
/// starts a new mapping if it is of more than 0.5 s. Since the mapping improves later, samples keep their stamp and the
/// number of their mapping. For one row of stamps in the order of their making, such as one GPU's.
class StampMapper {
public:
    /// Takes a stamp (seconds, any zone) that was read at `arrival`; `wall_lead` is how far the wall clock was ahead of
    /// the monotonic one right after. Returns the number of its mapping.
    std::uint16_t add(double stamp, MonotonicTime arrival, Seconds wall_lead);
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

    /// A step that our own clocks showed, while it may turn out between which of the lines it lies.
    struct KnownStep {
        double size;        ///< seconds; above 0: the clock was put ahead
        double noticed;     ///< when
        std::size_t before; ///< the mapping of the lines before it
        std::size_t after;  ///< that of the lines behind it; theirs of the lines in doubt follow it, one each
        std::optional<std::size_t> first_behind; ///< the first line in doubt that is taken to lie behind it
        double misfit;                           ///< how much the step's place there leaves of a strange spacing
        std::size_t widest;                      ///< the line in doubt that comes longest after its predecessor
        double widest_spacing;
    };

    void expect_step(double size, double arrival);
    std::uint16_t take_doubtful(double stamp, double arrival);
    void place_step(std::size_t first_behind);
    void settle_step();
    [[nodiscard]] double usual_spacing() const;
    std::uint16_t take_clear(double stamp, double arrival);
    [[nodiscard]] bool has_stepped(double step, double offset) const;
    [[nodiscard]] bool is_same_clock() const;
    void begin(double offset, bool is_suspected, double arrival);
    void settle_newest();

    static constexpr std::size_t kRecentSpacings = 15;

    std::vector<Mapping> mappings_;
    std::optional<KnownStep> step_;
    std::array<double, kRecentSpacings> spacings_{}; ///< newest ones of lines that were not in doubt, a ring
    std::size_t spacing_count_ = 0;
    double wall_lead_ = 0; ///< seconds; 0 before the first line
    double last_stamp_ = 0;
    double usual_step_ = 0; ///< between stamps, seconds
    double begun_ = 0;      ///< when the newest mapping was
    bool is_fresh_ = true;
};

} // namespace mutation::sensors
