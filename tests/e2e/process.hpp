#pragma once

#include "support/eventually.hpp"
#include "support/temporary_folder.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <sys/types.h>
#include <vector>

namespace mutation::e2e {

namespace fs = std::filesystem;
using test::eventually;
using test::read_text;
using test::TemporaryFolder;
using test::write_program;
using test::write_text;

/// A user that owns nothing.
inline constexpr uid_t kNobody = 65534;

/// The program and its environment; the test's own environment is not passed.
struct Invocation {
    std::vector<std::string> argv;
    std::map<std::string, std::string> environment;
    fs::path directory = "/";
    std::string input;        ///< its stdin
    double limit = 60;        ///< seconds after which it and all its descendants are killed
    bool on_terminal = false; ///< stdout and stderr are one pty of 100 columns (both come back as `out`)
};

/// How it went.
struct RunResult {
    int exit_code = -1; ///< 128 + signal if a signal ended it
    bool timed_out = false;
    std::string out;
    std::string err;

    [[nodiscard]] std::string all() const { return out + err; }
};

/// A started program.
class RunningProcess {
public:
    explicit RunningProcess(const Invocation& invocation);
    RunningProcess(const RunningProcess&) = delete;
    RunningProcess& operator=(const RunningProcess&) = delete;
    ~RunningProcess();

    [[nodiscard]] pid_t pid() const { return pid_; }
    void send(int signal) const;
    [[nodiscard]] std::string errors_so_far() const;
    /// Types on its terminal.
    void type(const std::string& keys) const;
    /// Closes its terminal's window.
    void close_terminal();
    /// Waits for its end; kills it and its descendants at the invocation's limit.
    RunResult wait();

private:
    Invocation invocation_;
    TemporaryFolder capture_;
    pid_t pid_ = -1;
    int master_ = -1;
    std::string terminal_output_;

    [[nodiscard]] bool has_ended(double until);
    void drain_terminal();
};

RunResult run_process(const Invocation& invocation);

/// The same behind a shell that first does `preparation`, such as `ulimit`.
[[nodiscard]] Invocation behind_shell(Invocation invocation, const std::string& preparation);

/// Processes whose program, folder, arguments or environment name `place`: "pid command line", zombies left out.
[[nodiscard]] std::vector<std::string> processes_of(const fs::path& place);
/// Ends them all.
void kill_processes_of(const fs::path& place);

[[nodiscard]] std::vector<pid_t> children_of(pid_t parent);

} // namespace mutation::e2e
