#include "entry_reader.hpp"

#include <algorithm>
#include <utility>

namespace mutation::config {

namespace {

constexpr Bounds kShortWait{0, 86400}; // up to a day

/// An entry of nothing but comments is a heading.
bool is_heading(const Place& place) {
    if (!place.value->is_object() || place.value->empty()) {
        return false;
    }
    const auto& members = place.value->get_ref<const Json::object_t&>();
    return std::all_of(members.begin(), members.end(), [](const auto& member) { return is_free_key(member.first); });
}

Mode to_training_mode(const std::string& mode) {
    return mode == "default" ? Mode::default_values : Mode::mutation;
}

} // namespace

std::string canonical_mode(const std::string& mode) {
    return mode == "mutate" ? "mutation" : mode;
}

std::vector<ExperimentRequest> EntryReader::read_entries(const Place& root) {
    std::vector<ExperimentRequest> requests;
    const auto entries = JsonReader::find(root, "experiments");
    if (!entries) {
        reader_.missing(root, "experiments", R"(list what to train: "experiments": [{"repo": ..., "model": ...}])");
        return requests;
    }
    if (!reader_.is_array(*entries, R"(list what to train: [{"repo": ..., "model": ...}])")) {
        return requests;
    }
    const std::vector<Place> places = JsonReader::elements(*entries);
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
        reader_.error(*entries, "holds no experiment", R"(list what to train: [{"repo": ..., "model": ...}])");
    }
    return requests;
}

std::optional<ExperimentRequest> EntryReader::read_entry(const Place& place, std::size_t index) {
    if (!reader_.is_object(place, R"(an experiment is {"repo": ..., "model": ..., "mutate": [...]})")) {
        return std::nullopt;
    }
    reader_.check_keys(place, kEntry, kExperimentTables);
    ExperimentRequest request;
    request.index = index;
    read_common(place, request);
    const std::string mode = read_mode(place);
    const bool is_read = mode == "parallel" ? read_parallel(place, request) : read_sequential(place, mode, request);
    return is_read ? std::optional(std::move(request)) : std::nullopt;
}

void EntryReader::read_common(const Place& place, ExperimentRequest& request) {
    const auto comment = JsonReader::find(place, "comment");
    if (comment && comment->value->is_string()) {
        request.comment = comment->value->get<std::string>();
    }
    if (const auto timeout = reader_.number_at(place, "timeout_seconds", kTimeLimit)) {
        request.timeout = Seconds(*timeout);
    }
    if (const auto stall = reader_.number_at(place, "stall_seconds", kTimeLimit)) {
        request.stall = Seconds(*stall);
    }
}

/// The entry's own mode, else that of the top level. Where neither is right, what the entry looks like.
std::string EntryReader::read_mode(const Place& place) {
    std::string look = JsonReader::find(place, "foreground") ? "parallel" : "mutation";
    if (const auto mode = JsonReader::find(place, "mode")) {
        return canonical_mode(reader_.choice(*mode, kEntryModes).value_or(look));
    }
    if (defaults_.mode == "mixed") {
        reader_.missing(place, "mode",
                        R"(the top level's mode is "mixed": write "mutation", "default" or "parallel" here)");
        return look;
    }
    return defaults_.mode.empty() ? look : defaults_.mode;
}

bool EntryReader::read_sequential(const Place& place, const std::string& mode, ExperimentRequest& request) {
    bool is_good = true;
    for (const std::string_view key : {"foreground", "background"}) {
        if (const auto part = JsonReader::find(place, key)) {
            reader_.error(*part, "only a parallel experiment has it, this one's mode is " + quote(mode),
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

bool EntryReader::read_parallel(const Place& place, ExperimentRequest& request) {
    forbid_beside_foreground(place);
    const auto foreground = JsonReader::find(place, "foreground");
    const auto background = JsonReader::find(place, "background");
    if (!foreground) {
        reader_.missing(place, "foreground", R"(the measured training: "foreground": {"repo": ..., "model": ...})");
    }
    if (!background) {
        reader_.missing(place, "background",
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

std::optional<TrainingRequest> EntryReader::read_foreground(const Place& entry, const Place& foreground) {
    if (!reader_.is_object(foreground, R"(write {"repo": ..., "model": ...})")) {
        return std::nullopt;
    }
    reader_.check_keys(foreground, kForeground, kExperimentTables);
    const auto entry_runs = reader_.integer_at(entry, "runs_per_config", 1, kMostRuns);
    const std::string outer = defaults_.mode == "default" ? "default" : "mutation";
    const auto mode = reader_.choice_at(foreground, "mode", kForegroundModes);
    return trainings_.read_training(
        foreground, {to_training_mode(mode.value_or(outer)), static_cast<int>(entry_runs.value_or(defaults_.runs))});
}

std::optional<BackgroundRequest> EntryReader::read_background(const Place& background) {
    if (!reader_.is_object(background, R"(write {"repo": ..., "model": ...})")) {
        return std::nullopt;
    }
    const std::size_t errors_before = reader_.error_count();
    reader_.check_keys(background, kBackground, kExperimentTables);
    (void)reader_.choice_at(background, "mode", kBackgroundModes);
    BackgroundRequest request;
    request.reuse = reader_.boolean_at(background, "reuse").value_or(false);
    if (const auto wait = reader_.number_at(background, "startup_wait_seconds", kShortWait)) {
        request.startup_wait = Seconds(*wait);
    }
    if (const auto delay = reader_.number_at(background, "restart_delay_seconds", kShortWait)) {
        request.restart_delay = Seconds(*delay);
    }
    if (const auto found = trainings_.read_model(background)) {
        request.repository = found->repository->name;
        request.model = found->model->name;
        request.hyperparameters = trainings_.read_hyperparameters(background, *found);
    } else {
        trainings_.check_form(background);
    }
    return reader_.error_count() == errors_before ? std::optional(std::move(request)) : std::nullopt;
}

void EntryReader::forbid_beside_foreground(const Place& place) {
    if (const auto mutate = JsonReader::find(place, "mutate")) {
        reader_.error(*mutate, "in a parallel experiment the key does not belong here",
                      "it belongs to experiments[i].foreground");
    }
    if (const auto values = JsonReader::find(place, "hyperparameters")) {
        reader_.error(*values, "in a parallel experiment the key does not belong here",
                      "it belongs to experiments[i].foreground or experiments[i].background");
    }
}

} // namespace mutation::config
