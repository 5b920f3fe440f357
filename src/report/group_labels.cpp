#include "group_labels.hpp"

#include "mutation/core/text.hpp"

#include <fmt/format.h>
#include <map>

namespace mutation::report {

namespace {

std::string short_label(const GroupKey& key) {
    std::string label = key.repository + "/" + key.model;
    if (key.background) {
        label += " beside " + key.background->repository + "/" + key.background->model;
    }
    return label;
}

std::map<std::string, std::size_t> count_of_each(const std::vector<std::string>& labels) {
    std::map<std::string, std::size_t> counts;
    for (const std::string& label : labels) {
        ++counts[label];
    }
    return counts;
}

} // namespace

std::vector<std::string> group_labels(const std::vector<Group>& groups) {
    std::vector<std::string> labels;
    for (const Group& group : groups) {
        labels.push_back(short_label(group.key));
    }
    std::map<std::string, std::size_t> counts = count_of_each(labels);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (counts[labels[i]] > 1) {
            labels[i] += " on " + machine_label(groups[i].key.machine);
        }
    }
    counts = count_of_each(labels);
    std::map<std::string, std::size_t> seen;
    for (std::string& label : labels) {
        if (counts[label] > 1) {
            const std::size_t number = ++seen[label];
            label += fmt::format(" ({})", number);
        }
    }
    return labels;
}

std::string machine_label(const MachineKey& machine) {
    std::vector<std::string> parts;
    if (!machine.cpu.empty()) {
        parts.push_back(machine.cpu);
    }
    std::map<std::string, std::size_t> gpus = count_of_each(machine.gpus);
    for (const auto& [name, count] : gpus) {
        parts.push_back(count > 1 ? fmt::format("{} x {}", count, name) : name);
    }
    return parts.empty() ? "an unknown machine" : join(parts, ", ");
}

} // namespace mutation::report
