#include "mutation/rollup/past_runs.hpp"

#include "mutation/core/csv.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/record/session_layout.hpp"
#include "mutation/system/file.hpp"
#include "summary_reader.hpp"

#include <algorithm>
#include <functional>
#include <vector>

namespace mutation::rollup {

namespace {

constexpr const char* kEpochs = "epochs";
constexpr const char* kUnknownBackground = "?";
constexpr std::size_t kEnough = 200;
constexpr std::size_t kMostBytes = std::size_t{32} << 20U;
/// Limits the figures of a damaged table, so that sums stay finite.
constexpr double kLargestFigure = 1e12;

/// The figure, if it is possible for a training.
std::optional<double> if_possible(std::optional<double> figure) {
    return figure && *figure >= 0 && *figure <= kLargestFigure ? figure : std::nullopt;
}

TrainingKind kind_of_record(const record::ExperimentRecord& record) {
    TrainingKind kind{record.repository, record.model, ""};
    const bool is_parallel = record.mode == config::Mode::parallel || record.id.ends_with("_parallel");
    if (record.background && !record.background->repository.empty()) {
        kind.background = record.background->repository + "/" + record.background->model;
    } else if (is_parallel) {
        kind.background = kUnknownBackground;
    }
    return kind;
}

std::optional<double> epochs_in(const std::vector<Assignment>& hyperparameters) {
    for (const Assignment& assignment : hyperparameters) {
        if (assignment.name == kEpochs && assignment.value) {
            return parse_double(to_argument(*assignment.value));
        }
    }
    return std::nullopt;
}

bool is_same_training(const TrainingKind& a, const TrainingKind& b) {
    return a.repository == b.repository && a.model == b.model;
}

std::set<TrainingKind> kinds_of(const plan::Plan& plan) {
    std::set<TrainingKind> kinds;
    for (const plan::PlannedExperiment& experiment : plan.experiments) {
        kinds.insert(kind_of(experiment));
    }
    return kinds;
}

/// The names of sessions sort by time.
std::vector<std::filesystem::path> sessions_newest_first(const std::filesystem::path& results) {
    std::vector<std::filesystem::path> sessions;
    std::error_code status;
    for (const auto& entry : std::filesystem::directory_iterator(results, status)) {
        if (entry.path().filename().string().starts_with(record::SessionLayout::kPrefix)) {
            sessions.push_back(entry.path());
        }
    }
    std::sort(sessions.begin(), sessions.end(), std::greater<>());
    return sessions;
}

} // namespace

TrainingKind kind_of(const plan::PlannedExperiment& experiment) {
    TrainingKind kind{experiment.training.repository, experiment.training.model, ""};
    if (experiment.background) {
        const plan::PlannedTraining& beside = experiment.background->training;
        kind.background = beside.repository + "/" + beside.model;
    }
    return kind;
}

std::optional<double> epochs_of(const plan::PlannedExperiment& experiment) {
    return epochs_in(experiment.training.hyperparameters);
}

void TrainingCount::add(std::optional<double> its_epochs, double times) {
    (its_epochs ? with_epochs : without_epochs) += times;
    epochs += times * its_epochs.value_or(0);
}

void EpochLine::add(std::optional<double> epochs, double value) {
    all_ += 1;
    sum_ += value;
    if (epochs) {
        n_ += 1;
        x_ += *epochs;
        y_ += value;
        xx_ += *epochs * *epochs;
        xy_ += *epochs * value;
    }
}

EpochLine::Line EpochLine::fit() const {
    if (n_ == 0 || x_ <= 0) {
        return {mean(), 0};
    }
    const double spread = n_ * xx_ - x_ * x_;
    if (spread > 1e-9 * x_ * x_) {
        const double slope = (n_ * xy_ - x_ * y_) / spread;
        const double start = (y_ - slope * x_) / n_;
        if (slope >= 0 && start >= 0) {
            return {start, slope};
        }
    }
    return {0, y_ / x_}; // the start-up is not known
}

std::optional<double> EpochLine::sum_for(const TrainingCount& count) const {
    if (all_ == 0) {
        return std::nullopt;
    }
    const Line line = fit();
    return line.start * count.with_epochs + line.slope * count.epochs + mean() * count.without_epochs;
}

void PastRuns::add(const TrainingKind& kind, std::optional<double> epochs, Seconds duration,
                   std::optional<Joules> energy) {
    if (!if_possible(duration.count())) {
        return;
    }
    Known& known = known_[kind];
    known.seconds.add(if_possible(epochs), duration.count());
    if (energy && if_possible(energy->value())) {
        known.joules.add(if_possible(epochs), energy->value());
    }
}

void PastRuns::add_summary(std::string_view csv, const std::set<TrainingKind>& wanted) {
    const SummaryReader reader(take_csv_header(csv));
    while (!csv.empty() && !is_enough(wanted)) {
        const std::optional<record::ExperimentRecord> record = reader.read(take_csv_record(csv));
        if (!record || !record::is_success(record->status()) || !record->last_attempt().duration) {
            continue;
        }
        const TrainingKind kind = kind_of_record(*record);
        if (std::any_of(wanted.begin(), wanted.end(),
                        [&](const TrainingKind& planned) { return is_same_training(planned, kind); })) {
            add(kind, epochs_in(record->hyperparameters), record::attempts_duration(*record),
                record::attempts_energy(*record));
        }
    }
}

const PastRuns::Known* PastRuns::find(const TrainingKind& kind, bool& is_exact) const {
    const auto same = known_.find(kind);
    is_exact = same != known_.end();
    if (is_exact) {
        return &same->second;
    }
    const Known* best = nullptr;
    bool is_best_parallel = false;
    for (const auto& [other, known] : known_) {
        const bool is_as_parallel = other.background.empty() == kind.background.empty();
        if (is_same_training(other, kind) && (best == nullptr || (is_as_parallel && !is_best_parallel))) {
            best = &known;
            is_best_parallel = is_as_parallel;
        }
    }
    return best;
}

bool PastRuns::is_enough(const std::set<TrainingKind>& wanted) const {
    return std::all_of(wanted.begin(), wanted.end(), [&](const TrainingKind& kind) {
        const auto found = known_.find(kind);
        return found != known_.end() && found->second.seconds.size() >= kEnough;
    });
}

PastRuns load_past_runs(const std::filesystem::path& results, const plan::Plan& plan) {
    PastRuns past;
    const std::set<TrainingKind> wanted = kinds_of(plan);
    std::size_t left = kMostBytes;
    for (const std::filesystem::path& session : sessions_newest_first(results)) {
        if (past.is_enough(wanted)) {
            break;
        }
        try {
            const std::string csv = system::read_file(record::SessionLayout(session).summary(), left);
            left -= csv.size();
            past.add_summary(csv, wanted);
        } catch (const Error&) {
            continue; // a session without a summary, or one that is too large for what is left
        }
    }
    return past;
}

} // namespace mutation::rollup
