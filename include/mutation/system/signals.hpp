#pragma once

#include "mutation/system/request_socket.hpp"
#include "mutation/system/unique_fd.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace mutation::system {

/// Blocks those of INT, TERM and HUP that the caller does not ignore, and ignores PIPE. Called in main's first line,
/// before any thread or child exists, so that no signal can fall between two steps. Children get the defaults back
/// (`spawn` does it).
void block_signals();

/// Lets those signals end the process again, as they do by default.
void unblock_signals();

/// The sockets of a running session, in its folder.
constexpr const char* kStopSocket = ".stop";
constexpr const char* kStopAfterRunSocket = ".stop_after_run";

/// Delivers the blocked signals as readable events.
class SignalFd {
public:
    /// `guardian` is at its end when the process that guards us is gone: that counts as two TERM, the request to stop
    /// at once, since nobody would clear away behind us.
    explicit SignalFd(UniqueFd guardian = UniqueFd());
    /// Readable when a signal has come.
    [[nodiscard]] int fd() const { return epoll_.get(); }
    /// The next signal that came, or nothing.
    [[nodiscard]] std::optional<int> take();

    /// From here on `mutation stop` reaches us by two sockets in this folder: a request to stop counts as INT. False if
    /// the folder's file system has no sockets.
    bool accept_requests(const std::filesystem::path& directory);
    /// Whether a request to stop after the current run has come. It does not make `fd` readable: nothing that runs is
    /// to be cut short by it.
    [[nodiscard]] bool take_request_after_run();

private:
    void watch(int fd) const;
    [[nodiscard]] bool is_guardian_gone() const;

    UniqueFd signals_;
    UniqueFd guardian_;
    UniqueFd epoll_;
    std::optional<RequestSocket> stop_;
    std::optional<RequestSocket> stop_after_run_;
    int owed_ = 0; ///< TERMs that stand for the guardian's end
};

/// "signal 9 (SIGKILL)".
[[nodiscard]] std::string describe_signal(int signal);

/// Marks every descriptor above 2 that we inherited as close-on-exec, so that none reaches a training.
void seal_inherited_descriptors();

/// For a helper process: signals work as in a new program again, and the kernel kills us when our parent ends, even in
/// the middle of a call that hangs. Must be called after the last change of user.
void live_and_die_with_parent();

/// Orphans among our descendants become our children instead of init's. False where the kernel refuses.
bool become_subreaper();

} // namespace mutation::system
