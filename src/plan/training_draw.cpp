#include "training_draw.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace mutation::plan {

namespace {

/// The key of a whole training, so that two configurations that mutate different things cannot meet.
std::string training_key(const std::vector<Assignment>& values) {
    std::string key;
    for (const Assignment& assignment : values) {
        if (assignment.value) {
            append_key(key, *assignment.value);
        } else {
            key.push_back('n');
        }
    }
    return key;
}

std::vector<std::size_t> positions_of(const std::vector<std::string>& names, const std::vector<Assignment>& values) {
    std::vector<std::size_t> positions;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (std::find(names.begin(), names.end(), values[i].name) != names.end()) {
            positions.push_back(i);
        }
    }
    return positions;
}

/// A CSV's cell as the value that the training would get; nothing when it is none.
std::optional<Value> value_from_cell(const std::string& cell, config::HyperparameterType type) {
    const std::optional<double> number = parse_double(cell);
    switch (type) {
    case config::HyperparameterType::integer:
        return number && *number == static_cast<double>(static_cast<std::int64_t>(*number))
                   ? std::optional<Value>(static_cast<std::int64_t>(*number))
                   : std::nullopt;
    case config::HyperparameterType::real:
        // v3.0 kept all digits of what it drew; ours are drawn with 6.
        return number ? std::optional<Value>(round_significant(*number, 6)) : std::nullopt;
    case config::HyperparameterType::boolean:
        return cell == "True" || cell == "true";
    case config::HyperparameterType::choice:
        break;
    }
    return cell;
}

} // namespace

std::vector<Assignment> effective_values(const config::Model& model, const std::vector<Assignment>& explicit_values) {
    std::vector<Assignment> values;
    for (const config::Hyperparameter& hyperparameter : model.hyperparameters) {
        Assignment assignment{hyperparameter.name, hyperparameter.default_value, false};
        for (const Assignment& given : explicit_values) {
            if (given.name == hyperparameter.name) {
                assignment.value = given.value;
            }
        }
        values.push_back(std::move(assignment));
    }
    return values;
}

std::vector<std::vector<Assignment>> TrainingDrawer::draw(const config::ExperimentRequest& request,
                                                          const config::Model& model,
                                                          const std::vector<Assignment>& base) {
    const std::vector<std::size_t> mutated = positions_of(request.training.mutate, base);
    std::vector<const config::Hyperparameter*> hyperparameters;
    for (const std::size_t position : mutated) {
        hyperparameters.push_back(&model.hyperparameters[position]);
    }
    Taken& taken = taken_[request.training.repository + "/" + model.name + (request.background ? "/parallel" : "")];
    take_history(request, model, base, mutated, taken);
    std::vector<Assignment> candidate = base;
    const auto fill_in = [&](const std::vector<Value>& values) {
        for (std::size_t i = 0; i < mutated.size(); ++i) {
            candidate[mutated[i]].value = values[i];
            candidate[mutated[i]].is_mutated = true;
        }
    };
    const IsTaken is_taken = [&](const std::vector<Value>& values) {
        if (taken.empty()) {
            return false;
        }
        fill_in(values);
        return taken.contains(training_key(candidate));
    };
    // A stream of its own: editing one configuration does not change what another draws.
    Engine engine = make_engine(seed_, request.index);
    std::vector<std::vector<Assignment>> runs;
    try {
        for (const std::vector<Value>& values : draw_mutations(
                 hyperparameters, static_cast<std::size_t>(request.training.runs), is_taken, taken.size(), engine)) {
            fill_in(values);
            runs.push_back(candidate);
        }
    } catch (const Error& error) {
        throw Error(error.kind(), fmt::format("experiments[{}]: {} {}: {}", request.index, request.training.repository,
                                              model.name, error.message()));
    }
    for (const std::vector<Assignment>& run : runs) {
        taken.insert(training_key(run));
    }
    return runs;
}

void TrainingDrawer::take_history(const config::ExperimentRequest& request, const config::Model& model,
                                  const std::vector<Assignment>& base, const std::vector<std::size_t>& mutated,
                                  Taken& taken) const {
    for (const HistoricalRun& run : history_) {
        const config::Model* same = run.model == model.name || std::find(model.aliases.begin(), model.aliases.end(),
                                                                         run.model) != model.aliases.end()
                                        ? &model
                                        : nullptr;
        if (same == nullptr || run.repository != request.training.repository ||
            run.is_parallel != request.background.has_value()) {
            continue;
        }
        // v3.0 recorded only what it mutated: what has no cell ran at its default, as far as anybody knows.
        std::vector<Assignment> values = base;
        for (const auto& [name, cell] : run.hyperparameters) {
            for (std::size_t i = 0; i < values.size(); ++i) {
                if (&model.hyperparameters[i] == model.find_hyperparameter(name)) {
                    values[i].value = value_from_cell(cell, model.hyperparameters[i].type);
                }
            }
        }
        const bool has_all =
            std::all_of(mutated.begin(), mutated.end(), [&](std::size_t i) { return values[i].value.has_value(); });
        if (has_all) {
            taken.insert(training_key(values));
        }
    }
}

} // namespace mutation::plan
