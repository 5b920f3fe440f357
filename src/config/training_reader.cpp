#include "training_reader.hpp"

#include "hyperparameter_reader.hpp"
#include "mutation/core/text.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace mutation::config {

namespace {

std::vector<std::string> model_names(const Repository& repository) {
    std::vector<std::string> names;
    for (const Model& model : repository.models) {
        names.push_back(model.name);
    }
    return names;
}

std::vector<std::string> hyperparameter_names(const Model& model) {
    std::vector<std::string> names;
    for (const Hyperparameter& hyperparameter : model.hyperparameters) {
        names.push_back(hyperparameter.name);
    }
    return names;
}

/// Old names are suggested too: they are accepted everywhere.
template <class Item>
std::vector<std::string> all_names(const std::vector<Item>& items) {
    std::vector<std::string> names;
    for (const Item& item : items) {
        names.push_back(item.name);
        names.insert(names.end(), item.aliases.begin(), item.aliases.end());
    }
    return names;
}

std::string join_hints(const std::string& first, const std::string& second) {
    return first.empty() || second.empty() ? first + second : first + " " + second;
}

bool is_drawable(const Hyperparameter& hyperparameter) {
    const bool is_number =
        hyperparameter.type == HyperparameterType::integer || hyperparameter.type == HyperparameterType::real;
    return !is_number || hyperparameter.range.has_value();
}

bool is_fixed(const std::vector<Assignment>& fixed, const std::string& name) {
    return std::any_of(fixed.begin(), fixed.end(), [&name](const Assignment& each) { return each.name == name; });
}

/// The canonical name of a hyperparameter that only other models of the repository have.
std::string canonical_name(const Repository& repository, const std::string& name) {
    for (const Model& model : repository.models) {
        if (const Hyperparameter* hyperparameter = model.find_hyperparameter(name)) {
            return hyperparameter->name;
        }
    }
    return name;
}

/// Everything that can be drawn and is not fixed.
std::vector<std::string> expand_all(const Model& model, const std::vector<Assignment>& fixed) {
    std::vector<std::string> names;
    for (const Hyperparameter& hyperparameter : model.hyperparameters) {
        if (is_drawable(hyperparameter) && !is_fixed(fixed, hyperparameter.name)) {
            names.push_back(hyperparameter.name);
        }
    }
    return names;
}

bool holds_all(const JsonCursor& list) {
    return std::any_of(list.value().begin(), list.value().end(), [](const Json& name) { return name == "all"; });
}

} // namespace

std::optional<TrainingRequest> TrainingReader::read_training(const JsonCursor& place,
                                                             const TrainingDefaults& defaults) {
    const std::size_t errors_before = place.source().error_count();
    TrainingRequest request;
    request.mode = defaults.mode;
    request.runs = static_cast<int>(place.whole_at("runs_per_config", 1, kMostRuns).value_or(defaults.runs));
    const auto mutate = place.find("mutate");
    if (mutate && request.mode == Mode::default_values) {
        mutate->error("the mode \"default\" mutates nothing", R"(remove "mutate", or write "mode": "mutation")");
    }
    const auto found = read_model(place);
    if (!found) {
        check_form(place);
        return std::nullopt;
    }
    request.repository = found->repository->name;
    request.model = found->model->name;
    request.hyperparameters = read_hyperparameters(place, *found);
    if (request.mode == Mode::mutation) {
        request.mutate = read_mutate(place, *found, request.hyperparameters);
    }
    return place.source().error_count() == errors_before ? std::optional(std::move(request)) : std::nullopt;
}

std::optional<FoundModel> TrainingReader::read_model(const JsonCursor& place) {
    const auto repo = place.find("repo");
    const auto model = place.find("model");
    if (!repo) {
        place.missing("repo", "known repositories: " + list_names(registry_.names()));
    }
    if (!model) {
        place.missing("model", R"(write "model": "...")");
    }
    const auto repo_name = repo ? repo->text() : std::nullopt;
    const auto model_name = model ? model->text() : std::nullopt;
    if (!repo_name) {
        return std::nullopt;
    }
    FoundModel found;
    found.repository = registry_.find(*repo_name);
    if (found.repository == nullptr) {
        note_unknown_repository(*repo, *repo_name);
        return std::nullopt;
    }
    if (!model_name) {
        return std::nullopt;
    }
    found.model = found.repository->find_model(*model_name);
    if (found.model == nullptr) {
        model->error("unknown model of " + found.repository->name,
                     join_hints(model->guess(*model_name, all_names(found.repository->models)),
                                "known: " + list_names(model_names(*found.repository))));
        return std::nullopt;
    }
    return found;
}

