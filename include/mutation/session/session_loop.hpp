#pragma once

#include "mutation/console/progress.hpp"
#include "mutation/run/attempt.hpp"
#include "mutation/sensors/sensors.hpp"
#include "mutation/session/background_keeper.hpp"
#include "mutation/system/signals.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace mutation::session {

/// The last line of a log that grows, without reading it whole.
[[nodiscard]] std::string last_line_of(const std::filesystem::path& log);

/// What goes on beside a training in the one loop of the program: the sensors are drained, the status block is redrawn.
class SessionLoop final : public run::LoopClient {
public:
    SessionLoop(sensors::Sensors& sensors, BackgroundKeeper& backgrounds, console::Progress& progress,
                console::EventLog& log)
        : sensors_(sensors), backgrounds_(backgrounds), progress_(progress), log_events_(log) {}

    /// Called after every poll, at least once a second: for what a session puts off.
    void set_chore(std::function<void()> chore) { chore_ = std::move(chore); }
    /// What the session does from now on, and whose last line the block shows ("": none).
    void set_activity(rollup::Activity activity, std::filesystem::path log);

    /// Whose training the sensors' alerts are about from now on.
    void set_name(std::string experiment) { name_ = std::move(experiment); }
    /// Logs what happened to a sensor; on_poll does it too.
    void report_alerts();

    void add_poll_fds(std::vector<pollfd>& fds) override;
    void on_poll(std::optional<Seconds> elapsed) override;
    void on_started() override { sensors_.training_started(); }
    void on_ended() override { sensors_.training_ended(); }
    void on_stopping(run::Ending why) override;
    [[nodiscard]] std::optional<std::string> objection() const override;
    [[nodiscard]] std::set<pid_t> companions() const override;

private:
    sensors::Sensors& sensors_;
    BackgroundKeeper& backgrounds_;
    console::Progress& progress_;
    console::EventLog& log_events_;
    std::function<void()> chore_;
    std::string name_;
    rollup::Activity activity_ = rollup::Activity::training;
    MonotonicTime began_{}; ///< the activity
    std::filesystem::path log_;
    MonotonicTime shown_{};
};

/// Lets time pass, with the loop's clients served. Returns early when a signal asks the session to stop.
void rest(Seconds duration, run::LoopClient& client, system::SignalFd& signals, run::Interruption& interruption);

} // namespace mutation::session
