#include "mutation/session/step.hpp"

#include <algorithm>

namespace mutation::session {

bool can_share_background(const plan::PlannedExperiment& a, const plan::PlannedExperiment& b) {
    if (!a.background || !b.background || !a.background->reuse || !b.background->reuse) {
        return false;
    }
    const plan::PlannedTraining& left = a.background->training;
    const plan::PlannedTraining& right = b.background->training;
    return left.repository == right.repository && left.model == right.model &&
           std::equal(left.hyperparameters.begin(), left.hyperparameters.end(), right.hyperparameters.begin(),
                      right.hyperparameters.end(), [](const Assignment& one, const Assignment& other) {
                          return one.name == other.name && one.value == other.value;
                      });
}

} // namespace mutation::session
