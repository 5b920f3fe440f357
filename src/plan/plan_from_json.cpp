#include "mutation/core/error.hpp"
#include "mutation/plan/plan_json.hpp"
#include "plan_names.hpp"

#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace mutation::plan {

namespace {

/// A value of a stored plan with its place, so that whatever is wrong can be named. Every getter throws Error(usage).
/// Points to the node that it was got from, which must outlive it: a place is spelled out only when it is needed.
class Node {
public:
    Node(const Json& json, const char* name) : json_(json), key_(name) {}

    [[nodiscard]] Node at(const char* key) const {
        if (!json_.is_object()) {
            fail("is no object");
        }
        const auto found = json_.find(key);
        if (found == json_.end()) {
            fail(fmt::format("lacks \"{}\"", key));
        }
        return {*found, *this, key, 0};
    }

    [[nodiscard]] bool has(const char* key) const { return json_.is_object() && json_.contains(key); }

    [[nodiscard]] Node item(std::size_t index) const { return {json_[index], *this, nullptr, index}; }

    /// Elements of an array.
    [[nodiscard]] std::size_t size() const {
        if (!json_.is_array()) {
            fail("is no array");
        }
        return json_.size();
    }

    [[nodiscard]] bool is_null() const { return json_.is_null(); }

    [[nodiscard]] std::string text() const {
        if (!json_.is_string()) {
            fail("is no text");
        }
        return json_.get<std::string>();
    }

    [[nodiscard]] bool boolean() const {
        if (!json_.is_boolean()) {
            fail("is neither true nor false");
        }
        return json_.get<bool>();
    }

    [[nodiscard]] double number() const {
        const double number = json_.is_number() ? json_.get<double>() : std::numeric_limits<double>::quiet_NaN();
        if (!std::isfinite(number)) {
            fail("is no number");
        }
        return number;
    }

    [[nodiscard]] std::uint64_t count(std::uint64_t most) const {
        const bool is_count =
            json_.is_number_unsigned() || (json_.is_number_integer() && json_.get<std::int64_t>() >= 0);
        if (!is_count || json_.get<std::uint64_t>() > most) {
            fail(fmt::format("is no integer from 0 to {}", most));
        }
        return json_.get<std::uint64_t>();
    }

    [[nodiscard]] int small_count() const { return static_cast<int>(count(std::numeric_limits<int>::max())); }

    [[nodiscard]] std::vector<std::string> texts() const {
        std::vector<std::string> all;
        for (std::size_t i = 0; i < size(); ++i) {
            all.push_back(item(i).text());
        }
        return all;
    }

    [[nodiscard]] std::optional<Value> value() const {
        if (json_.is_null()) {
            return std::nullopt;
        }
        if (json_.is_boolean()) {
            return json_.get<bool>();
        }
        if (json_.is_string()) {
            return json_.get<std::string>();
        }
        if (json_.is_number_float()) {
            return number();
        }
        constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        if (!json_.is_number_integer() || (json_.is_number_unsigned() && json_.get<std::uint64_t>() > kMost)) {
            fail("is no value of a hyperparameter");
        }
        return json_.get<std::int64_t>();
    }

    template <class Table>
    [[nodiscard]] auto word(const Table& table) const {
        const std::string given = text();
        for (const auto& [key, word] : table) {
            if (word == given) {
                return key;
            }
        }
        fail(fmt::format("is \"{}\", which is no word of a plan", given));
    }

    [[noreturn]] void fail(const std::string& why) const {
        throw Error(ErrorKind::usage,
                    fmt::format("the stored plan is damaged: {} {}; start a new session from its config", path(), why));
    }

private:
    Node(const Json& json, const Node& parent, const char* key, std::size_t index)
        : json_(json), parent_(&parent), key_(key), index_(index) {}

    [[nodiscard]] std::string path() const {
        if (parent_ == nullptr) {
            return key_;
        }
        return key_ == nullptr ? fmt::format("{}[{}]", parent_->path(), index_)
                               : fmt::format("{}.{}", parent_->path(), key_);
    }

