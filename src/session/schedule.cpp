#include "mutation/session/schedule.hpp"

#include "mutation/core/error.hpp"

#include <iterator>
#include <set>
#include <string>

namespace mutation::session {

Schedule::Schedule(const plan::Plan& plan, const std::vector<record::ExperimentRecord>& standing) {
    cooldown_.duration = plan.settings.cooldown;
    cooldown_.until = plan.settings.cooldown_until;
    cooldown_.longest_wait = plan.settings.cooldown_max;
    std::set<std::string> done;
    for (const record::ExperimentRecord& record : standing) {
        done.insert(record.id);
    }
    for (const plan::PlannedExperiment& experiment : plan.experiments) {
        if (!done.contains(experiment.id)) {
            experiments_.push_back(experiment);
        }
    }
}

std::optional<Step> Schedule::next() const {
    if (next_ == experiments_.size()) {
        return std::nullopt;
    }
    const plan::PlannedExperiment& experiment = experiments_[next_];
    Cooldown cooldown;
    if (next_ > 0) {
        cooldown = cooldown_;
        cooldown.shares_background = can_share_background(experiments_[next_ - 1], experiment);
    }
    return Step{cooldown, &experiment};
}

void Schedule::add(const record::ExperimentRecord& record) {
    if (next_ == experiments_.size() || experiments_[next_].id != record.id) {
        throw Error(ErrorKind::internal, record.id + " was run but is not the next experiment of the schedule");
    }
    ++next_;
}

void Schedule::append(std::vector<plan::PlannedExperiment> round) {
    experiments_.insert(experiments_.end(), std::make_move_iterator(round.begin()),
                        std::make_move_iterator(round.end()));
}

std::vector<const plan::PlannedExperiment*> Schedule::open() const {
    std::vector<const plan::PlannedExperiment*> open;
    for (std::size_t i = next_; i < experiments_.size(); ++i) {
        open.push_back(&experiments_[i]);
    }
    return open;
}

} // namespace mutation::session
