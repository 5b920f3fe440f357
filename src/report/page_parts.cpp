#include "page_parts.hpp"

#include "mutation/core/text.hpp"

namespace mutation::report {

std::string id_suffix(std::size_t group) {
    return group == 0 ? "" : "-" + std::to_string(group + 1);
}

std::string group_name(const Group& group) {
    std::string name = group.key.repository + " / " + group.key.model;
    if (const auto& background = group.key.background) {
        name += " beside " + background->repository + " / " + background->model;
        if (!background->values.empty()) {
            name += " (" + join(background->values, ", ") + ")";
        }
    }
    return name;
}

std::string outcome_heading(const std::string& outcome) {
    if (outcome == "energy") {
        return "energy (J)";
    }
    if (outcome == "duration") {
        return "duration (s)";
    }
    return outcome == "power" ? "power (W)" : outcome;
}

std::string cost_heading(const Group& group) {
    return outcome_heading(group.cost_name());
}

std::string run_name(const RunKey& key) {
    return key.session + "/" + key.experiment_id;
}

std::vector<std::string> varied_inputs(const Group& group) {
    std::vector<std::string> names;
    for (const Input& input : group.inputs) {
        if (input.coding != Coding::constant) {
            names.push_back(input.hyperparameter);
        }
    }
    return names;
}

Html page_section(const std::string& id, std::string_view title, const Html& content) {
    return element("section", {{"id", id}, {"aria-labelledby", id + "-heading"}},
                   element("h2", {{"id", id + "-heading"}}, text(title)) + content);
}

} // namespace mutation::report
