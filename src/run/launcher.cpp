#include "handed_descriptor.hpp"
#include "launch_spec.hpp"
#include "leftovers.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "mutation/run/launch_channel.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/control_group.hpp"
#include "mutation/system/pipe.hpp"
#include "mutation/system/process_tree.hpp"
#include "mutation/system/signals.hpp"
#include "mutation/system/user.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mutation::run {

namespace {

/// The time between TERM and KILL for a training whose tool has died.
constexpr Seconds kOrphanGrace{2};
/// Helper processes (Python's resource tracker, PyTorch's shared memory manager) notice the end of the training and end
/// by themselves.
constexpr Seconds kHelperGrace{2};
/// The time that a helper needs to pass on the last output.
constexpr Seconds kFlushGrace{0.2};
constexpr int kRefused = 127;
constexpr int kPollMilliseconds = 10;
/// The kernel limits arguments and environment to a few megabytes.
constexpr std::size_t kMostSpecBytes = 64U << 20U;

std::string read_all(int fd) {
    std::string bytes;
    std::array<char, 65536> block{};
    ssize_t size = 0;
    while ((size = ::pread(fd, block.data(), block.size(), static_cast<off_t>(bytes.size()))) > 0) {
        bytes.append(block.data(), static_cast<std::size_t>(size));
        if (bytes.size() > kMostSpecBytes) {
            throw Error(ErrorKind::internal, "the description of a training is too long");
        }
    }
    return bytes;
}

class Reporter {
public:
    explicit Reporter(system::UniqueFd fd) : fd_(std::move(fd)) {}

    void send(LaunchMessage message) const {
        message.monotonic = system::monotonic_now().time_since_epoch().count();
        message.wall = system::wall_now().time_since_epoch().count();
        send_as_stamped(message);
    }
    void send_as_stamped(const LaunchMessage& message) const {
        // If the tool has died, the lifeline shows it.
        [[maybe_unused]] const ssize_t written = ::write(fd_.get(), &message, sizeof message);
    }
    void refuse(std::string_view reason) const {
        LaunchMessage message{.kind = LaunchMessage::Kind::refused};
        reason.copy(message.text, sizeof message.text - 1);
        send(message);
    }

private:
    system::UniqueFd fd_;
};

std::int64_t to_nanoseconds(const timeval& time) {
    return (std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec)) / std::chrono::nanoseconds(1);
}

/// The user to become, whatever the caller says; none if we keep our own.
std::optional<system::User> find_user(const LaunchSpec& spec) {
    return system::regain_root() ? system::training_user(spec.as_root) : std::nullopt;
}

void become_user(const std::optional<system::User>& user) {
    if (user && !system::become(*user)) {
        throw Error(ErrorKind::machine, fmt::format("cannot become the user: {}", std::strerror(errno)));
    }
}

/// The training's log, and how it is to be started with it.
struct TrainingStart {
    explicit TrainingStart(const LaunchSpec& spec)
        : log(::open(spec.log.c_str(), O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)) {
        struct stat facts {};
        if (!log.is_open() || ::fstat(log.get(), &facts) != 0) {
            throw Error(ErrorKind::storage,
                        fmt::format("cannot write {}: {}", spec.log.string(), std::strerror(errno)));
        }
        if (!S_ISREG(facts.st_mode)) { // put there by another training: a pipe would have another reader
            throw Error(ErrorKind::storage,
                        fmt::format("cannot write {}: it is not a regular file", spec.log.string()));
        }
        ::fcntl(log.get(), F_SETFL, O_APPEND);
        request.argv = spec.argv;
        request.environment = spec.environment;
        request.directory = spec.directory;
        request.umask = spec.umask;
        request.stdout_fd = log.get();
        request.stderr_fd = log.get();
    }

    system::UniqueFd log;
    system::SpawnRequest request;
};

/// Reported before the training exists, since the training may end this process at once.
void report_start(const Reporter& reporter) {
    reporter.send({.kind = LaunchMessage::Kind::started});
}

pid_t start_training(const LaunchSpec& spec, const std::optional<system::User>& user, const Reporter& reporter) {
    become_user(user);
    const TrainingStart start(spec);
    report_start(reporter);
    return system::spawn(start.request).release();
}

