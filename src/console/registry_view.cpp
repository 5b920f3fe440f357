#include "mutation/console/registry_view.hpp"

#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "mutation/plan/plan_json.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <ostream>

namespace mutation::console {

namespace {

std::string_view type_name(config::HyperparameterType type) {
    switch (type) {
    case config::HyperparameterType::integer:
        return "int";
    case config::HyperparameterType::real:
        return "float";
    case config::HyperparameterType::choice:
        return "choice";
    case config::HyperparameterType::boolean:
        break;
    }
    return "bool";
}

std::string_view distribution_name(config::Distribution distribution) {
    return distribution == config::Distribution::log_uniform ? "log_uniform" : "uniform";
}

std::string describe_space(const config::Hyperparameter& hyperparameter) {
    if (hyperparameter.type == config::HyperparameterType::choice) {
        return "{" + join(hyperparameter.choices, ", ") + "}";
    }
    if (hyperparameter.type == config::HyperparameterType::boolean) {
        return "{false, true}";
    }
    if (!hyperparameter.range) {
        return "fixed";
    }
    std::string text =
        fmt::format("[{}, {}] {}", format_shortest(hyperparameter.range->min),
                    format_shortest(hyperparameter.range->max), distribution_name(hyperparameter.distribution));
    if (hyperparameter.zero_probability > 0) {
        text += fmt::format(", 0 with p={}", format_shortest(hyperparameter.zero_probability));
    }
    return text;
}

std::string describe(const config::Hyperparameter& hyperparameter) {
    return fmt::format("{:<14} {:<16} {:<6} {:<9} {}", hyperparameter.name, hyperparameter.flag,
                       type_name(hyperparameter.type),
                       hyperparameter.default_value ? to_argument(*hyperparameter.default_value) : "none",
                       describe_space(hyperparameter));
}

std::vector<std::string> describe_all(const config::Model& model) {
    std::vector<std::string> lines;
    std::transform(model.hyperparameters.begin(), model.hyperparameters.end(), std::back_inserter(lines), describe);
    return lines;
}

std::string title(const config::Model& model) {
    return model.aliases.empty() ? model.name : fmt::format("{} (also {})", model.name, join(model.aliases, ", "));
}

/// Models with the same hyperparameters are printed together.
void print_models(std::ostream& out, const config::Repository& repository) {
    std::vector<bool> is_done(repository.models.size());
    for (std::size_t i = 0; i < repository.models.size(); ++i) {
        if (is_done[i]) {
            continue;
        }
        const std::vector<std::string> lines = describe_all(repository.models[i]);
        std::vector<std::string> titles;
        for (std::size_t j = i; j < repository.models.size(); ++j) {
            if (describe_all(repository.models[j]) == lines) {
                titles.push_back(title(repository.models[j]));
                is_done[j] = true;
            }
        }
        out << "  " << join(titles, ", ") << '\n';
        for (const std::string& line : lines) {
            out << "    " << line << '\n';
        }
    }
}

Json hyperparameter_to_json(const config::Hyperparameter& hyperparameter) {
    Json json;
    json["name"] = hyperparameter.name;
    json["aliases"] = hyperparameter.aliases;
    json["flag"] = hyperparameter.flag;
    json["type"] = type_name(hyperparameter.type);
    json["default"] = plan::value_to_json(hyperparameter.default_value);
    json["range"] = hyperparameter.range ? Json{hyperparameter.range->min, hyperparameter.range->max} : Json(nullptr);
    json["distribution"] = distribution_name(hyperparameter.distribution);
    json["zero_probability"] = hyperparameter.zero_probability;
    json["choices"] = hyperparameter.choices;
    return json;
}

} // namespace

void print_registry(std::ostream& out, const config::Registry& registry) {
    bool is_first = true;
    for (const config::Repository& repository : registry.repositories) {
        out << (is_first ? "" : "\n") << repository.name << "  (" << repository.path << ")\n";
        print_models(out, repository);
        is_first = false;
    }
}

Json registry_to_json(const config::Registry& registry) {
    Json repositories = Json::array();
    for (const config::Repository& repository : registry.repositories) {
        Json models = Json::array();
        for (const config::Model& model : repository.models) {
            Json hyperparameters = Json::array();
            std::transform(model.hyperparameters.begin(), model.hyperparameters.end(),
                           std::back_inserter(hyperparameters), hyperparameter_to_json);
            Json metrics = Json::array();
            for (const config::Metric& metric : model.metrics) {
                metrics.push_back(Json{
                    {"name", metric.name},
                    {"higher_is_better", metric.higher_is_better ? Json(*metric.higher_is_better) : Json(nullptr)}});
            }
            models.push_back(Json{{"name", model.name},
                                  {"aliases", model.aliases},
                                  {"hyperparameters", std::move(hyperparameters)},
                                  {"metrics", std::move(metrics)},
                                  {"required_metrics", model.required_metrics}});
        }
        repositories.push_back(Json{{"name", repository.name},
                                    {"path", repository.directory.string()},
                                    {"file", repository.file.string()},
                                    {"models", std::move(models)}});
    }
    return Json{{"repositories", std::move(repositories)}};
}

} // namespace mutation::console
