#include "catch.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/plan/mutation_space.hpp"
#include "toy_registry.hpp"

#include <algorithm>
#include <iterator>
#include <set>

using namespace mutation;
using namespace mutation::plan;
using Catch::Contains;
using config::Distribution;

namespace {

std::vector<std::string> draw_keys(const std::vector<config::Hyperparameter>& hyperparameters, std::size_t runs,
                                   std::set<Combination> taken = {}) {
    MutationSpace space;
    for (const config::Hyperparameter& hyperparameter : hyperparameters) {
        space.positions.push_back(space.spaces.size());
        space.spaces.emplace_back(hyperparameter);
    }
    space.combination.resize(hyperparameters.size());
    Engine engine = make_engine(42, 0);
    std::vector<std::string> keys;
    for (const std::vector<Value>& values : draw_distinct(space, runs, taken, engine)) {
        std::vector<std::string> words;
        std::transform(values.begin(), values.end(), std::back_inserter(words), to_argument);
        keys.push_back(join(words, " "));
    }
    return keys;
}

std::string error_of(const std::vector<config::Hyperparameter>& hyperparameters, std::size_t runs,
                     const std::set<Combination>& taken = {}) {
    try {
        draw_keys(hyperparameters, runs, taken);
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::usage);
        return error.message();
    }
    return "";
}

std::size_t count_keys(const std::vector<std::string>& keys) {
    return std::set<std::string>(keys.begin(), keys.end()).size();
}

} // namespace

TEST_CASE("the same seed draws equal values with every compiler and option") {
    const std::vector<config::Hyperparameter> space{
        toy::integer("epochs", 100, 300, Distribution::log_uniform),
        toy::real("learning_rate", 0.02, 0.5, Distribution::log_uniform),
        toy::real("weight_decay", 1e-5, 0.01, Distribution::log_uniform, 0.3),
        toy::integer("seed", 0, 9999),
        toy::real("dropout", 0, 0.5),
        toy::real("shift", -1e-3, 2),
        toy::choice("loss", {"l1", "l2", "huber"}),
        toy::boolean("half")};
    CHECK(draw_keys(space, 4) == std::vector<std::string>{
                                     "268 0.0707201 2.16295e-05 4157 0.178536 1.22852 l2 false",
                                     "158 0.0436972 0.00101513 4298 0.406273 0.825881 l1 true",
                                     "290 0.459306 0 7213 0.475404 0.324216 huber false",
                                     "293 0.115556 0.000186402 5323 0.462021 0.550289 l1 false",
                                 });
}

TEST_CASE("mutations are distinct in the form that the training gets") {
    const std::vector<config::Hyperparameter> space{toy::real("lr", 0.1, 0.1001), toy::integer("epochs", 1, 20)};
    const auto keys = draw_keys(space, 1500);
    CHECK(count_keys(keys) == 1500);
}

TEST_CASE("a whole space can be drawn, even with uneven chances, and not one more") {
    const std::vector<config::Hyperparameter> rare{toy::real("decay", 0.1, 0.10009, Distribution::uniform, 0.9999999),
                                                   toy::integer("epochs", 1, 1000, Distribution::log_uniform)};
    CHECK(count_keys(draw_keys(rare, 92'000)) == 92'000);
    CHECK_THAT(error_of(rare, 92'001),
               Contains("92000 distinct mutations of decay, epochs exist, 92001 were requested"));
}

TEST_CASE("a large space with one very likely value still gives distinct mutations") {
    const std::vector<config::Hyperparameter> space{toy::real("decay", 1e-5, 1, Distribution::log_uniform, 0.9999999)};
    CHECK(count_keys(draw_keys(space, 20'000)) == 20'000);
}

TEST_CASE("used values are not drawn again and do not count as available") {
    const std::vector<config::Hyperparameter> space{toy::integer("epochs", 1, 5), toy::boolean("half")};
    std::set<Combination> taken;
    for (const std::int64_t epochs : {1, 2, 3}) {
        taken.insert({Value(epochs), Value(true)});
    }
    taken.insert({Value(std::int64_t{77}), Value(true)}); // outside the space: takes nothing from it
    const auto keys = draw_keys(space, 7, taken);
    CHECK(count_keys(keys) == 7);
    CHECK(std::find(keys.begin(), keys.end(), "2 true") == keys.end());
    CHECK_THAT(error_of(space, 8, taken), Contains("7 distinct mutations of epochs, half exist that are not used "
                                                   "already (10 in all), 8 were requested"));
}

TEST_CASE("a hundred thousand mutations are drawn without repeating one") {
    const std::vector<config::Hyperparameter> space{
        toy::integer("epochs", 100, 300, Distribution::log_uniform),
        toy::real("learning_rate", 0.02, 0.5, Distribution::log_uniform),
        toy::real("weight_decay", 1e-5, 0.01, Distribution::log_uniform, 0.3), toy::integer("seed", 0, 9999)};
    CHECK(count_keys(draw_keys(space, 100'000)) == 100'000);
}