/// In the group's first process: becomes the training, or writes the error into the pipe.
[[noreturn]] void become_training(const LaunchSpec& spec, const std::optional<system::User>& user,
                                  const Reporter& reporter, const system::UniqueFd& error_pipe) {
    try {
        become_user(user);
        const TrainingStart start(spec);
        report_start(reporter);
        system::replace_process(start.request);
    } catch (const Error& error) {
        [[maybe_unused]] const ssize_t written =
            ::write(error_pipe.get(), error.message().data(), error.message().size());
    }
    ::_exit(kRefused);
}

/// The launcher stays outside of the group, so that it can report the end of everything in it.
pid_t start_training_inside(const system::ControlGroup& group, const LaunchSpec& spec,
                            const std::optional<system::User>& user, const Reporter& reporter) {
    system::Pipe error_pipe = system::make_pipe();
    const pid_t training = group.fork_inside();
    if (training < 0) {
        return start_training(spec, user, reporter);
    }
    if (training == 0) {
        become_training(spec, user, reporter, error_pipe.write);
    }
    error_pipe.write.reset();
    become_user(user);
    std::array<char, sizeof LaunchMessage::text> message{};
    const ssize_t size = ::read(error_pipe.read.get(), message.data(), message.size()); // 0 when the training runs
    if (size > 0) {
        throw Error(ErrorKind::machine, std::string(message.data(), static_cast<std::size_t>(size)));
    }
    return training;
}

/// Follows the tool's requests until the training has ended; returns its wait status and resource usage.
class Watch {
public:
    Watch(pid_t training, system::UniqueFd lifeline, const std::optional<system::ControlGroup>& group)
        : training_(training), lifeline_(std::move(lifeline)), group_(group) {}

    LaunchMessage wait_for_end() {
        LaunchMessage ended{.kind = LaunchMessage::Kind::ended};
        rusage usage{};
        const system::UniqueFd pidfd = system::open_pidfd(training_);
        do {
            std::array<pollfd, 3> waited{
                {{pidfd.get(), POLLIN, 0}, {lifeline_.get(), POLLIN, 0}, {signals_.fd(), POLLIN, 0}}};
            ::poll(waited.data(), waited.size(), pidfd.is_open() ? -1 : kPollMilliseconds);
            ended.monotonic = system::monotonic_now().time_since_epoch().count();
            ended.wall = system::wall_now().time_since_epoch().count();
            if (waited[1].revents != 0) {
                obey();
            }
            if (signals_.take()) {
                has_obeyed_ = true;
                end_tree_of_training();
            }
        } while (::wait4(training_, &ended.wait_status, WNOHANG, &usage) == 0);
        ended.cpu_time = to_nanoseconds(usage.ru_utime) + to_nanoseconds(usage.ru_stime);
        return ended;
    }

    /// What the training left running when it ended: what still runs after `kHelperGrace`, or what has ended by itself
    /// until then but wrote to the log after the end. nullopt if the training was asked to stop: then it had no time to
    /// clean up.
    [[nodiscard]] std::optional<Leftovers> find_leftovers(const std::filesystem::path& log) const {
        wait_for_helpers(kFlushGrace); // for a `tee` that writes the log
        const std::vector<pid_t> early = system::living_descendants();
        const std::string names = name_processes(early); // a command can be read only while its process lives
        const std::uintmax_t size = size_of_log(log);
        wait_for_helpers(kHelperGrace);
        const std::vector<pid_t> left = system::living_descendants();
        if (is_asked_to_stop() || early.empty()) {
            return std::nullopt;
        }
        if (!left.empty()) {
            return Leftovers{static_cast<int>(left.size()), name_processes(left), false};
        }
        return size_of_log(log) > size ? std::optional(Leftovers{static_cast<int>(early.size()), names, true})
                                       : std::nullopt;
    }

private:
    /// Returns when no process is left, the time is over or the training is asked to stop.
    void wait_for_helpers(Seconds limit) const {
        const MonotonicTime start = system::monotonic_now();
        while (system::has_descendants({}) && !is_asked_to_stop() && system::monotonic_now() - start < limit) {
            ::poll(nullptr, 0, kPollMilliseconds);
        }
    }

