#include "mutation/plan/mutation_space.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"

#include <utility>

namespace mutation::plan {

namespace {

/// Draws distinct combinations in up to three steps, each of which ends: by the distributions; if those repeat
/// themselves too often, evenly over the space; if the space is nearly used up, from the list of what is left.
class DistinctDrawer {
public:
    DistinctDrawer(const MutationSpace& space, std::size_t runs, std::set<Combination>& taken, Engine& engine)
        : space_(space), runs_(runs), taken_(taken), engine_(engine), combination_(space.combination) {}

    std::vector<std::vector<Value>> draw() {
        const std::uint64_t size = space_.size();
        if (runs_ > size) {
            throw_too_small(list_free().size());
        }
        mutations_.reserve(runs_);
        if (size > 0) {
            draw_by_distribution();
        }
        if (mutations_.size() < runs_) {
            const std::uint64_t used = taken_.size() + (runs_ - mutations_.size());
            used <= size / 2 ? draw_evenly(size) : draw_from_free();
        }
        return std::move(mutations_);
    }

private:
    const MutationSpace& space_;
    std::size_t runs_;
    std::set<Combination>& taken_;
    Engine& engine_;
    Combination combination_;
    std::vector<std::vector<Value>> mutations_;

    void draw_by_distribution() {
        const std::size_t most_tries = 2 * runs_ + 64;
        for (std::size_t tries = 0; tries < most_tries && mutations_.size() < runs_; ++tries) {
            for (std::size_t i = 0; i < space_.spaces.size(); ++i) {
                combination_[space_.positions[i]] = space_.spaces[i].draw(engine_);
            }
            keep_if_new();
        }
    }

    /// At least half of the space is free, so two tries a combination are enough on average.
    void draw_evenly(std::uint64_t size) {
        while (mutations_.size() < runs_) {
            set_combination(draw_below(size, engine_));
            keep_if_new();
        }
    }

    void draw_from_free() {
        std::vector<std::uint64_t> free = list_free();
        const std::size_t missing = runs_ - mutations_.size();
        if (free.size() < missing) {
            throw_too_small(mutations_.size() + free.size());
        }
        for (std::size_t i = 0; i < missing; ++i) { // the first steps of a Fisher-Yates shuffle
            std::swap(free[i], free[i + draw_below(free.size() - i, engine_)]);
            set_combination(free[i]);
            keep_if_new();
        }
    }

    /// The indices of all combinations that are not taken. Called only if the space is not much larger
    /// than what is taken and asked for.
    std::vector<std::uint64_t> list_free() {
        std::vector<std::uint64_t> free;
        for (std::uint64_t index = 0; index < space_.size(); ++index) {
            set_combination(index);
            if (!taken_.contains(combination_)) {
                free.push_back(index);
            }
        }
        return free;
    }

    /// The combination of an index in [0, size): one digit a hyperparameter.
    void set_combination(std::uint64_t index) {
        for (std::size_t i = 0; i < space_.spaces.size(); ++i) {
            const std::uint64_t digits = space_.spaces[i].size();
            combination_[space_.positions[i]] = space_.spaces[i].at(index % digits);
            index /= digits;
        }
    }

    void keep_if_new() {
        if (!taken_.insert(combination_).second) {
            return;
        }
        std::vector<Value>& mutation = mutations_.emplace_back();
        for (const std::size_t position : space_.positions) {
            mutation.push_back(*combination_[position]);
        }
    }

    [[noreturn]] void throw_too_small(std::uint64_t available) const {
        std::vector<std::string> names;
        for (const ValueSpace& space : space_.spaces) {
            names.push_back(space.hyperparameter().name);
        }
        const std::string used = available == space_.size()
                                     ? ""
                                     : " that are not used already (" + std::to_string(space_.size()) + " in all)";
        throw Error(ErrorKind::usage,
                    std::to_string(available) + " distinct mutations of " + join(names, ", ") + " exist" + used + ", " +
                        std::to_string(runs_) +
                        " were requested; request fewer runs, mutate more hyperparameters or widen a range");
    }
};

} // namespace

std::uint64_t MutationSpace::size() const {
    std::uint64_t product = 1;
    for (const ValueSpace& space : spaces) {
        const std::uint64_t count = space.size();
        if (count == 0) {
            return 0;
        }
        product = product > kMostValues / count ? kMostValues : product * count;
    }
    return product;
}

std::vector<std::vector<Value>> draw_distinct(const MutationSpace& space, std::size_t runs,
                                              std::set<Combination>& taken, Engine& engine) {
    return DistinctDrawer(space, runs, taken, engine).draw();
}

} // namespace mutation::plan
