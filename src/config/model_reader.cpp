#include "model_reader.hpp"

#include "hyperparameter_reader.hpp"
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

std::vector<std::string> read_names(JsonReader& reader, const Place& place) {
    std::vector<std::string> names;
    if (reader.is_array(place, R"(list the names: ["a"])")) {
        for (const Place& element : JsonReader::elements(place)) {
            if (auto name = reader.name(element)) {
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

std::vector<std::string> read_required_args(JsonReader& reader, const Place& place) {
    if (!place.value->is_object()) {
        return reader.texts(place, R"(list the words: ["--dataset", "d2a"])");
    }
    std::vector<std::string> words;
    for (const Member& member : JsonReader::members(place)) {
        const std::vector<std::string> more = split_at_blanks(reader.text(member.place).value_or(""));
        words.insert(words.end(), more.begin(), more.end());
    }
    return words;
}

std::vector<Model> ModelReader::read_models(const Place& repository) {
    read_shared(repository);
    const auto models = JsonReader::find(repository, "models");
    if (!models) {
        reader_.missing(repository, "models", R"(list the models: "models": ["default"])");
        return {};
    }
    if (!reader_.is_array(*models, R"(list the models: ["default"])")) {
        return {};
    }
    const std::size_t per_model = 1 + shared_.hyperparameters.size() + shared_.metrics.size();
    if (models->value->empty()) {
        reader_.error(*models, "holds no model", R"(list them; one without variants is called "default")");
    } else if (models->value->size() * per_model > kMostCombinations) {
        reader_.error({nullptr, models->path}, "too many models with too many hyperparameters and metrics",
                      "split the repository into several");
        return {};
    }
    for (const Place& element : JsonReader::elements(*models)) {
        read_model(element);
    }
    return std::move(models_);
}

void ModelReader::read_shared(const Place& repository) {
    if (const auto supported = JsonReader::find(repository, "supported_hyperparams")) {
        if (reader_.is_object(*supported, R"(write {"epochs": {"flag": "--epochs", "type": "int", ...}})")) {
            read_supported(*supported);
            check_hyperparameter_names(*supported, shared_);
        }
    }
    read_common(repository, shared_);
    if (const auto list = JsonReader::find(repository, "required_metrics")) {
        shared_.required_metrics = read_names(reader_, *list);
    }
}

void ModelReader::read_supported(const Place& supported) {
    for (const Member& member : JsonReader::members(supported)) {
        if (!reader_.check_name(member.place, member.key) ||
            !reader_.is_object(member.place, R"(write {"flag": "--lr", "type": "float", "default": 0.1})")) {
            continue;
        }
        reader_.check_keys(member.place, kHyperparameter, kRegistryTables);
        supported_.emplace(member.key, member.place);
        if (auto hyperparameter = read_hyperparameter(reader_, {member.key, member.place, std::nullopt})) {
            shared_.hyperparameters.push_back(std::move(*hyperparameter));
        }
    }
}

/// What a repository and a model say alike.
void ModelReader::read_common(const Place& place, Model& model) {
    if (const auto performance = JsonReader::find(place, "performance_metrics")) {
        metrics_.read_metrics(*performance, model.metrics);
    }
    if (const auto words = JsonReader::find(place, "required_args")) {
        model.required_args = read_required_args(reader_, *words);
    }
    if (const auto timeout = reader_.number_at(place, "timeout_seconds", kTimeLimit)) {
        model.timeout = Seconds(*timeout);
    }
    if (const auto stall = reader_.number_at(place, "stall_seconds", kTimeLimit)) {
        model.stall = Seconds(*stall);
    }
}

void ModelReader::read_model(const Place& place) {
    Model model = shared_;
    if (place.value->is_string()) {
        model.name = reader_.name(place).value_or("");
        add_model(place, std::move(model));
        return;
    }
    if (!reader_.is_object(place, R"(a model is a name, or {"name": "..."} with what differs)")) {
        return;
    }
    reader_.check_keys(place, kModel, kRegistryTables);
    const auto name = JsonReader::find(place, "name");
    if (!name) {
        reader_.missing(place, "name", R"(write "name": "...")");
    } else {
        model.name = reader_.name(*name).value_or("");
    }
    read_overrides(place, model);
    add_model(place, std::move(model));
}

void ModelReader::read_overrides(const Place& place, Model& model) {
    if (const auto aliases = JsonReader::find(place, "aliases")) {
        model.aliases = read_names(reader_, *aliases);
    }
    read_common(place, model);
    if (const auto without = JsonReader::find(place, "without_effect")) {
        read_without_effect(*without, model);
    }
    if (const auto hyperparameters = JsonReader::find(place, "hyperparameters")) {
        read_hyperparameters(*hyperparameters, model);
    }
    if (const auto list = JsonReader::find(place, "required_metrics")) {
        model.required_metrics = read_names(reader_, *list);
        check_required_metrics(*list, model);
    } else {
        check_required_metrics(place, model);
    }
}

void ModelReader::read_hyperparameters(const Place& place, Model& model) {
    if (!reader_.is_object(place, R"(write {"learning_rate": {"default": 1.0}})")) {
        return;
    }
    for (const Member& member : JsonReader::members(place)) {
        if (reader_.check_name(member.place, member.key) &&
            reader_.is_object(member.place, R"(write what differs: {"default": 1.0})")) {
            reader_.check_keys(member.place, kHyperparameter, kRegistryTables);
            read_hyperparameter_override(member, model);
        }
    }
    check_hyperparameter_names(place, model);
}

void ModelReader::read_hyperparameter_override(const Member& member, Model& model) {
    if (model.without_effect.contains(member.key)) {
        reader_.error(member.place, member.key + " stands in this model's without_effect too", "keep one of them");
        return;
    }
    const auto known = find_by_name(model.hyperparameters, member.key);
    const auto source = supported_.find(member.key);
    if (source != supported_.end() && known == model.hyperparameters.end()) {
        return; // what the repository says of it is wrong already: that error stands
    }
    const std::optional<Place> base = source == supported_.end() ? std::nullopt : std::optional(source->second);
    auto hyperparameter = read_hyperparameter(reader_, {member.key, base, member.place});
    if (!hyperparameter) {
        return;
    }
    if (known == model.hyperparameters.end()) {
        model.hyperparameters.push_back(std::move(*hyperparameter));
    } else {
        *known = std::move(*hyperparameter);
    }
}

void ModelReader::read_without_effect(const Place& place, Model& model) {
    if (!reader_.is_object(place, R"(write {"dropout": "why it has no effect"})")) {
        return;
    }
    for (const Member& member : JsonReader::members(place)) {
        const auto reason = reader_.text(member.place);
        if (reason && reader_.check_name(member.place, member.key)) {
            model.without_effect.emplace(member.key, *reason);
            std::erase_if(model.hyperparameters,
                          [&member](const Hyperparameter& each) { return each.name == member.key; });
        }
    }
}

void ModelReader::add_model(const Place& place, Model model) {
    if (model.name.empty()) {
        return; // its error is noted
    }
    if (place.value->is_string()) {
        check_required_metrics(place, model);
    }
    std::vector<std::string> all = model.aliases;
    all.push_back(model.name);
    for (const std::string& name : all) {
        if (!names_.insert(name).second) {
            reader_.error(place, "a model or an alias is already called " + quote(name),
                          "rename or remove one of them");
        }
    }
    models_.push_back(std::move(model));
}

void ModelReader::check_hyperparameter_names(const Place& place, const Model& model) {
    std::set<std::string> names{"all"}; // what --mutate calls every one of them
    for (const Hyperparameter& hyperparameter : model.hyperparameters) {
        std::vector<std::string> all = hyperparameter.aliases;
        all.push_back(hyperparameter.name);
        for (const std::string& name : all) {
            if (!names.insert(name).second) {
                reader_.error({nullptr, member_path(place.path, hyperparameter.name)},
                              "the name " + quote(name) + " is taken", "rename or remove one of them");
            }
        }
    }
}

void ModelReader::check_required_metrics(const Place& list, const Model& model) {
    for (const std::string& name : model.required_metrics) {
        std::vector<std::string> known;
        for (const Metric& metric : model.metrics) {
            known.push_back(metric.name);
        }
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            reader_.error({nullptr, list.path},
                          "required_metrics names " + quote(name) + ", but model " + quote(model.name) +
                              " has no pattern of that name",
                          reader_.guess(name, known) +
                              (known.empty() ? "add it to performance_metrics.log_patterns" : ""));
        }
    }
}

} // namespace mutation::config