    static std::uintmax_t size_of_log(const std::filesystem::path& log) {
        struct stat facts {};
        return ::lstat(log.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) ? static_cast<std::uintmax_t>(facts.st_size)
                                                                           : 0;
    }

    /// A request that was not read yet and the death of the tool count too.
    [[nodiscard]] bool is_asked_to_stop() const {
        std::array<pollfd, 2> waited{{{lifeline_.get(), POLLIN, 0}, {signals_.fd(), POLLIN, 0}}};
        return has_obeyed_ || ::poll(waited.data(), waited.size(), 0) > 0;
    }

    void obey() {
        has_obeyed_ = true;
        char word = 0;
        const ssize_t size = ::read(lifeline_.get(), &word, 1);
        if (size == 0) { // the tool has died; only we can end this tree
            end_tree_of_training();
            lifeline_.reset();
        } else if (word == static_cast<char>(StopRequest::interrupt)) {
            system::ask_to_end(-training_, SIGINT);
        } else if (word == static_cast<char>(StopRequest::terminate)) {
            for (const pid_t pid : system::descendants_of(::getpid())) {
                system::ask_to_end(pid, SIGTERM);
            }
        } else if (word == static_cast<char>(StopRequest::kill)) {
            if (group_) {
                group_->kill_all(); // ends a tree that forks faster than we can walk it
            }
            for (const pid_t pid : system::descendants_of(::getpid())) {
                ::kill(pid, SIGKILL);
            }
        }
    }

    /// Like end_descendants, but leaves the training's wait status for wait_for_end.
    void end_tree_of_training() const {
        for (const int signal : {SIGTERM, SIGKILL}) {
            if (signal == SIGKILL && group_) {
                group_->kill_all();
            }
            for (const pid_t pid : system::descendants_of(::getpid())) {
                system::ask_to_end(pid, signal);
            }
            siginfo_t info{};
            for (int tenths = 0; tenths < 20; ++tenths) {
                if (::waitid(P_PID, static_cast<id_t>(training_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
                    info.si_pid != 0) {
                    break;
                }
                ::poll(nullptr, 0, 100);
            }
        }
    }

    pid_t training_;
    system::UniqueFd lifeline_;
    const std::optional<system::ControlGroup>& group_;
    system::SignalFd signals_;
    bool has_obeyed_ = false; ///< a request to stop
};

/// Reports the training's end and ends the processes that it left, which would disturb the next training.
void report_end(Watch& watch, const std::filesystem::path& log, const Reporter& reporter) {
    reporter.send_as_stamped(watch.wait_for_end());
    if (const std::optional<Leftovers> left = watch.find_leftovers(log)) {
        reporter.send(pack_leftovers(*left));
    }
    system::end_descendants({}, kOrphanGrace);
}

} // namespace

int run_launcher() {
    system::block_signals();
    try {
        const system::UniqueFd spec_fd = take_handed_descriptor(Handed::spec);
        const Reporter reporter(take_handed_descriptor(Handed::report));
        system::UniqueFd lifeline = take_handed_descriptor(Handed::lifeline);
        system::seal_inherited_descriptors();
        system::become_subreaper();
        reporter.send({.kind = LaunchMessage::Kind::up, .pid = ::getpid()});
        try {
            const LaunchSpec spec = unpack_launch_spec(read_all(spec_fd.get()));
            const std::optional<system::User> user = find_user(spec);
            const std::optional<system::ControlGroup> group = system::ControlGroup::create(std::to_string(::getpid()));
            const pid_t training =
                group ? start_training_inside(*group, spec, user, reporter) : start_training(spec, user, reporter);
            Watch watch(training, std::move(lifeline), group);
            report_end(watch, spec.log, reporter);
            if (group) {
                group->kill_all();
            }
        } catch (const Error& error) {
            reporter.refuse(error.message());
            return kRefused;
        }
        return 0;
    } catch (const Error& error) {
        print_text(stderr, fmt::format("{}\n", error.message()));
        return kRefused;
    }
}

} // namespace mutation::run
