#include "mutation/record/experiment_record.hpp"

#include "mutation/system/clock.hpp"

#include <algorithm>
#include <iterator>

namespace mutation::record {

Moment moment_of(WallTime time) {
    return {system::format_iso(time), system::epoch_seconds(time)};
}

std::size_t ExperimentRecord::retries() const {
    const auto is_retried = [](const AttemptRecord& attempt) { return attempt.status != Status::interrupted; };
    return unrecorded_attempts +
           static_cast<std::size_t>(std::count_if(attempts.begin(), std::prev(attempts.end()), is_retried));
}

std::optional<Joules> add_energy(std::optional<Joules> before, const energy::Measurement& measurement) {
    for (const std::optional<Joules>& part : {measurement.cpu.total, measurement.gpu.energy}) {
        if (part) {
            before = before.value_or(Joules(0)) + *part;
        }
    }
    return before;
}

std::optional<Joules> attempts_energy(const ExperimentRecord& record) {
    std::optional<Joules> sum;
    for (const AttemptRecord& attempt : record.attempts) {
        sum = add_energy(sum, attempt.measurement);
    }
    return sum;
}

std::optional<Joules> failed_attempts_energy(const ExperimentRecord& record) {
    std::optional<Joules> sum;
    for (const AttemptRecord& attempt : record.attempts) {
        if (!is_success(attempt.status)) {
            sum = add_energy(sum, attempt.measurement);
        }
    }
    return sum;
}

Seconds attempts_duration(const ExperimentRecord& record) {
    Seconds sum{0};
    for (const AttemptRecord& attempt : record.attempts) {
        sum += attempt.duration.value_or(Seconds(0));
    }
    return sum;
}

} // namespace mutation::record
