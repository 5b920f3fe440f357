#pragma once

#include "lab.hpp"

namespace mutation::e2e {

/// A lab with a second repository, `load` (same models and hyperparameters as `toy`), whose stand-in trains beside the
/// measured one.
class ParallelLab : public Lab {
public:
    ParallelLab();

    Json background;                    ///< steps of the background: see tests/fakes/fake_training.cpp
    double startup_wait_seconds = 0.2;  ///< of every background
    double restart_delay_seconds = 0.2; ///< of every background

    /// An entry that runs `runs` mutations of the toy's learning rate beside `load`'s model.
    [[nodiscard]] Json beside(int runs, bool reuse, const std::string& model = "tiny") const;
    /// An entry that runs the toy alone, at its defaults.
    [[nodiscard]] static Json alone();
    /// The arguments of a session of these entries: no cooldown, no baseline, no retries, and what `head` says.
    [[nodiscard]] std::vector<std::string> session_of(const std::vector<Json>& entries, const Json& head = {});

    [[nodiscard]] fs::path load_folder() const { return root() / "work/load"; }
    /// The starts of the background's stand-in, each with its clocks.
    [[nodiscard]] std::vector<Json> background_starts() const { return journal("load", "start"); }
    [[nodiscard]] std::vector<Json> foreground_starts() const { return journal("training", "start"); }
    /// Waits until the n-th measured training has started.
    [[nodiscard]] bool foreground_runs(std::size_t nth) const;
};

} // namespace mutation::e2e
