#include "run_order.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace mutation::plan {

namespace {

/// Replicates are numbered at the end, when their order is known.
Slot make_slot(const RunCount& count, std::size_t configuration, std::uint32_t position) {
    Slot slot;
    slot.configuration = static_cast<std::uint32_t>(configuration);
    slot.run = count.has_same_values ? 0 : position;
    return slot;
}

/// AAABBB: all replicates of a set of values before the next set.
std::vector<Slot> order_as_written(const std::vector<RunCount>& configurations, std::uint32_t replicates) {
    std::vector<Slot> slots;
    for (std::size_t i = 0; i < configurations.size(); ++i) {
        for (std::uint32_t position = 0; position < configurations[i].runs; ++position) {
            slots.insert(slots.end(), replicates, make_slot(configurations[i], i, position));
        }
    }
    return slots;
}

/// One pass over all configurations, a run of each in turn; one that has no more is left out of the next round.
void append_rounds(const std::vector<RunCount>& configurations, std::vector<Slot>& slots) {
    std::vector<std::size_t> active(configurations.size());
    std::iota(active.begin(), active.end(), std::size_t{0});
    for (std::uint32_t position = 0; !active.empty(); ++position) {
        std::erase_if(active, [&](std::size_t i) { return configurations[i].runs <= position; });
        for (const std::size_t i : active) {
            slots.push_back(make_slot(configurations[i], i, position));
        }
    }
}

std::vector<Slot> order_interleaved(const std::vector<RunCount>& configurations, std::uint32_t replicates) {
    std::vector<Slot> slots;
    for (std::uint32_t pass = 0; pass < replicates; ++pass) {
        append_rounds(configurations, slots);
    }
    return slots;
}

/// Separates neighbours with equal values: first by swaps, which cost little, then, if one set of values is too
/// frequent for swaps, by moving a slot to a gap between others.
class NeighbourParter {
public:
    explicit NeighbourParter(std::vector<Slot>& slots) : slots_(slots), work_left_(50 * slots.size() + 1000) {}

    void part() {
        for (std::size_t i = 1; i < slots_.size(); ++i) {
            if (is_clash(i)) {
                swap_away(i);
            }
        }
        for (std::size_t i = 1; i < slots_.size(); ++i) {
            if (is_clash(i)) {
                move_away(i);
            }
        }
    }

private:
    std::vector<Slot>& slots_;
    std::size_t work_left_; ///< limits the work if nearly all values are the same

    [[nodiscard]] bool is_equal(std::size_t a, std::size_t b) const {
        return slots_[a].configuration == slots_[b].configuration && slots_[a].run == slots_[b].run;
    }

    [[nodiscard]] bool is_clash(std::size_t at) const { return at > 0 && at < slots_.size() && is_equal(at - 1, at); }

    [[nodiscard]] bool is_calm(std::size_t at) const { return !is_clash(at) && !is_clash(at + 1); }

    /// Swaps the slot with the next one, going round, that leaves both places calm.
    void swap_away(std::size_t at) {
        for (std::size_t step = 1; step < slots_.size() && work_left_ > 0; ++step, --work_left_) {
            const std::size_t other = (at + step) % slots_.size();
            std::swap(slots_[at], slots_[other]);
            if (is_calm(at) && is_calm(other)) {
                return;
            }
            std::swap(slots_[at], slots_[other]);
        }
    }

    /// Moves the slot, which equals the one before it, to a place whose neighbours differ.
    void move_away(std::size_t at) {
        for (std::size_t gap = 0; gap <= slots_.size() && work_left_ > 0; ++gap, --work_left_) {
            const bool is_free_before = gap == 0 || !is_equal(gap - 1, at);
            const bool is_free_behind = gap == slots_.size() || !is_equal(gap, at);
            if (is_free_before && is_free_behind) {
                move_to_gap(at, gap);
                return;
            }
        }
    }

    void move_to_gap(std::size_t from, std::size_t gap) {
        const auto place = [this](std::size_t index) { return slots_.begin() + static_cast<std::ptrdiff_t>(index); };
        work_left_ -= std::min(work_left_, slots_.size() / 8);
        if (gap <= from) {
            std::rotate(place(gap), place(from), place(from + 1));
        } else {
            std::rotate(place(from), place(from + 1), place(gap));
        }
    }
};

/// Numbers the replicates of the same values in the order in which they will run.
void number_replicates(std::vector<Slot>& slots, const std::vector<RunCount>& configurations) {
    std::vector<std::size_t> first(configurations.size() + 1, 0);
    for (std::size_t i = 0; i < configurations.size(); ++i) {
        first[i + 1] = first[i] + (configurations[i].has_same_values ? 1 : configurations[i].runs);
    }
    std::vector<std::uint32_t> seen(first.back(), 0);
    for (Slot& slot : slots) {
        slot.replicate = ++seen[first[slot.configuration] + slot.run];
    }
}

/// Shuffles a list in which each configuration has all its values before they come again: another list would change
/// the order that a seed gives.
std::vector<Slot> order_randomly(const std::vector<RunCount>& configurations, std::uint32_t replicates,
                                 Engine& engine) {
    std::vector<Slot> slots;
    for (std::size_t i = 0; i < configurations.size(); ++i) {
        for (std::uint32_t run = 0; run < replicates * configurations[i].runs; ++run) {
            slots.push_back(make_slot(configurations[i], i, run % configurations[i].runs));
        }
    }
    for (std::size_t left = slots.size(); left > 1; --left) { // Fisher-Yates
        std::swap(slots[left - 1], slots[draw_below(left, engine)]);
    }
    NeighbourParter(slots).part();
    return slots;
}

std::vector<Slot> order_unnumbered(const std::vector<RunCount>& configurations, std::uint32_t replicates,
                                   config::Order order, Engine& engine) {
    switch (order) {
    case config::Order::interleaved:
        return order_interleaved(configurations, replicates);
    case config::Order::random:
        return order_randomly(configurations, replicates, engine);
    case config::Order::as_written:
        break;
    }
    return order_as_written(configurations, replicates);
}

} // namespace

std::vector<Slot> order_runs(const std::vector<RunCount>& configurations, std::uint32_t replicates, config::Order order,
                             Engine engine) {
    std::vector<Slot> slots = order_unnumbered(configurations, replicates, order, engine);
    number_replicates(slots, configurations);
    return slots;
}

std::vector<Slot> add_controls(const std::vector<Slot>& slots, std::uint32_t every, std::uint32_t configuration) {
    std::vector<Slot> all;
    all.reserve(slots.size() + slots.size() / every + 2);
    std::uint32_t controls = 0;
    const auto add_control = [&] { all.push_back({configuration, 0, ++controls, true}); };
    for (std::size_t i = 0; i < slots.size(); ++i) {
        if (i % every == 0) {
            add_control();
        }
        all.push_back(slots[i]);
    }
    if (!slots.empty()) {
        add_control();
    }
    return all;
}

} // namespace mutation::plan
