#include "catch.hpp"

#include "golden.hpp"
#include "mutation/core/error.hpp"
#include "mutation/stats/least_squares.hpp"

#include <limits>

namespace mutation::stats {
namespace {

Numbers standard_errors_of(const LinearFit& fit) {
    Numbers errors;
    for (const TEstimate& coefficient : fit.coefficients) {
        errors.push_back(coefficient.standard_error);
    }
    return errors;
}

Numbers coefficients_of(const LinearFit& fit) {
    Numbers values;
    for (const TEstimate& coefficient : fit.coefficients) {
        values.push_back(coefficient.value);
    }
    return values;
}

Numbers present(const std::vector<std::optional<double>>& values) {
    Numbers numbers;
    for (const auto& value : values) {
        REQUIRE(value);
        numbers.push_back(*value);
    }
    return numbers;
}

const Columns& two_inputs() {
    static const Columns inputs{{1, 2, 3, 4, 5, 6}, {0, 1, 0, 1, 1, 0}};
    return inputs;
}

} // namespace

TEST_CASE("least squares agrees with statsmodels", "[stats]") {
    for (const auto& expected : load_golden("linear")) {
        const auto fit = fit_least_squares(expected["inputs"].get<Columns>(), expected["outcome"].get<Numbers>());
        REQUIRE(fit);
        check_all_agree(coefficients_of(*fit), expected["coefficients"]);
        check_all_agree(standard_errors_of(*fit), expected["standard_errors"]);
        check_all_agree(present(fit->hc3_standard_errors), expected["hc3"]);
        check_all_agree(fit->residuals, expected["residuals"]);
        check_all_agree(fit->leverage, expected["leverage"]);
        check_all_agree(present(fit->cooks_distance), expected["cooks_distance"]);
        check_agrees(fit->r2, expected["r2"]);
        check_agrees(fit->residual_sd, expected["residual_sd"]);
        check_agrees(fit->condition_number, expected["condition_number"]);
        for (std::size_t j = 0; j <= fit->p; ++j) {
            const Interval interval = t_interval(fit->coefficients[j]);
            check_agrees(interval.low, expected["ci95"][j][0]);
            check_agrees(interval.high, expected["ci95"][j][1]);
            CHECK(t_p_value(fit->coefficients[j]) == Approx(expected["p"][j].get<double>()).epsilon(1e-8));
        }
    }
}

TEST_CASE("least squares keeps the digits that NIST certified for nearly collinear data", "[stats]") {
    const auto expected = load_golden("longley");
    const auto fit = fit_least_squares(expected["inputs"].get<Columns>(), expected["outcome"].get<Numbers>());
    REQUIRE(fit);
    check_all_agree(coefficients_of(*fit), expected["coefficients"]);
    check_all_agree(standard_errors_of(*fit), expected["standard_errors"]);
    check_agrees(fit->residual_sd, expected["residual_sd"]);
    check_agrees(fit->r2, expected["r2"]);
}

TEST_CASE("least squares agrees with R", "[stats]") {
    const auto expected = load_golden("r")["linear"];
    const auto fit = fit_least_squares({expected["Air.Flow"], expected["Water.Temp"], expected["Acid.Conc."]},
                                       expected["stack.loss"].get<Numbers>());
    REQUIRE(fit);
    check_all_agree(coefficients_of(*fit), expected["coefficients"]);
    check_all_agree(standard_errors_of(*fit), expected["standard_errors"]);
    check_all_agree(fit->leverage, expected["leverage"]);
    check_all_agree(present(fit->cooks_distance), expected["cooks_distance"]);
    check_agrees(fit->residual_sd, expected["residual_sd"][0]);
    for (std::size_t j = 0; j <= fit->p; ++j) {
        check_agrees(t_interval(fit->coefficients[j]).high, expected["ci95_high"][j]);
        check_probability(t_p_value(fit->coefficients[j]), expected["p"][j]);
    }
}

TEST_CASE("a model that the data cannot tell is refused with the reason", "[stats]") {
    const Numbers outcome{1, 3, 2, 5, 4, 7};
    const auto refusal = [](const Columns& inputs, const Numbers& values) {
        const auto fit = fit_least_squares(inputs, values);
        REQUIRE_FALSE(fit);
        return fit.refusal();
    };
    Columns inputs = two_inputs();
    CHECK(refusal({}, outcome).reason == "there is no input");
    CHECK(refusal({{1, 2}, {2, 1}}, {1, 2}).reason == "there are too few rows for so many inputs");
    CHECK(refusal(inputs, {2, 2, 2, 2, 2, 2}).reason == "the outcome has the same value in all rows");

    inputs.push_back({.1, .1, .1, .1, .1, .1});
    CHECK(refusal(inputs, outcome).reason == "an input has the same value in all rows");
    CHECK(refusal(inputs, outcome).column == std::size_t{2});

    inputs[2] = {3e6, 4e6, 7e6, 8e6, 10e6, 13e6}; // 1e6 (2 first - second + 1)
    CHECK(refusal(inputs, outcome).reason ==
          "an input follows from the other inputs, so that their effects cannot be told apart");

    inputs[2] = {1, 2, std::numeric_limits<double>::quiet_NaN(), 4, 5, 6};
    CHECK(refusal(inputs, outcome).reason == "an input has a value that is not finite");
    CHECK(refusal(two_inputs(), {1, 2, 3, 4, 5, std::numeric_limits<double>::infinity()}).reason ==
          "the outcome has a value that is not finite");
    CHECK_THROWS_AS(fit_least_squares(two_inputs(), Numbers{1, 2}), Error);
}

TEST_CASE("units and offsets of inputs do not matter", "[stats]") {
    const Numbers outcome{1, 3, 2, 5, 4, 7};
    Columns inputs = two_inputs();
    const auto fit = fit_least_squares(inputs, outcome);
    for (double& value : inputs[0]) {
        value = 1e-12 * (1e6 + 1e-3 * value);
    }
    const auto other = fit_least_squares(inputs, outcome);
    REQUIRE(other);
    CHECK(other->coefficients[1].value == Approx(1e15 * fit->coefficients[1].value).epsilon(1e-6));
    CHECK(other->condition_number == Approx(fit->condition_number).epsilon(1e-6));
}

TEST_CASE("a row that alone decides a coefficient has no HC3 and no Cook's distance", "[stats]") {
    const auto fit = fit_least_squares({{1, 2, 3, 4, 5, 6}, {0, 0, 0, 0, 0, 1}}, Numbers{1, 3, 2, 5, 4, 17});
    REQUIRE(fit);
    CHECK(fit->leverage[5] == Approx(1));
    CHECK_FALSE(fit->cooks_distance[5]);
    CHECK(fit->cooks_distance[0]);
    CHECK_FALSE(fit->hc3_standard_errors[2]);
    CHECK(fit->hc3_standard_errors[1]);
}

TEST_CASE("effects on time and power add up to those on energy", "[stats]") {
    const auto data = load_golden("linear")[0];
    const auto inputs = data["inputs"].get<Columns>();
    const auto log_time = data["outcome"].get<Numbers>();
    Numbers log_power;
    Numbers log_energy;
    for (std::size_t i = 0; i < log_time.size(); ++i) {
        log_power.push_back(4 + .1 * std::sin(static_cast<double>(i)) - .3 * inputs[1][i]);
        log_energy.push_back(log_time[i] + log_power[i]);
    }
    const auto time = fit_least_squares(inputs, log_time);
    const auto power = fit_least_squares(inputs, log_power);
    const auto energy = fit_least_squares(inputs, log_energy);
    for (std::size_t j = 0; j <= inputs.size(); ++j) {
        CHECK(energy->coefficients[j].value ==
              Approx(time->coefficients[j].value + power->coefficients[j].value).epsilon(1e-12).margin(1e-12));
    }
}

} // namespace mutation::stats
