#pragma once

#include "mutation/system/request_socket.hpp"
#include "mutation/system/unique_fd.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace mutation::system {

/// Blocks those of INT, TERM and HUP that the caller does not ignore, and ignores PIPE. Called in the first line of
/// main, before any thread or child exists. Children get the defaults back from `spawn`.
void block_signals();

/// These signals end the process again, as by default.
void unblock_signals();

/// Delivers the blocked signals by a descriptor.
class SignalFd {
public:
    /// `guardian` is a pipe that closes when our guardian ends. That counts as two TERM, the request to stop at once,
    /// since nobody would clean up after us.
    explicit SignalFd(UniqueFd guardian = UniqueFd());
    /// Readable when a signal has arrived.
    [[nodiscard]] int fd() const { return epoll_.get(); }
    /// The next signal, or nullopt.
    [[nodiscard]] std::optional<int> take();

    /// From here on `mutation stop` reaches us by two sockets of these names in this folder: a request to stop counts
    /// as INT. False if the folder's file system has no sockets.
    bool accept_requests(const std::filesystem::path& directory, const char* stop, const char* stop_after_run);
    /// Whether a request to stop after the current run has arrived. It does not make `fd` readable, since it must not
    /// end what is running.
    [[nodiscard]] bool take_request_after_run();

private:
    void watch(int fd) const;
    [[nodiscard]] bool is_guardian_gone() const;

    UniqueFd signals_;
    UniqueFd guardian_;
    UniqueFd epoll_;
    std::optional<RequestSocket> stop_;
    std::optional<RequestSocket> stop_after_run_;
    int owed_ = 0; ///< TERMs for the guardian's end that were not delivered yet
};

/// "signal 9 (SIGKILL)".
[[nodiscard]] std::string describe_signal(int signal);

/// Marks every descriptor above 2 that we inherited as close-on-exec, so that none reaches a training.
void seal_inherited_descriptors();

/// For a helper process: restores the default signals, and lets the kernel kill us when our parent ends, even in a call
/// that hangs. Must be called after the last change of user.
void live_and_die_with_parent();

/// Orphans among our descendants become our children instead of init's. False if the kernel refuses.
bool become_subreaper();

} // namespace mutation::system
