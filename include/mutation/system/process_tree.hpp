#pragma once

#include "mutation/core/units.hpp"

#include <optional>
#include <set>
#include <string>
#include <sys/types.h>
#include <vector>

namespace mutation::system {

/// All processes below `root`, from one walk over /proc.
[[nodiscard]] std::vector<pid_t> descendants_of(pid_t root);

/// Whether `process` is `root` or below it, by its chain of parents. nullopt if the chain cannot be read to its end:
/// the process has ended or is hidden from us.
[[nodiscard]] std::optional<bool> is_below(pid_t process, pid_t root);

/// The name that the kernel shows for a process, at most 15 bytes; empty if it has ended.
[[nodiscard]] std::string name_of(pid_t process);

/// The command line of a process, arguments separated by blanks, printable, at most 1 KiB; its name if it shows none.
[[nodiscard]] std::string command_of(pid_t process);

/// When a process started, in ticks since boot: with the number it names one process for good. Empty if it has ended.
[[nodiscard]] std::string start_time_of(pid_t process);

/// Whether the process of that number and start time has ended. A zombie has ended, and so has one whose number another
/// process has. A living process that we may not look at has not.
[[nodiscard]] bool is_gone(pid_t process, const std::string& start_time);

/// Whether a process has this number here, even one that we may not look at.
[[nodiscard]] bool does_exist(pid_t process);

/// Whether there is such a process and we may signal it: it is our own, or we are root.
[[nodiscard]] bool may_signal(pid_t process);

/// Whether our process numbers are those of the machine. False in a container with numbers of its own: there the driver
/// may report numbers of the machine, which name no or another process here.
[[nodiscard]] bool has_machine_pids();

/// The parent's number; -1 if the process has ended or is hidden from us.
[[nodiscard]] pid_t parent_of(pid_t process);

/// Sends a signal that asks a process, or with a negative number a group, to end, and then CONT, since a stopped
/// process receives no other signal.
void ask_to_end(pid_t process, int signal);

/// Ends every descendant of the calling process except those in `spared` and theirs: TERM, and KILL to what is left
/// after `grace`; reaps what became our child. True if nothing is left. Waits at most `grace` plus two seconds; what is
/// left then is abandoned (see abandoned.hpp).
bool end_descendants(const std::set<pid_t>& spared, Seconds grace);

/// Every living descendant of the calling process, without zombies.
[[nodiscard]] std::vector<pid_t> living_descendants();

/// Whether a descendant of the calling process lives that is neither in `spared` nor below one of those; reaps what
/// became our child and ended.
[[nodiscard]] bool has_descendants(const std::set<pid_t>& spared);

} // namespace mutation::system
