#include "entry_reader.hpp"

#include <algorithm>
#include <utility>

namespace mutation::config {

namespace {

/// An entry with only comments is a heading.
bool is_heading(const JsonCursor& place) {
    if (!place.value().is_object() || place.value().empty()) {
        return false;
    }
    const auto& members = place.value().get_ref<const Json::object_t&>();
    return std::all_of(members.begin(), members.end(), [](const auto& member) { return is_free_key(member.first); });
}

Mode to_training_mode(const std::string& mode) {
    return mode == "default" ? Mode::default_values : Mode::mutation;
}

} // namespace

std::string canonical_mode(const std::string& mode) {
    return mode == "mutate" ? "mutation" : mode;
}

std::vector<ExperimentRequest> EntryReader::read_entries(const JsonCursor& root) {
    std::vector<ExperimentRequest> requests;
    const auto entries = root.find("experiments");
    if (!entries) {
        root.missing("experiments", R"(list what to train: "experiments": [{"repo": ..., "model": ...}])");
        return requests;
    }
    if (!entries->is_array(R"(list what to train: [{"repo": ..., "model": ...}])")) {
        return requests;
    }
    const std::vector<JsonCursor> places = entries->elements();
    bool holds_experiment = false;
    for (std::size_t index = 0; index < places.size(); ++index) {
        if (is_heading(places[index])) {
            continue;
        }
        holds_experiment = true;
        if (auto request = read_entry(places[index], index)) {
            requests.push_back(std::move(*request));
        }
    }
    if (!holds_experiment) {
        entries->error("has no experiment", R"(list what to train: [{"repo": ..., "model": ...}])");
    }
    return requests;
}

std::optional<ExperimentRequest> EntryReader::read_entry(const JsonCursor& place, std::size_t index) {
    if (!place.is_object(R"(an experiment is {"repo": ..., "model": ..., "mutate": [...]})")) {
        return std::nullopt;
    }
    check_keys(place, experiment_keys().entry, experiment_keys().all());
    ExperimentRequest request;
    request.index = index;
    read_common(place, request);
    const std::string mode = read_mode(place);
    const bool is_read = mode == "parallel" ? read_parallel(place, request) : read_sequential(place, mode, request);
    return is_read ? std::optional(std::move(request)) : std::nullopt;
}

void EntryReader::read_common(const JsonCursor& place, ExperimentRequest& request) {
    const auto comment = place.find("comment");
    if (comment && comment->value().is_string()) {
        request.comment = comment->value().get<std::string>();
    }
    if (const auto timeout = place.number_at("timeout_seconds", kTimeLimit)) {
        request.timeout = Seconds(*timeout);
    }
    if (const auto stall = place.number_at("stall_seconds", kTimeLimit)) {
        request.stall = Seconds(*stall);
    }
}

/// The entry's own mode, else that of the top level. If neither is valid, what the entry looks like.
std::string EntryReader::read_mode(const JsonCursor& place) {
    std::string look = place.find("foreground") ? "parallel" : "mutation";
    if (const auto mode = place.find("mode")) {
        return canonical_mode(mode->choice(kEntryModes).value_or(look));
    }
    if (defaults_.mode == "mixed") {
        place.missing("mode", R"(the top level's mode is "mixed": write "mutation", "default" or "parallel" here)");
        return look;
    }
    return defaults_.mode.empty() ? look : defaults_.mode;
}

bool EntryReader::read_sequential(const JsonCursor& place, const std::string& mode, ExperimentRequest& request) {
    bool is_good = true;
    for (const std::string_view key : {"foreground", "background"}) {
        if (const auto part = place.find(key)) {
            part->error("only a parallel experiment has this key, this one's mode is " + quote(mode),
                        R"(write "mode": "parallel" beside it, or remove it)");
            is_good = false;
        }
    }
    auto training = trainings_.read_training(place, {to_training_mode(mode), defaults_.runs});
    if (training) {
        request.training = std::move(*training);
    }
    return is_good && training.has_value();
}

bool EntryReader::read_parallel(const JsonCursor& place, ExperimentRequest& request) {
    forbid_beside_foreground(place);
    const auto foreground = place.find("foreground");
    const auto background = place.find("background");
    if (!foreground) {
        place.missing("foreground", R"(the measured training: "foreground": {"repo": ..., "model": ...})");
    }
    if (!background) {
        place.missing("background",
                      R"(the training that loads the GPU beside it: "background": {"repo": ..., "model": ...})");
    }
    auto training = foreground ? read_foreground(place, *foreground) : std::nullopt;
    request.background = background ? read_background(*background) : std::nullopt;
    if (!training || !request.background) {
        return false;
    }
    request.training = std::move(*training);
    return true;
}

std::optional<TrainingRequest> EntryReader::read_foreground(const JsonCursor& entry, const JsonCursor& foreground) {
    if (!foreground.is_object(R"(write {"repo": ..., "model": ...})")) {
        return std::nullopt;
    }
    check_keys(foreground, experiment_keys().foreground, experiment_keys().all());
    const auto entry_runs = entry.whole_at("runs_per_config", 1, kMostRuns);
    const std::string outer = defaults_.mode == "default" ? "default" : "mutation";
    const auto mode = foreground.choice_at("mode", kForegroundModes);
    return trainings_.read_training(
        foreground, {to_training_mode(mode.value_or(outer)), static_cast<int>(entry_runs.value_or(defaults_.runs))});
}

std::optional<BackgroundRequest> EntryReader::read_background(const JsonCursor& background) {
    if (!background.is_object(R"(write {"repo": ..., "model": ...})")) {
        return std::nullopt;
    }
    const std::size_t errors_before = background.source().error_count();
    check_keys(background, experiment_keys().background, experiment_keys().all());
    (void)background.choice_at("mode", kBackgroundModes);
    BackgroundRequest request;
    read_settings(background_settings(), background, Origin::config, request.settings);
    if (const auto found = trainings_.read_model(background)) {
        request.repository = found->repository->name;
        request.model = found->model->name;
        request.hyperparameters = trainings_.read_hyperparameters(background, *found);
    } else {
        trainings_.check_form(background);
    }
    return background.source().error_count() == errors_before ? std::optional(std::move(request)) : std::nullopt;
}

void EntryReader::forbid_beside_foreground(const JsonCursor& place) {
    if (const auto mutate = place.find("mutate")) {
        mutate->error("in a parallel experiment the key does not belong here",
                      "it belongs to experiments[i].foreground");
    }
    if (const auto values = place.find("hyperparameters")) {
        values->error("in a parallel experiment the key does not belong here",
                      "it belongs to experiments[i].foreground or experiments[i].background");
    }
}

} // namespace mutation::config
