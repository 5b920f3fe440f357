#include "mutation/plan/mutator.hpp"

#include "mutation/core/error.hpp"

#include <cstring>
#include <fmt/format.h>
#include <unordered_set>

namespace mutation::plan {

namespace {

/// Spaces up to this size are counted one by one where it matters.
constexpr std::uint64_t kSmallSpace = std::uint64_t{1} << 20U;
/// Draws in a row that give nothing new before the space's rest is searched in another way.
constexpr int kMostVainDraws = 1000;

class MutationDraw {
public:
    MutationDraw(const std::vector<const config::Hyperparameter*>& mutated, const IsTaken& is_taken, Engine& engine)
        : is_taken_(is_taken), engine_(engine) {
        for (const config::Hyperparameter* hyperparameter : mutated) {
            spaces_.emplace_back(*hyperparameter);
            size_ = size_ > kCountless / spaces_.back().count() ? kCountless : size_ * spaces_.back().count();
        }
    }

    std::vector<std::vector<Value>> run(std::size_t runs, std::uint64_t taken) {
        const bool is_tight = size_ <= kSmallSpace || size_ - std::min(size_, taken) < std::uint64_t{2} * runs;
        if (is_tight) {
            collect_free(runs);
        }
        mutations_.reserve(runs);
        seen_.reserve(runs);
        int vain = 0;
        while (mutations_.size() < runs && vain < kMostVainDraws) {
            vain = accept(draw()) ? 0 : vain + 1;
        }
        if (is_tight) {
            fill_from_free(runs);
        }
        while (mutations_.size() < runs) { // nearly all draws fall on few values: take any others
            accept(draw_evenly());
        }
        return std::move(mutations_);
    }

private:
    std::vector<Value> draw() {
        std::vector<Value> values;
        values.reserve(spaces_.size());
        for (const ValueSpace& space : spaces_) {
            values.push_back(space.draw(engine_));
        }
        return values;
    }

    std::vector<Value> draw_evenly() {
        std::vector<Value> values;
        for (const ValueSpace& space : spaces_) {
            values.push_back(space.at(draw_below(space.count(), engine_)));
        }
        return values;
    }

    bool accept(std::vector<Value> values) {
        if (is_taken_(values) || !seen_.insert(mutation_key(values)).second) {
            return false;
        }
        mutations_.push_back(std::move(values));
        return true;
    }

    [[nodiscard]] std::vector<Value> combination(std::uint64_t index) const {
        std::vector<Value> values;
        for (const ValueSpace& space : spaces_) {
            values.push_back(space.at(index % space.count()));
            index /= space.count();
        }
        return values;
    }

    /// Counts what is left; the order of the indices is what fill_from_free shuffles.
    void collect_free(std::size_t runs) {
        if (size_ < runs) {
            throw_too_small(runs, size_, 0);
        }
        for (std::uint64_t index = 0; index < size_; ++index) {
            if (!is_taken_(combination(index))) {
                free_.push_back(index);
            }
        }
        if (free_.size() < runs) {
            throw_too_small(runs, free_.size(), size_ - free_.size());
        }
    }

    void fill_from_free(std::size_t runs) {
        for (std::size_t left = free_.size(); left > 0 && mutations_.size() < runs; --left) {
            std::swap(free_[draw_below(left, engine_)], free_[left - 1]);
            accept(combination(free_[left - 1]));
        }
    }

    [[noreturn]] static void throw_too_small(std::size_t runs, std::uint64_t left, std::uint64_t taken) {
        const std::string gone = taken == 0 ? "" : fmt::format(" ({} more are taken already)", taken);
        throw Error(
            ErrorKind::usage,
            fmt::format("{} unique mutations are asked for, but only {} exist{}; ask for fewer runs, mutate more "
                        "hyperparameters, or widen their ranges",
                        runs, left, gone));
    }

    std::vector<ValueSpace> spaces_;
    std::uint64_t size_ = 1;
    const IsTaken& is_taken_;
    Engine& engine_;
    std::vector<std::uint64_t> free_;
    std::vector<std::vector<Value>> mutations_;
    std::unordered_set<std::string> seen_;
};

struct KeyWriter {
    std::string& key;

    void operator()(std::int64_t number) const { append('i', number); }
    void operator()(double number) const { append('d', number == 0 ? 0.0 : number); }
    void operator()(bool flag) const { append('b', flag); }
    void operator()(const std::string& text) const {
        append('s', text.size());
        key += text;
    }

private:
    template <class Number>
    void append(char kind, Number number) const {
        char bytes[sizeof number];
        std::memcpy(bytes, &number, sizeof number);
        key.push_back(kind);
        key.append(bytes, sizeof bytes);
    }
};

} // namespace

std::vector<std::vector<Value>> draw_mutations(const std::vector<const config::Hyperparameter*>& mutated,
                                               std::size_t runs, const IsTaken& is_taken, std::uint64_t taken,
                                               Engine& engine) {
    return MutationDraw(mutated, is_taken, engine).run(runs, taken);
}

std::string mutation_key(const std::vector<Value>& values) {
    std::string key;
    key.reserve(values.size() * 9);
    for (const Value& value : values) {
        append_key(key, value);
    }
    return key;
}

void append_key(std::string& key, const Value& value) {
    std::visit(KeyWriter{key}, value);
}

} // namespace mutation::plan
