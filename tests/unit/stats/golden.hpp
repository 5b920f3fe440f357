#pragma once

#include "catch.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace mutation::stats {

using Numbers = std::vector<double>;

/// Reference values that tests/golden/stats/make_golden.py (or .R) computed.
inline nlohmann::json load_golden(const std::string& name) {
    std::ifstream file(std::string(MUTATION_TEST_DIR) + "/golden/stats/" + name + ".json");
    REQUIRE(file.is_open());
    return nlohmann::json::parse(file);
}

/// Equal to 1e-9, relative to numbers of at least .001 in size.
inline bool agrees(double value, double expected) {
    return std::abs(value - expected) <= 1e-9 * std::max(std::abs(expected), 1e-3);
}

inline void check_agrees(double value, const nlohmann::json& expected) {
    INFO(value << " instead of " << expected);
    CHECK(agrees(value, expected.get<double>()));
}

inline void check_all_agree(const Numbers& values, const nlohmann::json& expected) {
    REQUIRE(values.size() == expected.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        INFO("number " << i << ": " << values[i] << " instead of " << expected[i]);
        CHECK(agrees(values[i], expected[i].get<double>()));
    }
}

/// For probabilities: the relative error counts however small they are.
inline void check_probability(double value, const nlohmann::json& expected) {
    INFO(value << " instead of " << expected);
    CHECK(std::abs(value - expected.get<double>()) <= 1e-9 * expected.get<double>());
}

} // namespace mutation::stats
