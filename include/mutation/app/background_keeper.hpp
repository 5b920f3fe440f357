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

namespace mutation::app {

/// Decides which background training runs when: one around each measured training, or one that all share which want the
/// same.
class BackgroundKeeper {
public:
    BackgroundKeeper(const config::Registry& registry, std::filesystem::path session, std::optional<system::User> user)
        : registry_(registry), session_(std::move(session)), user_(std::move(user)) {}

    /// Ends a background that this experiment does not share, and starts the one that it wants. True when one was
    /// started, which is then to be given time to load the GPU. Errors as `run::Background::start`.
    bool prepare(const plan::PlannedExperiment& experiment);
    /// After the experiment: ends a background that is not to live over the cooldown.
    void release();
    /// Ends whatever runs.
    void stop();

    /// What runs now, or null.
    [[nodiscard]] run::Background* current() { return background_.get(); }
    /// Whether it runs on while the machine cools down.
    [[nodiscard]] bool is_shared() const { return background_ != nullptr && is_reused_; }
    /// What the record says of it, for a training that ran between the two; its cooldown before counts for the starts.
    [[nodiscard]] record::BackgroundRecord describe(const plan::PlannedBackground& planned, MonotonicTime start,
                                                    MonotonicTime end);

private:
    [[nodiscard]] run::BackgroundSpec make_spec(const plan::PlannedExperiment& experiment) const;

    const config::Registry& registry_;
    std::filesystem::path session_;
    std::optional<system::User> user_;
    std::unique_ptr<run::Background> background_;
    std::string key_; ///< what runs, as its command line
    bool is_reused_ = false;
    MonotonicTime counted_until_{}; ///< starts up to here belong to an experiment before
};

} // namespace mutation::app
