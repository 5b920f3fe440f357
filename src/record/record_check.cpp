#include "mutation/record/record_check.hpp"

#include "json_codec.hpp"
#include "mutation/core/error.hpp"
#include "mutation/plan/plan_json.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace mutation::record {

namespace {

std::string excerpt_of(const Json& value) {
    return shorten_text(value.dump(-1, ' ', false, Json::error_handler_t::replace), 60);
}

using CheckError = std::optional<std::string>;

CheckError compare(std::string_view field, std::string_view found, std::string_view expected) {
    return found == expected ? std::nullopt
                             : CheckError(fmt::format("{} is {}, this experiment's is {}", member_path("$", field),
                                                      excerpt_of(found), excerpt_of(expected)));
}

CheckError compare_values(const Json& found, const Json& planned) {
    for (const auto& [name, value] : planned.items()) {
        const auto entry = found.find(name);
        if (entry == found.end() || *entry != value) {
            return fmt::format("{} is {}, the plan has {}", member_path("$.hyperparameters", name),
                               entry == found.end() ? "missing" : excerpt_of(*entry), excerpt_of(value));
        }
    }
    for (const auto& [name, value] : found.items()) {
        if (!planned.contains(name)) {
            return fmt::format("{} is not in the plan", member_path("$.hyperparameters", name));
        }
    }
    return std::nullopt;
}

CheckError first_of(std::initializer_list<CheckError> errors) {
    const auto* const found =
        std::find_if(errors.begin(), errors.end(), [](const CheckError& error) { return error.has_value(); });
    return found == errors.end() ? std::nullopt : *found;
}

} // namespace

std::optional<std::string> check_place(const ExperimentRecord& record, std::string_view session, std::string_view id) {
    return first_of({compare("experiment_id", record.id, id), compare("session", record.session, session)});
}

std::optional<std::string> check_against_plan(const ExperimentRecord& record,
                                              const plan::PlannedExperiment& experiment) {
    using Values = JsonCodec<std::vector<Assignment>>;
    return first_of(
        {compare("repository", record.repository, experiment.training.repository),
         compare("model", record.model, experiment.training.model),
         compare("mode", plan::mode_name(record.mode), plan::mode_name(experiment.mode)),
         compare_values(Values::write(record.hyperparameters), Values::write(experiment.training.hyperparameters))});
}

void throw_if_faulty(const ParsedJson& parsed) {
    if (!parsed.ok()) {
        throw Error(ErrorKind::storage, parsed.faults.front().path + ": " + parsed.faults.front().message);
    }
}

ExperimentRecord read_record_of(const ParsedJson& parsed, std::string_view session, std::string_view id,
                                const plan::PlannedExperiment* planned) {
    throw_if_faulty(parsed);
    ExperimentRecord record = own_record_from_json(parsed.value);
    CheckError error = check_place(record, session, id);
    if (!error && planned != nullptr) {
        error = check_against_plan(record, *planned);
    }
    if (error) {
        throw Error(ErrorKind::storage, *error);
    }
    return record;
}

} // namespace mutation::record
