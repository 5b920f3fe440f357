#pragma once

#include "mutation/run/launcher.hpp"
#include "mutation/system/pipe.hpp"
#include "mutation/system/process.hpp"
#include "mutation/system/unique_fd.hpp"

#include <optional>

namespace mutation::run {

/// What to send to a training: INT to its group, TERM or KILL to its whole tree.
enum class StopRequest : char { interrupt = 'I', terminate = 'T', kill = 'K' };

/// The tool's side of a launcher, which is a process of this binary between perf and the training. The launcher starts
/// the training as the user, reports its start, end and wait status (perf's own status says nothing about it), and ends
/// the training's tree on request, or when the lifeline closes because the tool died.
class LaunchChannel {
public:
    explicit LaunchChannel(const LaunchSpec& spec);

    /// Starts the launcher with `request`, whose argv and fds are those of a wrapper or empty. It is started as root if
    /// possible, since the user may not be allowed to enter the folder of this program; it becomes the user by itself.
    /// Error(machine) if no process can be created.
    [[nodiscard]] system::Child start(system::SpawnRequest request) const;

    /// Readable when a message has arrived, or when the launcher has ended.
    [[nodiscard]] int fd() const { return report_.read.get(); }
    /// The next message, or nullopt. Sets `is_closed` when no more can come.
    [[nodiscard]] std::optional<LaunchMessage> take(bool& is_closed) const;
    /// Must be called when the launcher is up: our copies of its ends would hide its death.
    void release_launcher_ends();
    void send(StopRequest request) const;

private:
    system::UniqueFd spec_;
    system::Pipe report_;
    system::Pipe lifeline_; ///< for requests; the launcher sees the tool's death by it
};

} // namespace mutation::run
