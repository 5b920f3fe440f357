#pragma once

#include "mutation/core/units.hpp"
#include "mutation/run/launcher.hpp"
#include "mutation/system/process.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <poll.h>
#include <set>
#include <string>
#include <vector>

namespace mutation::run {

/// A training that is to be kept running beside others.
struct BackgroundSpec {
    LaunchSpec launch;                   ///< its `log` is set anew at each start
    std::filesystem::path log_directory; ///< exists; each start has its log there
    Seconds restart_delay{2};
    std::optional<Seconds> stall; ///< ended, as a failure, when its log does not grow for so long; none: never
    Seconds stop_grace{3};        ///< from INT to TERM, and from TERM to KILL
};

/// One life of the background, from its start to its end.
struct BackgroundLife {
    MonotonicTime start;
    std::optional<MonotonicTime> end; ///< none: it still runs
    bool has_failed = false;          ///< ended by itself otherwise than with status 0
    std::filesystem::path log;
};

/// What ran beside a measured training between two moments.
struct BackgroundPresence {
    int starts = 0;                          ///< lives that began within
    int failures = 0;                        ///< lives that failed within
    std::vector<Seconds> restart_gaps;       ///< between the end of one life and the start of the next, both within
    std::vector<std::filesystem::path> logs; ///< of the lives that touch it
};

class StallGuard;

/// Keeps one background training alive: starts it, starts it again after each end, ends it with its whole tree.
/// Passive: whoever owns the loop polls its descriptors and calls `on_poll`. It is given up when it cannot be started,
/// when it failed several times in a row, and when its launcher was killed: then nobody holds its processes any more.
class Background {
public:
    /// After so many failures in a row it is given up.
    static constexpr int kMostFailuresInRow = 3;

    explicit Background(BackgroundSpec spec);
    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;
    /// Ends what runs.
    ~Background();

    /// Starts the first life. Error(machine or storage) when no process can be made.
    void start();
    void add_poll_fds(std::vector<pollfd>& fds) const;
    void on_poll();
    /// Ends the training's tree: INT, TERM and KILL, with the spec's grace between them, or KILL at once. Blocks so
    /// long at most, and five seconds.
    void stop(bool at_once = false);

    /// Why it is no use to go on, or nothing.
    [[nodiscard]] const std::optional<std::string>& given_up() const { return given_up_; }
    /// What a life of the background left running when it ended by itself; the newest if there were several.
    [[nodiscard]] const std::optional<Leftovers>& leftovers() const { return leftovers_; }
    [[nodiscard]] std::set<pid_t> companions() const;
    [[nodiscard]] const std::vector<BackgroundLife>& lives() const { return lives_; }

    [[nodiscard]] BackgroundPresence presence(MonotonicTime from, MonotonicTime to) const;
    /// Share of the time between the two that it was alive.
    [[nodiscard]] Percent alive(MonotonicTime from, MonotonicTime to) const;

private:
    void begin_life();
    void restart();
    void launch();
    void read_messages();
    void handle(const LaunchMessage& message);
    void end_life(MonotonicTime when, bool has_failed, const std::string& how);
    void give_up(const std::string& why);
    void schedule_restart(MonotonicTime end);
    void end_if_stalled();

    BackgroundSpec spec_;
    std::vector<BackgroundLife> lives_;
    std::optional<LaunchChannel> channel_;
    system::Child launcher_;
    std::unique_ptr<StallGuard> stall_guard_; ///< of the life that runs, where a limit is set
    std::optional<MonotonicTime> restart_at_;
    system::UniqueFd restart_timer_; ///< readable when a restart is due
    std::optional<std::string> given_up_;
    std::optional<Leftovers> leftovers_;
    std::size_t earlier_logs_ = 0; ///< that lay in the folder before
    bool is_channel_closed_ = false;
    int failures_in_row_ = 0;
    bool is_stopping_ = false;
};

} // namespace mutation::run
