#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/plan/plan.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/run/background.hpp"
#include "mutation/system/user.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace mutation::session {

/// Decides which background training runs when: one around each measured training, or one that all share which want the
/// same.
class BackgroundKeeper {
public:
    BackgroundKeeper(const config::Registry& registry, std::filesystem::path session, std::optional<system::User> user,
                     bool as_root)
        : registry_(registry), session_(std::move(session)), user_(std::move(user)), as_root_(as_root) {}

    /// Ends a background that this experiment does not share, and starts the one that it wants. True when one was
    /// started, which is then to be given time to load the GPU. Errors as `run::Background::start`.
    bool prepare(const plan::PlannedExperiment& experiment);
    /// After an experiment: ends the background, unless `next` shares it (null: none follows), in which case it lives
    /// on over the cooldown. `at_once`: without grace.
    void release(const plan::PlannedExperiment* next, bool at_once = false);
    /// Ends whatever runs.
    void stop(bool at_once = false);

    /// What runs now, or null.
    [[nodiscard]] run::Background* current() { return background_.get(); }
    /// Whether it runs on while the machine cools down.
    [[nodiscard]] bool is_shared() const { return is_reused_ && is_of_use(); }
    /// What the record says of it, for a training that ran between the two. Starts and failures are those of the whole
    /// experiment, earlier attempts and the cooldown before it included.
    [[nodiscard]] record::BackgroundRecord describe(const plan::PlannedBackground& planned, MonotonicTime start,
                                                    MonotonicTime end);

private:
    [[nodiscard]] run::BackgroundSpec make_spec(const plan::PlannedExperiment& experiment) const;
    [[nodiscard]] bool is_of_use() const { return background_ != nullptr && !background_->given_up(); }
    [[nodiscard]] bool is_wanted_by(const plan::PlannedExperiment& experiment) const;

    const config::Registry& registry_;
    std::filesystem::path session_;
    std::optional<system::User> user_;
    bool as_root_;
    std::unique_ptr<run::Background> background_;
    std::string key_; ///< what runs, as its command line
    bool is_reused_ = false;
    MonotonicTime counted_from_{}; ///< what was before belongs to an earlier experiment
    MonotonicTime described_until_{};
};

} // namespace mutation::session
