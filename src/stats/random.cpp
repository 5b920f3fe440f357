#include "mutation/stats/random.hpp"

#include "contract.hpp"

#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_01.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <utility>

namespace mutation::stats {

double Random::uniform() {
    return boost::random::uniform_01<double>()(engine_);
}

double Random::normal() {
    return boost::random::normal_distribution<double>()(engine_);
}

std::size_t Random::index(std::size_t count) {
    require(count > 0, "stats: a random index needs at least one case");
    return boost::random::uniform_int_distribution<std::uint64_t>(0, count - 1)(engine_);
}

void Random::shuffle(std::span<double> values) {
    for (std::size_t remaining = values.size(); remaining > 1; --remaining) {
        std::swap(values[remaining - 1], values[index(remaining)]);
    }
}

std::vector<std::size_t> Random::resample_counts(std::size_t count) {
    std::vector<std::size_t> counts(count, 0);
    for (std::size_t draw = 0; draw < count; ++draw) {
        ++counts[index(count)];
    }
    return counts;
}

} // namespace mutation::stats
