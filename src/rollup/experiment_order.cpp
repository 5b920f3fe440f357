#include "mutation/rollup/experiment_order.hpp"

#include "mutation/core/numbers.hpp"

#include <utility>

namespace mutation::rollup {

namespace {

constexpr std::string_view kParallelTail = "_parallel";
constexpr std::size_t kMostDigits = 18; // what an integer holds

std::int64_t number_of(std::string_view id) {
    if (id.ends_with(kParallelTail)) {
        id.remove_suffix(kParallelTail.size());
    }
    std::size_t digits = 0;
    while (digits < id.size() && digits < kMostDigits && id[id.size() - 1 - digits] >= '0' &&
           id[id.size() - 1 - digits] <= '9') {
        ++digits;
    }
    return parse_integer(id.substr(id.size() - digits)).value_or(0);
}

} // namespace

bool comes_before(std::string_view a, std::string_view b) {
    return std::pair(number_of(a), a) < std::pair(number_of(b), b);
}

} // namespace mutation::rollup
