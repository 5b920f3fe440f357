#include "process.hpp"

#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <set>
#include <signal.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mutation::e2e {

namespace {

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void redirect(const fs::path& file, int flags, int to) {
    const int fd = ::open(file.c_str(), flags | O_CLOEXEC, 0600);
    if (fd < 0 || ::dup2(fd, to) < 0)
        _exit(126);
}

[[noreturn]] void become(const Invocation& invocation, const fs::path& capture) {
    if (!invocation.on_terminal) {
        ::setsid();
        redirect(capture / "in", O_RDONLY, 0);
        redirect(capture / "out", O_WRONLY | O_CREAT | O_APPEND, 1);
        redirect(capture / "err", O_WRONLY | O_CREAT | O_APPEND, 2);
    }
    std::vector<std::string> variables;
    for (const auto& [name, value] : invocation.environment)
        variables.push_back(name + "=" + value);
    const auto pointers = [](std::vector<std::string> words) {
        static std::vector<std::vector<std::string>> kept;
        kept.push_back(std::move(words));
        std::vector<char*> list;
        for (auto& word : kept.back())
            list.push_back(word.data());
        list.push_back(nullptr);
        return list;
    };
    if (::chdir(invocation.directory.c_str()) != 0)
        _exit(125);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    const auto argv = pointers(invocation.argv);
    const auto envp = pointers(variables);
    ::execve(argv[0], argv.data(), envp.data());
    _exit(127);
}

/// parent of each process.
std::map<pid_t, pid_t> parents() {
    std::map<pid_t, pid_t> found;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const pid_t pid = std::atoi(entry.path().filename().c_str());
        const std::string text = read_text(entry.path() / "stat");
        const auto close = text.rfind(')');
        char state = 0;
        pid_t parent = 0;
        if (pid > 0 && close != std::string::npos &&
            std::sscanf(text.c_str() + close + 1, " %c %d", &state, &parent) == 2)
            found[pid] = parent;
    }
    return found;
}

void kill_tree(pid_t root) {
    const auto parent_of = parents();
    std::set<pid_t> tree{root};
    for (bool grew = true; grew;) {
        grew = false;
        for (const auto& [pid, parent] : parent_of)
            grew = (tree.count(parent) > 0 && tree.insert(pid).second) || grew;
    }
    for (const pid_t pid : tree)
        ::kill(pid, SIGKILL);
}

bool names(const fs::path& process, const std::string& place) {
    std::error_code ignored;
    if (fs::read_symlink(process / "exe", ignored).string().find(place) != std::string::npos ||
        fs::read_symlink(process / "cwd", ignored).string().find(place) != std::string::npos)
        return true;
    return read_text(process / "cmdline").find(place) != std::string::npos ||
           read_text(process / "environ").find(place) != std::string::npos;
}

std::vector<pid_t> pids_of(const fs::path& place) {
    std::vector<pid_t> found;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const pid_t pid = std::atoi(entry.path().filename().c_str());
        std::error_code ignored;
        // A zombie has no program any more.
        if (pid > 0 && pid != getpid() && !fs::read_symlink(entry.path() / "exe", ignored).empty() &&
            names(entry.path(), place.string()))
            found.push_back(pid);
    }
    return found;
}

} // namespace

RunningProcess::RunningProcess(const Invocation& invocation) : invocation_(invocation) {
    // Whatever the tool leaves behind comes to us, and is found.
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    write_text(capture_.path() / "in", invocation.input);
    write_text(capture_.path() / "out", "");
    write_text(capture_.path() / "err", "");
    winsize size{30, 100, 0, 0};
    pid_ = invocation.on_terminal ? ::forkpty(&master_, nullptr, nullptr, &size) : ::fork();
    if (pid_ == 0)
        become(invocation_, capture_.path());
    if (pid_ < 0)
        throw std::runtime_error("fork failed");
    if (master_ >= 0)
        ::fcntl(master_, F_SETFL, O_NONBLOCK);
}

RunningProcess::~RunningProcess() {
    if (pid_ > 0) {
        kill_tree(pid_);
        ::waitpid(pid_, nullptr, 0);
    }
    if (master_ >= 0)
        ::close(master_);
}

void RunningProcess::send(int signal) const {
    ::kill(pid_, signal);
}

std::string RunningProcess::errors_so_far() const {
    return read_text(capture_.path() / "err");
}

void RunningProcess::type(const std::string& keys) const {
    if (::write(master_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size()))
        throw std::runtime_error("cannot type on the terminal");
}

void RunningProcess::close_terminal() {
    drain_terminal();
    ::close(master_);
    master_ = -1;
}

void RunningProcess::drain_terminal() {
    char buffer[4096];
    for (ssize_t got = 1; master_ >= 0 && got > 0;) {
        got = ::read(master_, buffer, sizeof buffer);
        if (got > 0)
            terminal_output_.append(buffer, static_cast<std::size_t>(got));
    }
}

bool RunningProcess::has_ended(double until) {
    const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    bool has_ended = false;
    while (!has_ended && now() < until) {
        pollfd fds[2] = {{pidfd, POLLIN, 0}, {master_, POLLIN, 0}};
        ::poll(fds, 2, 100);
        drain_terminal();
        has_ended = (fds[0].revents & POLLIN) != 0;
    }
    ::close(pidfd);
    return has_ended;
}

RunResult RunningProcess::wait() {
    RunResult result;
    result.timed_out = !has_ended(now() + invocation_.limit);
    if (result.timed_out)
        kill_tree(pid_);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    drain_terminal();
    result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    result.out = invocation_.on_terminal ? terminal_output_ : read_text(capture_.path() / "out");
    result.err = read_text(capture_.path() / "err");
    return result;
}

RunResult run_process(const Invocation& invocation) {
    return RunningProcess(invocation).wait();
}

Invocation behind_shell(Invocation invocation, const std::string& preparation) {
    std::vector<std::string> argv{"/bin/sh", "-c", preparation + "; exec \"$@\"", "sh"};
    argv.insert(argv.end(), invocation.argv.begin(), invocation.argv.end());
    invocation.argv = argv;
    return invocation;
}

std::vector<std::string> processes_of(const fs::path& place) {
    std::vector<std::string> found;
    for (const pid_t pid : pids_of(place)) {
        std::string line = read_text("/proc/" + std::to_string(pid) + "/cmdline");
        for (char& c : line)
            c = c == '\0' ? ' ' : c;
        found.push_back(std::to_string(pid) + " " + line);
    }
    return found;
}

void kill_processes_of(const fs::path& place) {
    for (const pid_t pid : pids_of(place))
        ::kill(pid, SIGKILL);
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }
}

std::vector<pid_t> children_of(pid_t parent) {
    std::vector<pid_t> found;
    for (const auto& [pid, its_parent] : parents())
        if (its_parent == parent)
            found.push_back(pid);
    return found;
}

} // namespace mutation::e2e
