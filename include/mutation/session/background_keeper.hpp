#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/plan/plan.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/run/background.hpp"
#include "mutation/session/step.hpp"
#include "mutation/session/worker_settings.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace mutation::session {

/// Keeps the background training of a worker: one around each measured training, or one for all those in a row that
/// share it.
class BackgroundKeeper {
public:
    /// `session`: its folder. All references outlive this object.
    BackgroundKeeper(const config::Registry& registry, const std::filesystem::path& session,
                     const WorkerSettings& settings)
        : registry_(registry), session_(session), settings_(settings) {}

    /// Ends a background that this experiment does not share, and starts the one that it asks for. Returns whether one
    /// was started, which then needs time to load the GPU. Errors as `run::Background::start`.
    bool prepare(const plan::PlannedExperiment& experiment);
    /// Ends the background that runs.
    void stop(BackgroundEnd how = BackgroundEnd::with_grace);

    /// The background that runs, or null.
    [[nodiscard]] run::Background* current() { return background_.get(); }
    /// Whether the background that runs can go on for the next experiments.
    [[nodiscard]] bool is_shared() const { return background_ && owner_.background->reuse && !lost(); }
    /// Why the background was given up; nullopt if it runs or none was asked for.
    [[nodiscard]] std::optional<std::string> lost() const {
        return background_ ? background_->given_up() : std::nullopt;
    }
    /// What the record says of it, for a training that ran between the two. Starts and failures are of the whole
    /// experiment, earlier attempts and the cooldown before it included.
    [[nodiscard]] record::BackgroundRecord describe(const plan::PlannedBackground& planned, MonotonicTime start,
                                                    MonotonicTime end);

private:
    [[nodiscard]] run::BackgroundSpec make_spec(const plan::PlannedExperiment& experiment) const;

    const config::Registry& registry_;
    const std::filesystem::path& session_;
    const WorkerSettings& settings_;
    std::unique_ptr<run::Background> background_;
    plan::PlannedExperiment owner_; ///< the experiment that the background was started for
    MonotonicTime counted_from_{};  ///< what was before belongs to an earlier experiment
    MonotonicTime described_until_{};
};

} // namespace mutation::session
