#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mutation::plan {

/// A value packed into 64 bits, so that a million mutations fit a small set. See `pack_value`.
using Word = std::uint64_t;

/// Combinations that are used up. Exact (combinations are compared, not just their hashes), and its order can be seen
/// by nobody.
class MutationSet {
public:
    /// `width`: words in each combination.
    explicit MutationSet(std::size_t width) : width_(width) {}

    /// Whether the combination was new.
    bool insert(std::span<const Word> words);
    [[nodiscard]] bool contains(std::span<const Word> words) const;
    [[nodiscard]] std::size_t size() const { return count_; }

private:
    std::size_t width_;
    std::size_t count_ = 0;
    std::vector<Word> words_;          ///< all combinations, one after the other
    std::vector<std::uint32_t> slots_; ///< open addressing: a combination's number + 1, or 0

    [[nodiscard]] std::size_t find_slot(std::span<const Word> words) const;
    void grow();
};

} // namespace mutation::plan