    const Json& json_;
    const Node* parent_ = nullptr;
    const char* key_ = nullptr; ///< none: an element of an array
    std::size_t index_ = 0;
};

Seconds read_seconds(const Node& node) {
    if (node.number() < 0) {
        node.fail("is a negative time");
    }
    return Seconds(node.number());
}

std::optional<Seconds> read_optional_seconds(const Node& node) {
    return node.is_null() ? std::nullopt : std::optional(read_seconds(node));
}

SessionSettings read_settings(const Node& node) {
    SessionSettings settings;
    settings.name = node.at("name").text();
    settings.description = node.at("description").text();
    settings.governor = node.at("governor").text();
    settings.seed = node.at("seed").count(std::numeric_limits<std::uint64_t>::max());
    settings.seed_was_drawn = node.at("seed_was_drawn").boolean();
    settings.max_retries = node.at("max_retries").small_count();
    settings.cooldown = read_seconds(node.at("cooldown_seconds"));
    const Node until = node.at("cooldown_until_celsius");
    settings.cooldown_until = until.is_null() ? std::nullopt : std::optional(Celsius(until.number()));
    settings.cooldown_max = read_seconds(node.at("cooldown_max_seconds"));
    settings.baseline = read_seconds(node.at("baseline_seconds"));
    settings.sample_interval = read_seconds(node.at("sample_interval_seconds"));
    settings.order = node.at("order").word(kOrderNames);
    settings.control_every = node.at("control_every").small_count();
    settings.control_tolerance = Percent(node.at("control_tolerance_percent").number());
    settings.on_finish = node.at("on_finish").texts();
    settings.on_failure = node.at("on_failure").texts();
    return settings;
}

PlannedTraining read_training(const Node& node) {
    PlannedTraining training{node.at("repository").text(), node.at("model").text(), {}};
    const Node hyperparameters = node.at("hyperparameters");
    for (std::size_t i = 0; i < hyperparameters.size(); ++i) {
        const Node entry = hyperparameters.item(i);
        const bool is_mutated = entry.has("is_mutated") && entry.at("is_mutated").boolean();
        training.hyperparameters.push_back({entry.at("name").text(), entry.at("value").value(), is_mutated});
    }
    return training;
}

PlannedBackground read_background(const Node& node) {
    return {read_training(node.at("training")), node.at("reuse").boolean(),
            read_seconds(node.at("startup_wait_seconds")), read_seconds(node.at("restart_delay_seconds"))};
}

/// What experiments share, as one of them that lacks number, id, replicate and mutated values.
PlannedExperiment read_shared(const Node& node) {
    PlannedExperiment shared;
    shared.configuration = node.at("configuration").count(std::numeric_limits<std::uint32_t>::max());
    shared.mode = node.at("mode").word(kModeNames);
    shared.is_control = node.at("is_control").boolean();
    shared.timeout = read_optional_seconds(node.at("timeout_seconds"));
    shared.stall = read_optional_seconds(node.at("stall_seconds"));
    shared.training = read_training(node.at("training"));
    const Node background = node.at("background");
    if (!background.is_null()) {
        shared.background = read_background(background);
    }
    return shared;
}

PlannedExperiment read_experiment(const Node& row, const std::vector<PlannedExperiment>& shared, std::uint32_t number) {
    constexpr std::size_t kHead = 2; // which shared entry, which replicate
    if (row.size() < kHead || shared.empty()) {
        row.fail("names no entry of \"shared\"");
    }
    PlannedExperiment experiment = shared[row.item(0).count(shared.size() - 1)];
    experiment.number = number;
    experiment.id = experiment_id(experiment.training.repository, experiment.training.model, experiment.mode, number);
    experiment.replicate = row.item(1).small_count();
    std::size_t next = kHead;
    for (Assignment& assignment : experiment.training.hyperparameters) {
        if (assignment.is_mutated) {
            if (next >= row.size()) {
                row.fail("has too few values");
            }
            assignment.value = row.item(next++).value();
        }
    }
    if (next != row.size()) {
        row.fail("has too many values");
    }
    return experiment;
}

} // namespace

std::optional<Value> value_from_json(const Json& json) {
    return Node(json, "value").value();
}

Plan plan_from_json(const Json& json) {
    const Node root(json, "$.plan");
    Plan plan;
    plan.settings = read_settings(root.at("settings"));
    std::vector<PlannedExperiment> shared;
    const Node entries = root.at("shared");
    for (std::size_t i = 0; i < entries.size(); ++i) {
        shared.push_back(read_shared(entries.item(i)));
    }
    const Node rows = root.at("experiments");
    if (rows.size() > std::numeric_limits<std::uint32_t>::max()) {
        rows.fail("holds too many experiments");
    }
    plan.experiments.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        plan.experiments.push_back(read_experiment(rows.item(i), shared, static_cast<std::uint32_t>(i + 1)));
    }
    return plan;
}

} // namespace mutation::plan
