#include "model_reader.hpp"

#include "hyperparameter_reader.hpp"
#include "mutation/config/session_settings.hpp"
#include "mutation/core/text.hpp"

#include <algorithm>
#include <utility>

namespace mutation::config {

namespace {

/// Keeps a hostile file from being multiplied into all of the memory.
constexpr std::size_t kMostCombinations = 100000;

std::vector<std::string> split_at_blanks(std::string_view text) {
    std::vector<std::string> words;
    std::string spaced(text);
    std::replace_if(
        spaced.begin(), spaced.end(), [](char letter) { return letter == '\t' || letter == '\n' || letter == '\r'; },
        ' ');
    for (const std::string_view word : split(spaced, ' ')) {
        if (!word.empty()) {
            words.emplace_back(word);
        }
    }
    return words;
}

std::vector<std::string> read_names(const JsonCursor& place) {
    std::vector<std::string> names;
    if (place.is_array(R"(list the names: ["a"])")) {
        for (const JsonCursor& element : place.elements()) {
            if (auto name = element.name()) {
                names.push_back(std::move(*name));
            }
        }
    }
    return names;
}

template <class Item>
auto find_by_name(std::vector<Item>& items, const std::string& name) {
    return std::find_if(items.begin(), items.end(), [&name](const Item& item) { return item.name == name; });
}

} // namespace

std::vector<std::string> read_required_args(const JsonCursor& place) {
    if (!place.value().is_object()) {
        return place.texts(R"(list the words: ["--dataset", "d2a"])");
    }
    std::vector<std::string> words;
    for (const JsonMember& member : named_members(place)) {
        const std::vector<std::string> more = split_at_blanks(member.at.text().value_or(""));
        words.insert(words.end(), more.begin(), more.end());
    }
    return words;
}

std::vector<Model> ModelReader::read_models(const JsonCursor& repository) {
    read_shared(repository);
    const auto models = repository.find("models");
    if (!models) {
        repository.missing("models", R"(list the models: "models": ["default"])");
        return {};
    }
    if (!models->is_array(R"(list the models: ["default"])")) {
        return {};
    }
    const std::size_t per_model = 1 + shared_.hyperparameters.size() + shared_.metrics.size();
    if (models->value().empty()) {
        models->error("has no model", R"(list them; one without variants is called "default")");
    } else if (models->value().size() * per_model > kMostCombinations) {
        models->error_at_place("too many models with too many hyperparameters and metrics",
                               "split the repository into several");
        return {};
    }
    for (const JsonCursor& element : models->elements()) {
        read_model(element);
    }
    return std::move(models_);
}

void ModelReader::read_shared(const JsonCursor& repository) {
    if (const auto supported = repository.find("supported_hyperparams")) {
        if (supported->is_object(R"(write {"epochs": {"flag": "--epochs", "type": "int", ...}})")) {
            read_supported(*supported);
            check_hyperparameter_names(*supported, shared_);
        }
    }
    read_common(repository, shared_);
    if (const auto list = repository.find("required_metrics")) {
        shared_.required_metrics = read_names(*list);
    }
}

void ModelReader::read_supported(const JsonCursor& supported) {
    for (const JsonMember& member : named_members(supported)) {
        if (!member.at.check_name(member.key) ||
            !member.at.is_object(R"(write {"flag": "--lr", "type": "float", "default": 0.1})")) {
            continue;
        }
        check_keys(member.at, registry_keys().hyperparameter, registry_keys().all());
        supported_.emplace(member.key, member.at);
        if (auto hyperparameter = read_hyperparameter({member.key, member.at, std::nullopt})) {
            shared_.hyperparameters.push_back(std::move(*hyperparameter));
        }
    }
}

/// The fields that a repository and a model have in common.
void ModelReader::read_common(const JsonCursor& place, Model& model) {
    if (const auto performance = place.find("performance_metrics")) {
        metrics_.read_metrics(*performance, model.metrics);
    }
    if (const auto words = place.find("required_args")) {
        model.required_args = read_required_args(*words);
    }
    if (const auto timeout = place.number_at("timeout_seconds", kTimeLimit)) {
        model.timeout = Seconds(*timeout);
    }
    if (const auto stall = place.number_at("stall_seconds", kTimeLimit)) {
        model.stall = Seconds(*stall);
    }
}

void ModelReader::read_model(const JsonCursor& place) {
    Model model = shared_;
    if (place.value().is_string()) {
        model.name = place.name().value_or("");
        add_model(place, std::move(model));
        return;
    }
    if (!place.is_object(R"(a model is a name, or {"name": "..."} with what differs)")) {
        return;
    }
    check_keys(place, registry_keys().model, registry_keys().all());
    const auto name = place.find("name");
    if (!name) {
        place.missing("name", R"(write "name": "...")");
    } else {
        model.name = name->name().value_or("");
    }
    read_overrides(place, model);
    add_model(place, std::move(model));
}

void ModelReader::read_overrides(const JsonCursor& place, Model& model) {
    if (const auto aliases = place.find("aliases")) {
        model.aliases = read_names(*aliases);
    }
    read_common(place, model);
    if (const auto without = place.find("without_effect")) {
        read_without_effect(*without, model);
    }
    if (const auto hyperparameters = place.find("hyperparameters")) {
        read_hyperparameters(*hyperparameters, model);
    }
    if (const auto list = place.find("required_metrics")) {
        model.required_metrics = read_names(*list);
        check_required_metrics(*list, model);
    } else {
        check_required_metrics(place, model);
    }
}

void ModelReader::read_hyperparameters(const JsonCursor& place, Model& model) {
    if (!place.is_object(R"(write {"learning_rate": {"default": 1.0}})")) {
        return;
    }
    for (const JsonMember& member : named_members(place)) {
        if (member.at.check_name(member.key) && member.at.is_object(R"(write what differs: {"default": 1.0})")) {
            check_keys(member.at, registry_keys().hyperparameter, registry_keys().all());
            read_hyperparameter_override(member, model);
        }
    }
    check_hyperparameter_names(place, model);
}

void ModelReader::read_hyperparameter_override(const JsonMember& member, Model& model) {
    if (model.without_effect.contains(member.key)) {
        member.at.error(member.key + " is in this model's without_effect too", "keep one of them");
        return;
    }
    const auto known = find_by_name(model.hyperparameters, member.key);
    const auto source = supported_.find(member.key);
    if (source != supported_.end() && known == model.hyperparameters.end()) {
        return; // the repository's own field has an error, which is reported
    }
    const std::optional<JsonCursor> base = source == supported_.end() ? std::nullopt : std::optional(source->second);
    auto hyperparameter = read_hyperparameter({member.key, base, member.at});
    if (!hyperparameter) {
        return;
    }
    if (known == model.hyperparameters.end()) {
        model.hyperparameters.push_back(std::move(*hyperparameter));
    } else {
        *known = std::move(*hyperparameter);
    }
}

void ModelReader::read_without_effect(const JsonCursor& place, Model& model) {
    if (!place.is_object(R"(write {"dropout": "why it has no effect"})")) {
        return;
    }
    for (const JsonMember& member : named_members(place)) {
        const auto reason = member.at.text();
        if (reason && member.at.check_name(member.key)) {
            model.without_effect.emplace(member.key, *reason);
            std::erase_if(model.hyperparameters,
                          [&member](const Hyperparameter& each) { return each.name == member.key; });
        }
    }
}

void ModelReader::add_model(const JsonCursor& place, Model model) {
    if (model.name.empty()) {
        return; // its error is noted
    }
    if (place.value().is_string()) {
        check_required_metrics(place, model);
    }
    std::vector<std::string> all = model.aliases;
    all.push_back(model.name);
    for (const std::string& name : all) {
        if (!names_.insert(name).second) {
            place.error("a model or an alias is already called " + quote(name), "rename or remove one of them");
        }
    }
    models_.push_back(std::move(model));
}

void ModelReader::check_hyperparameter_names(const JsonCursor& place, const Model& model) {
    std::set<std::string> names{"all"}; // what --mutate calls every one of them
    for (const Hyperparameter& hyperparameter : model.hyperparameters) {
        std::vector<std::string> all = hyperparameter.aliases;
        all.push_back(hyperparameter.name);
        for (const std::string& name : all) {
            if (!names.insert(name).second) {
                place.find(hyperparameter.name)
                    .value_or(place)
                    .error_at_place("the name " + quote(name) + " is taken", "rename or remove one of them");
            }
        }
    }
}

void ModelReader::check_required_metrics(const JsonCursor& list, const Model& model) {
    for (const std::string& name : model.required_metrics) {
        std::vector<std::string> known;
        for (const Metric& metric : model.metrics) {
            known.push_back(metric.name);
        }
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            list.error_at_place("required_metrics names " + quote(name) + ", but model " + quote(model.name) +
                                    " has no pattern of that name",
                                list.guess(name, known) +
                                    (known.empty() ? "add it to performance_metrics.log_patterns" : ""));
        }
    }
}

} // namespace mutation::config
