#include "mutation/plan/mutator.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"

#include <string_view>

namespace mutation::plan {

namespace {

constexpr char kKeySeparator = '\0'; // the one character that no word of a command line holds

/// Marks what a key stands for as taken; a key of other hyperparameters takes nothing.
void take_key(const MutationSpace& space, std::string_view key, MutationSet& taken) {
    const std::vector<std::string_view> words = split(key, kKeySeparator);
    if (words.size() != space.spaces.size()) {
        return;
    }
    std::vector<Word> combination;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::optional<Word> word = pack_text(space.spaces[i].hyperparameter(), words[i]);
        if (!word) {
            return;
        }
        combination.push_back(*word);
    }
    taken.insert(combination);
}

MutationSpace make_space(const std::vector<const config::Hyperparameter*>& mutated) {
    MutationSpace space;
    for (const config::Hyperparameter* const hyperparameter : mutated) {
        space.positions.push_back(space.spaces.size());
        space.spaces.emplace_back(*hyperparameter);
    }
    space.combination.resize(mutated.size());
    return space;
}

} // namespace

std::uint64_t count_values(const config::Hyperparameter& hyperparameter) {
    const bool is_number = hyperparameter.type == config::HyperparameterType::integer ||
                           hyperparameter.type == config::HyperparameterType::real;
    return is_number && !hyperparameter.range ? 0 : ValueSpace(hyperparameter).size();
}

Value draw_value(const config::Hyperparameter& hyperparameter, Engine& engine) {
    const ValueSpace space(hyperparameter);
    if (space.size() == 0) {
        throw Error(ErrorKind::usage, hyperparameter.name + ": its range holds no value of its type");
    }
    return space.unpack(space.draw(engine));
}

std::vector<std::vector<Value>> draw_mutations(const std::vector<const config::Hyperparameter*>& mutated,
                                               std::size_t runs, const std::set<std::string>& taken, Engine& engine) {
    const MutationSpace space = make_space(mutated);
    MutationSet used(mutated.size());
    for (const std::string& key : taken) {
        take_key(space, key, used);
    }
    const std::vector<Word> words = draw_distinct(space, runs, used, engine);
    std::vector<std::vector<Value>> mutations(runs);
    for (std::size_t run = 0; run < runs; ++run) {
        mutations[run].reserve(mutated.size());
        for (std::size_t i = 0; i < mutated.size(); ++i) {
            mutations[run].push_back(space.spaces[i].unpack(words[run * mutated.size() + i]));
        }
    }
    return mutations;
}

std::string mutation_key(const std::vector<Value>& values) {
    std::string key;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0) {
            key += kKeySeparator;
        }
        key += to_argument(values[i]);
    }
    return key;
}

} // namespace mutation::plan
