#include "catch.hpp"

#include "mutation/core/error.hpp"
#include "mutation/plan/mutator.hpp"

#include <set>

using namespace mutation;
using config::Distribution;
using config::Hyperparameter;
using config::HyperparameterType;

namespace {

Hyperparameter real(double min, double max, Distribution distribution = Distribution::uniform, double zero = 0) {
    Hyperparameter hyperparameter;
    hyperparameter.name = "x";
    hyperparameter.type = HyperparameterType::real;
    hyperparameter.range = config::NumericRange{min, max};
    hyperparameter.distribution = distribution;
    hyperparameter.zero_probability = zero;
    return hyperparameter;
}

Hyperparameter whole(double min, double max, Distribution distribution = Distribution::uniform) {
    Hyperparameter hyperparameter = real(min, max, distribution);
    hyperparameter.type = HyperparameterType::integer;
    return hyperparameter;
}

const plan::IsTaken kNothingTaken = [](const std::vector<Value>&) { return false; };

std::vector<std::string> words(const Hyperparameter& hyperparameter, std::size_t count, std::uint64_t seed) {
    plan::Engine engine = plan::make_engine(seed, 0);
    std::vector<std::string> list;
    for (std::size_t i = 0; i < count; ++i) {
        list.push_back(to_argument(plan::ValueSpace(hyperparameter).draw(engine)));
    }
    return list;
}

} // namespace

TEST_CASE("the same seed gives the same values on every machine and compiler") {
    using Words = std::vector<std::string>;
    CHECK(words(whole(100, 300, Distribution::log_uniform), 4, 42) == Words{"268", "154", "248", "113"});
    CHECK(words(real(0.02, 0.5, Distribution::log_uniform), 4, 42) ==
          Words{"0.359743", "0.0707201", "0.286384", "0.028652"});
    CHECK(words(real(0, 0.5), 3, 7) == words(real(0, 0.5), 3, 7));
    CHECK(words(real(0, 0.5), 3, 7) != words(real(0, 0.5), 3, 8));
}

TEST_CASE("the number of distinct values is computed") {
    CHECK(plan::ValueSpace(whole(5, 15)).count() == 11);
    CHECK(plan::ValueSpace(whole(-3, 3)).count() == 7);
    CHECK(plan::ValueSpace(real(0.1, 0.1)).count() == 1);
    CHECK(plan::ValueSpace(real(0.1, 0.100001)).count() == 2);
    CHECK(plan::ValueSpace(real(1, 10)).count() == 900001);
    CHECK(plan::ValueSpace(real(1, 10, Distribution::uniform, 0.3)).count() == 900002);
    CHECK(plan::ValueSpace(real(1, 10, Distribution::uniform, 1)).count() == 1);
    CHECK(plan::ValueSpace(real(-0.100001, 0.1)).count() == 2 * plan::ValueSpace(real(0, 0.1)).count());
}

TEST_CASE("a value's place in the space leads back to it") {
    for (const Hyperparameter& hyperparameter :
         {whole(-3, 9), real(0.99999, 1.00002), real(-0.0000123457, -0.0000123450), real(0.12345678, 0.123459),
          real(1, 1.00001, Distribution::uniform, 0.5)}) {
        const plan::ValueSpace space(hyperparameter);
        std::set<std::string> seen;
        for (std::uint64_t index = 0; index < space.count(); ++index) {
            CHECK(seen.insert(to_argument(space.at(index))).second);
        }
        plan::Engine engine = plan::make_engine(3, 0);
        for (int i = 0; i < 500; ++i) {
            INFO(to_argument(space.draw(engine)));
            CHECK(seen.contains(to_argument(space.draw(engine))));
        }
    }
}

TEST_CASE("both ends of a range of integers are drawn as often as the rest") {
    for (const Distribution distribution : {Distribution::uniform, Distribution::log_uniform}) {
        std::map<std::string, int> counts;
        for (const std::string& word : words(whole(5, 7, distribution), 3000, 1)) {
            ++counts[word];
        }
        CHECK(counts.size() == 3);
        for (const auto& [word, count] : counts) {
            CHECK(count > 800);
        }
    }
}

TEST_CASE("zero comes with its probability and never as minus zero") {
    int zeros = 0;
    for (const std::string& word : words(real(1e-5, 0.01, Distribution::log_uniform, 0.3), 2000, 5)) {
        zeros += word == "0" ? 1 : 0;
        CHECK(word != "-0");
    }
    CHECK(zeros > 500);
    CHECK(zeros < 700);
}

TEST_CASE("a space is drawn empty without a value twice") {
    const Hyperparameter a = whole(1, 30);
    const Hyperparameter b = whole(1, 30, Distribution::log_uniform);
    plan::Engine engine = plan::make_engine(1, 0);
    const auto mutations = plan::draw_mutations({&a, &b}, 900, kNothingTaken, 0, engine);
    std::set<std::string> keys;
    for (const std::vector<Value>& values : mutations) {
        keys.insert(plan::mutation_key(values));
    }
    CHECK(keys.size() == 900);
}

TEST_CASE("a space too small says how many it holds") {
    const Hyperparameter a = whole(1, 10);
    plan::Engine engine = plan::make_engine(1, 0);
    try {
        (void)plan::draw_mutations({&a}, 11, kNothingTaken, 0, engine);
        FAIL("must throw");
    } catch (const Error& error) {
        CHECK(error.message().find("only 10 exist") != std::string::npos);
    }
    const plan::IsTaken is_taken = [](const std::vector<Value>& values) {
        return std::get<std::int64_t>(values[0]) <= 4;
    };
    try {
        (void)plan::draw_mutations({&a}, 7, is_taken, 4, engine);
        FAIL("must throw");
    } catch (const Error& error) {
        CHECK(error.message().find("only 6 exist") != std::string::npos);
    }
}

TEST_CASE("a distribution that nearly always gives zero still yields distinct values") {
    const Hyperparameter rare = real(1, 2, Distribution::uniform, 0.999999);
    plan::Engine engine = plan::make_engine(1, 0);
    CHECK(plan::draw_mutations({&rare}, 50, kNothingTaken, 0, engine).size() == 50);
}
