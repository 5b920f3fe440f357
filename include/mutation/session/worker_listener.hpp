#pragma once

#include "mutation/core/units.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace mutation::session {

/// What a worker does with its machine.
enum class WorkerPhase { waiting_for_background, training, cooling_down };

/// A worker at one moment.
struct WorkerMoment {
    WorkerPhase phase = WorkerPhase::training;
    std::optional<Seconds> elapsed; ///< since the phase began; nullopt: the training has not started
    std::optional<Watts> cpu;
    std::optional<Watts> gpu;
    std::filesystem::path log; ///< of the training; empty outside of a training
};

/// Hears what a worker does and has to say. Every function returns quickly: a training may be running.
class WorkerListener {
public:
    virtual ~WorkerListener() = default;
    /// An attempt begins; `number` counts from 1, to `most` at the most.
    virtual void on_attempt(int number, int most) = 0;
    /// Once a second, and when a phase begins.
    virtual void on_moment(const WorkerMoment& moment) = 0;
    /// After each wait of the worker's loop, at least once a second.
    virtual void on_poll() = 0;

    virtual void detail(const std::string& text) = 0;
    virtual void event(const std::string& text) = 0;
    virtual void warning(const std::string& text) = 0;
};

} // namespace mutation::session
