#pragma once

#include "mutation/core/units.hpp"
#include "mutation/run/launch_channel.hpp"
#include "mutation/system/process.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <poll.h>
#include <set>
#include <string>
#include <vector>

namespace mutation::run {

/// A training that is kept running beside others.
struct BackgroundSpec {
    LaunchSpec launch;                   ///< each start sets its `log`
    std::filesystem::path log_directory; ///< exists; each start has its log there
    Seconds restart_delay{2};
    std::optional<Seconds> stall; ///< it is ended as failed if its log does not grow for so long; none: no limit
    Seconds stop_grace{3};        ///< from INT to TERM, and from TERM to KILL
};

/// One life of the background, from its start to its end.
struct BackgroundLife {
    MonotonicTime start;
    std::optional<MonotonicTime> end; ///< none: it is running
    bool has_failed = false;          ///< ended by itself, and not with status 0
    std::filesystem::path log;
};

/// What ran beside a measured training between two moments.
struct BackgroundPresence {
    int starts = 0;                          ///< lives that began within
    int failures = 0;                        ///< lives that failed within
    std::vector<Seconds> restart_gaps;       ///< between the end of one life and the start of the next, both within
    std::vector<std::filesystem::path> logs; ///< of the lives that overlap the time
};

class StallGuard;

/// Keeps one background training alive: starts it, restarts it after each end, and ends it with its whole tree.
/// Passive: the owner of the loop polls its descriptors and calls `on_poll`. It gives up if the training cannot be
/// started, fails several times in a row, or loses its launcher, which holds its processes.
class Background {
public:
    /// Gives up after so many failures in a row.
    static constexpr int kMostFailuresInRow = 3;

    explicit Background(BackgroundSpec spec);
    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;
    /// Ends the training.
    ~Background();

    /// Starts the first life. Error(machine or storage) if no process can be created.
    void start();
    void add_poll_fds(std::vector<pollfd>& fds) const;
    void on_poll();
    /// Ends the training's tree: INT, TERM and KILL with the spec's grace between them, from `first` on. Blocks at most
    /// for these times and five seconds.
    void stop(StopRequest first = StopRequest::interrupt);

    /// Why it gave up; nullopt if it did not.
    [[nodiscard]] const std::optional<std::string>& given_up() const { return given_up_; }
    /// The processes that the newest life left running when it ended by itself.
    [[nodiscard]] const std::optional<Leftovers>& leftovers() const { return leftovers_; }
    [[nodiscard]] std::set<pid_t> companions() const;
    [[nodiscard]] const std::vector<BackgroundLife>& lives() const { return lives_; }

    [[nodiscard]] BackgroundPresence presence(MonotonicTime from, MonotonicTime to) const;
    /// The share of the time between the two during which it was alive.
    [[nodiscard]] Percent alive(MonotonicTime from, MonotonicTime to) const;

private:
    void begin_life();
    void restart();
    void launch();
    void read_messages();
    void handle(const LaunchMessage& message);
    /// `failure`: why it failed, if it did.
    void end_life(MonotonicTime when, const std::optional<std::string>& failure);
    void give_up(const std::string& why);
    void schedule_restart(MonotonicTime end);
    void end_if_stalled();

    BackgroundSpec spec_;
    std::vector<BackgroundLife> lives_;
    std::optional<LaunchChannel> channel_;
    system::Child launcher_;
    std::unique_ptr<StallGuard> stall_guard_; ///< of the running life, if a limit is set
    std::optional<MonotonicTime> restart_at_;
    system::UniqueFd restart_timer_; ///< readable when a restart is due
    std::optional<std::string> given_up_;
    std::optional<Leftovers> leftovers_;
    std::size_t earlier_logs_ = 0; ///< in the folder before
    bool is_channel_closed_ = false;
    int failures_in_row_ = 0;
    bool is_stopping_ = false;
};

} // namespace mutation::run
