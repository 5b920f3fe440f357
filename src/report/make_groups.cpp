#include "make_groups.hpp"

#include "group_energy.hpp"
#include "mutation/config/registry.hpp"
#include "mutation/report/coding.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace mutation::report {

namespace {

using Training = std::tuple<std::string, std::string, std::optional<BackgroundKey>>;

Training training_of(const ReadRun& read) {
    return {read.repository, read.model, read.background};
}

/// Gives each run without a machine that of most runs of the same training in its session; else that of most runs of
/// its session.
void complete_machines(std::vector<ReadRun>& runs) {
    std::map<Training, std::map<MachineKey, std::size_t>> counts;
    std::map<MachineKey, std::size_t> all;
    for (const ReadRun& read : runs) {
        if (read.machine) {
            ++counts[training_of(read)][*read.machine];
            ++all[*read.machine];
        }
    }
    for (ReadRun& read : runs) {
        if (!read.machine) {
            const auto same = counts.find(training_of(read));
            const std::map<MachineKey, std::size_t>& machines = same == counts.end() ? all : same->second;
            const auto most = std::max_element(machines.begin(), machines.end(),
                                               [](const auto& a, const auto& b) { return a.second < b.second; });
            read.machine = most == machines.end() ? MachineKey{} : most->first;
        }
    }
}

/// What the registry says about a model, also under the old names of its hyperparameters.
std::optional<record::ModelFacts> ask_registry(const config::Registry* registry, const GroupKey& key) {
    const config::Repository* repository = registry == nullptr ? nullptr : registry->find(key.repository);
    const config::Model* model = repository == nullptr ? nullptr : repository->find_model(key.model);
    if (model == nullptr) {
        return std::nullopt;
    }
    record::ModelFacts facts = record::describe_model(*repository, *model);
    for (const config::Hyperparameter& hyperparameter : model->hyperparameters) {
        const auto found = std::find_if(facts.hyperparameters.begin(), facts.hyperparameters.end(),
                                        [&](const auto& known) { return known.name == hyperparameter.name; });
        for (const std::string& alias : hyperparameter.aliases) {
            if (found != facts.hyperparameters.end()) {
                record::HyperparameterFacts renamed =
                    facts
                        .hyperparameters[static_cast<std::size_t>(std::distance(facts.hyperparameters.begin(), found))];
                renamed.name = alias;
                facts.hyperparameters.push_back(std::move(renamed));
            }
        }
    }
    return facts;
}

std::optional<record::ModelFacts> find_facts(const std::vector<record::ModelFacts>& models,
                                             const config::Registry* registry, const GroupKey& key) {
    const auto found = std::find_if(models.begin(), models.end(), [&](const record::ModelFacts& facts) {
        return facts.repository == key.repository && facts.model == key.model;
    });
    return found == models.end() ? ask_registry(registry, key) : std::optional(*found);
}

/// Runs with equal values but for the seed get the same number.
void number_configurations(Group& group) {
    std::map<std::vector<std::string>, std::size_t> numbers;
    std::set<std::size_t> planned;
    for (Run& run : group.runs) {
        std::vector<std::string> values;
        for (const Assignment& assignment : run.values) {
            if (!is_seed(assignment.name) && assignment.value) {
                values.push_back(assignment.name + "=" + to_argument(*assignment.value));
            }
        }
        std::sort(values.begin(), values.end());
        run.configuration = numbers.emplace(std::move(values), numbers.size()).first->second;
        if (!run.is_control) {
            planned.insert(run.configuration);
        }
    }
    group.configurations = planned.size();
}

void name_metrics(Group& group, const std::optional<record::ModelFacts>& facts) {
    for (const Run& run : group.runs) {
        for (const auto& [metric, value] : run.metrics) {
            group.metrics.emplace(metric, std::nullopt);
        }
    }
    for (const record::MetricFacts& metric : facts ? facts->metrics : std::vector<record::MetricFacts>()) {
        if (const auto found = group.metrics.find(metric.name); found != group.metrics.end()) {
            found->second = metric.higher_is_better;
        }
    }
}

Group make_group(const GroupKey& key, std::vector<ReadRun> runs, const std::optional<record::ModelFacts>& facts) {
    Group group;
    group.key = key;
    MetricsOfModel metrics = MetricsOfModel::unknown;
    if (facts) {
        group.hyperparameters = facts->hyperparameters;
        metrics = facts->metrics.empty() ? MetricsOfModel::none : MetricsOfModel::declared;
    }
    exclude_runs(group, runs, metrics);
    flag_throttled(runs);
    const auto start = [](const ReadRun& read) {
        return read.run.start ? read.run.start->epoch_seconds : std::numeric_limits<double>::infinity();
    };
    std::stable_sort(runs.begin(), runs.end(), [&](const ReadRun& a, const ReadRun& b) { return start(a) < start(b); });
    std::transform(std::make_move_iterator(runs.begin()), std::make_move_iterator(runs.end()),
                   std::back_inserter(group.runs), [](ReadRun&& read) { return std::move(read.run); });
    number_configurations(group);
    name_metrics(group, facts);
    return group;
}

} // namespace

std::vector<Group> make_groups(std::vector<ReadSession> sessions, const config::Registry* registry) {
    std::map<GroupKey, std::vector<ReadRun>> runs;
    std::vector<record::ModelFacts> models;
    for (ReadSession& session : sessions) {
        complete_machines(session.runs);
        models.insert(models.end(), session.models.begin(), session.models.end());
        for (ReadRun& read : session.runs) {
            GroupKey key{read.repository, read.model, read.background, *read.machine};
            runs[std::move(key)].push_back(std::move(read));
        }
    }
    std::vector<Group> groups;
    for (auto& [key, of_group] : runs) {
        groups.push_back(make_group(key, std::move(of_group), find_facts(models, registry, key)));
    }
    std::stable_sort(groups.begin(), groups.end(),
                     [](const Group& a, const Group& b) { return a.runs.size() > b.runs.size(); });
    return groups;
}

} // namespace mutation::report