std::vector<Assignment> TrainingReader::read_hyperparameters(const JsonCursor& place, const FoundModel& found) {
    std::vector<Assignment> assignments;
    const auto values = place.find("hyperparameters");
    if (!values || !values->is_object(R"(write {"epochs": 10})")) {
        return assignments;
    }
    std::set<std::string> seen;
    for (const JsonMember& member : named_members(*values)) {
        const Hyperparameter* hyperparameter = found.model->find_hyperparameter(member.key);
        if (hyperparameter == nullptr) {
            note_unknown_hyperparameter(member.at, member.key, found);
        } else if (!seen.insert(hyperparameter->name).second) {
            member.at.error(quote(member.key) + " is another name of " + quote(hyperparameter->name) +
                                ", which is here too",
                            "keep one of them");
        } else if (auto read = read_value(member.at, *hyperparameter)) {
            assignments.push_back({hyperparameter->name, std::move(read->value), false});
        }
    }
    return assignments;
}

void TrainingReader::check_form(const JsonCursor& place) {
    if (const auto mutate = place.find("mutate")) {
        (void)mutate->texts(R"(list the hyperparameters: ["learning_rate"], or ["all"])");
    }
    if (const auto values = place.find("hyperparameters")) {
        (void)values->is_object(R"(write {"epochs": 10})");
    }
}

/// Without `mutate` everything is mutated.
std::vector<std::string> TrainingReader::read_mutate(const JsonCursor& place, const FoundModel& found,
                                                     const std::vector<Assignment>& fixed) {
    const auto list = place.find("mutate");
    if (!list) {
        std::vector<std::string> names = expand_all(*found.model, fixed);
        if (names.empty()) {
            place.error_at_place("nothing is left to mutate",
                                 R"(write "mode": "default", or fix fewer hyperparameters)");
        }
        return names;
    }
    if (!list->is_array(R"(list the hyperparameters: ["learning_rate"], or ["all"])")) {
        return {};
    }
    if (list->value().empty()) {
        list->error("an empty list mutates nothing",
                    R"(name hyperparameters, write ["all"], or "mode": "default" without "mutate")");
        return {};
    }
    return read_mutate_list(*list, found, fixed);
}

std::vector<std::string> TrainingReader::read_mutate_list(const JsonCursor& list, const FoundModel& found,
                                                          const std::vector<Assignment>& fixed) {
    const bool is_all = holds_all(list);
    std::vector<std::string> names;
    std::set<std::string> seen;
    for (const JsonCursor& element : list.elements()) {
        if (element.value() == "all") {
            continue;
        }
        const Hyperparameter* hyperparameter = find_mutable(element, found, fixed);
        if (hyperparameter != nullptr && !seen.insert(hyperparameter->name).second) {
            element.error(quote(hyperparameter->name) + " is named twice", "keep one of them");
        } else if (hyperparameter != nullptr) {
            names.push_back(hyperparameter->name);
        }
    }
    if (!is_all) {
        return names;
    }
    names = expand_all(*found.model, fixed);
    if (names.empty()) {
        list.error("nothing is left to mutate", "fix fewer hyperparameters, or give some of them a range");
    }
    return names;
}

const Hyperparameter* TrainingReader::find_mutable(const JsonCursor& place, const FoundModel& found,
                                                   const std::vector<Assignment>& fixed) {
    const auto name = place.text();
    if (!name) {
        return nullptr;
    }
    const Hyperparameter* hyperparameter = found.model->find_hyperparameter(*name);
    if (hyperparameter == nullptr) {
        note_unknown_hyperparameter(place, *name, found);
        return nullptr;
    }
    if (!is_drawable(*hyperparameter)) {
        place.error("it has no range to draw from",
                    "fix it by \"hyperparameters\", or give it a range in " + found.repository->file.string());
        return nullptr;
    }
    if (is_fixed(fixed, hyperparameter->name)) {
        place.error("it is fixed by \"hyperparameters\" too", "either mutate or fix it");
        return nullptr;
    }
    return hyperparameter;
}

void TrainingReader::note_unknown_repository(const JsonCursor& place, const std::string& name) {
    if (const BrokenRegistryFile* broken = registry_.find_broken(name)) {
        place.error("its registry file " + broken->file.string() + " has errors", "correct them");
        if (shown_.insert(broken).second) {
            problems_.errors.insert(problems_.errors.end(), broken->errors.begin(), broken->errors.end());
        }
        return;
    }
    place.error("unknown repository",
                join_hints(place.guess(name, registry_.names()), "known: " + list_names(registry_.names())));
}

void TrainingReader::note_unknown_hyperparameter(const JsonCursor& place, const std::string& name,
                                                 const FoundModel& found) {
    const std::string owner = found.repository->name + "/" + found.model->name;
    const std::vector<std::string> names = hyperparameter_names(*found.model);
    const std::string known = names.empty() ? "it has none" : "known: " + list_names(names);
    const auto reason = found.model->without_effect.find(canonical_name(*found.repository, name));
    if (reason != found.model->without_effect.end()) {
        place.error(quote(name) + " has no effect on " + owner + ": " + reason->second, "remove it; " + known);
        return;
    }
    place.error("unknown hyperparameter " + quote(name) + " of " + owner,
                join_hints(place.guess(name, all_names(found.model->hyperparameters)), known));
}

} // namespace mutation::config
