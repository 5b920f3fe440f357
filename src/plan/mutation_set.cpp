#include "mutation/plan/mutation_set.hpp"

#include <algorithm>

namespace mutation::plan {

namespace {

std::size_t hash_words(std::span<const Word> words) {
    Word hash = 0x9E3779B97F4A7C15U;
    for (const Word word : words) {
        hash = (hash ^ word) * 0xBF58476D1CE4E5B9U;
        hash ^= hash >> 31U;
    }
    return static_cast<std::size_t>(hash * 0x94D049BB133111EBU >> 20U);
}

} // namespace

std::size_t MutationSet::find_slot(std::span<const Word> words) const {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash_words(words) & mask;; at = (at + 1) & mask) {
        if (slots_[at] == 0) {
            return at;
        }
        const Word* const known = words_.data() + (slots_[at] - 1) * width_;
        if (std::equal(words.begin(), words.end(), known)) {
            return at;
        }
    }
}

bool MutationSet::insert(std::span<const Word> words) {
    if ((count_ + 1) * 2 > slots_.size()) {
        grow();
    }
    const std::size_t at = find_slot(words);
    if (slots_[at] != 0) {
        return false;
    }
    words_.insert(words_.end(), words.begin(), words.end());
    slots_[at] = static_cast<std::uint32_t>(++count_);
    return true;
}

bool MutationSet::contains(std::span<const Word> words) const {
    return !slots_.empty() && slots_[find_slot(words)] != 0;
}

void MutationSet::grow() {
    constexpr std::size_t kFirstSize = 64; // sizes are powers of two
    const std::size_t size = std::max(kFirstSize, slots_.size() * 2);
    slots_.assign(size, 0);
    for (std::size_t number = 0; number < count_; ++number) {
        const std::span<const Word> words(words_.data() + number * width_, width_);
        slots_[find_slot(words)] = static_cast<std::uint32_t>(number + 1);
    }
}

} // namespace mutation::plan
