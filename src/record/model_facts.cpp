#include "mutation/record/model_facts.hpp"

#include <set>
#include <utility>

namespace mutation::record {

ModelFacts describe_model(const config::Repository& repository, const config::Model& model) {
    ModelFacts facts{repository.name, model.name, {}, {}};
    for (const config::Hyperparameter& known : model.hyperparameters) {
        facts.hyperparameters.push_back({known.name, known.type, known.distribution, known.zero_probability,
                                         known.range, known.default_value, known.choices});
    }
    for (const config::Metric& metric : model.metrics) {
        facts.metrics.push_back({metric.name, metric.higher_is_better});
    }
    return facts;
}

std::vector<ModelFacts> describe_models(const plan::Plan& plan, const config::Registry& registry) {
    std::vector<ModelFacts> all;
    std::set<std::pair<std::string_view, std::string_view>> described;
    const auto add = [&](const plan::PlannedTraining& training) {
        const config::Repository* repository = registry.find(training.repository);
        const config::Model* model = repository == nullptr ? nullptr : repository->find_model(training.model);
        if (model != nullptr && described.emplace(training.repository, training.model).second) {
            all.push_back(describe_model(*repository, *model));
        }
    };
    for (const plan::PlannedExperiment& experiment : plan.experiments) {
        add(experiment.training);
        if (experiment.background) {
            add(experiment.background->training);
        }
    }
    return all;
}

} // namespace mutation::record
