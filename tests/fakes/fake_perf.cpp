// Stands in for `perf stat` 6.1 on a machine with a power PMU. Its conf:
//   events         {"power/energy-pkg/": curve, ...}: the events that exist, watts over time (see curve.hpp)
//   t0             CLOCK_MONOTONIC seconds that are the curves' time 0
//   values         {"event": "<not supported>"}: written instead of a number
//   values_after   seconds after which that is written, numbers before (0)
//   refuse         text on stderr; exits with refuse_exit (255) and runs nothing; refuse_from_call: only from that
//   call on (1 = first) crash_after    seconds after which it dies by SIGKILL and leaves the command running
//   start_delay    seconds before the command is started
//   hang_training  true: a training's command is not started for minutes; that of a trial is
//   hang           true: prints nothing and ignores SIGTERM
//   garbage        true: lines that are no counts are mixed in
//   version        what --version prints
//   journal        see stand_in.hpp
#include "fakes/curve.hpp"
#include "fakes/stand_in.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

using namespace mutation::fakes;

struct Request {
    int interval_ms = 0;
    std::string separator;
    std::vector<std::string> events;
    std::string file;
    int log_fd = -1;
    char** command = nullptr;
};

[[noreturn]] void refuse_usage(const std::string& what) {
    std::fprintf(stderr, "Error: unexpected %s\n\n Usage: perf stat [<options>] [<command>]\n", what.c_str());
    std::exit(129);
}

std::vector<std::string> split_events(const std::string& list) {
    std::vector<std::string> events(1);
    for (const char c : list) {
        if (c == ',')
            events.emplace_back();
        else
            events.back() += c;
    }
    return events;
}

/// The form that the tool uses: stat -a -I N -x SEP -e LIST (-o FILE | --log-fd N) -- CMD
Request parse_request(int argc, char** argv) {
    Request request;
    int at = 1;
    const auto take = [&](const std::string& word) {
        const bool is_there = at < argc && argv[at] == word;
        at += is_there ? 1 : 0;
        return is_there;
    };
    const auto value = [&](const std::string& option) -> std::string {
        if (at >= argc)
            refuse_usage("end after " + option);
        return argv[at++];
    };
    const auto need = [&](const std::string& word) {
        if (!take(word))
            refuse_usage(at < argc ? argv[at] : "end");
    };
    need("stat");
    need("-a");
    need("-I");
    request.interval_ms = std::atoi(value("-I").c_str());
    need("-x");
    request.separator = value("-x");
    need("-e");
    request.events = split_events(value("-e"));
    if (take("-o"))
        request.file = value("-o");
    else if (take("--log-fd"))
        request.log_fd = std::atoi(value("--log-fd").c_str());
    else
        refuse_usage(at < argc ? argv[at] : "end");
    if (!take("--") || at >= argc)
        refuse_usage(at < argc ? argv[at] : "end");
    request.command = argv + at;
    return request;
}

/// perf refuses the whole list, and runs nothing, if one event is unknown.
void refuse_unknown_events(const Request& request, const Json& conf) {
    const Json known = conf.value("events", Json::object());
    for (const auto& event : request.events) {
        if (known.contains(event))
            continue;
        std::fprintf(stderr,
                     "event syntax error: '%s'\n                     \\___ Cannot find PMU `power'. Missing kernel "
                     "support?\nRun 'perf list' for a list of valid events\n",
                     event.c_str());
        std::exit(129);
    }
}

volatile sig_atomic_t last_signal = 0;

void note_signal(int signal) {
    last_signal = signal;
}

pid_t start_command(const Request& request) {
    const pid_t child = fork();
    if (child < 0) {
        std::perror("failed to fork");
        std::exit(255);
    }
    if (child != 0)
        return child;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
        ::signal(signal, SIG_DFL);
    execvp(request.command[0], request.command);
    std::fprintf(stderr, "Workload failed: No such file or directory\n");
    _exit(127);
}

/// Writes what the counters counted, as perf's -x does.
class Writer {
public:
    Writer(const Request& request, const Json& conf, int fd) : request_(request), conf_(conf), fd_(fd) {
        const time_t now = time(nullptr);
        char text[64];
        std::strftime(text, sizeof text, "%a %b %e %H:%M:%S %Y", std::localtime(&now));
        write_all(fd_, std::string("# started on ") + text + "\n\n");
    }

    void write(double since_start, double from, double to) const {
        const double t0 = conf_.value("t0", 0.0);
        for (const auto& event : request_.events) {
            const Curve curve = curve_from_json(conf_["events"][event]);
            const bool is_said = since_start > conf_.value("values_after", 0.0);
            const std::string said =
                is_said ? conf_.value("values", Json::object()).value(event, std::string()) : std::string();
            write_all(fd_, line(event, since_start, curve.integral(from - t0, to - t0), said, to - from));
        }
        if (conf_.value("garbage", false))
            write_all(fd_, "\xff\xfe ;;; Joules\n{\"interval\" : \n12.5 Joules;;\n\n");
    }

private:
    [[nodiscard]] std::string line(const std::string& event, double since_start, double joules, const std::string& said,
                                   double runtime) const {
        char value[64];
        char text[512];
        std::snprintf(value, sizeof value, "%.2f", joules);
        const char* number = said.empty() ? value : said.c_str();
        const auto runtime_ns = static_cast<long long>(said.empty() ? runtime * 1e9 : 0);
        const char* s = request_.separator.c_str();
        std::snprintf(text, sizeof text, "%16.9f%s%s%sJoules%s%s%s%lld%s100.00%s%s\n", since_start, s, number, s, s,
                      event.c_str(), s, runtime_ns, s, s, s);
        return text;
    }

    const Request& request_;
    const Json& conf_;
    int fd_;
};

bool wait_until(pid_t child, int pidfd, double until) {
    while (pidfd < 0 && monotonic_now() < until) { // a container that gives no pidfds
        siginfo_t end{};
        if (waitid(P_PID, static_cast<id_t>(child), &end, WEXITED | WNOHANG | WNOWAIT) == 0 && end.si_pid != 0)
            return true;
        sleep_seconds(0.005);
        if (last_signal != 0)
            return false;
    }
    const double left = until - monotonic_now();
    pollfd wait{pidfd, POLLIN, 0};
    return poll(&wait, 1, left > 0 ? static_cast<int>(left * 1000) + 1 : 0) > 0;
}

/// Whether the command is the launcher of a training, and not that of a trial.
bool is_training(const Request& request) {
    return request.command[0] != nullptr && request.command[1] != nullptr &&
           std::string(request.command[1]) == "__launch";
}

int count(const Request& request, const Json& conf, const Journal& journal) {
    const int fd = request.log_fd >= 0 ? request.log_fd
                                       : ::open(request.file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    sleep_seconds(conf.value("start_delay", 0.0));
    if (conf.value("hang_training", false) && is_training(request)) {
        journal.write({{"event", "hang"}});
        sleep_seconds(300);
    }
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction action {};
        action.sa_handler = note_signal;
        sigaction(signal, &action, nullptr);
    }
    const Writer writer(request, conf, fd);
    const double start = monotonic_now();
    const double crash = start + conf.value("crash_after", 1e9);
    const double step = request.interval_ms / 1000.0;
    const pid_t child = start_command(request);
    journal.write({{"event", "workload"}, {"child", child}});
    const int pidfd = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
    double counted_until = start;
    bool has_ended = false;
    for (double next = start + step; !has_ended; next += next <= monotonic_now() ? step : 0) {
        has_ended = wait_until(child, pidfd, std::min({next, crash, start + 1e6}));
        if (monotonic_now() >= crash)
            kill(getpid(), SIGKILL);
        // At a signal perf leaves and lets its command run on.
        const double now = monotonic_now();
        if (has_ended || last_signal != 0 || now >= next) {
            writer.write(now - start, counted_until, now);
            counted_until = now;
        }
        if (last_signal != 0)
            _exit(128 + last_signal);
    }
    int status = 0;
    waitpid(child, &status, 0);
    journal.write({{"event", "end"}, {"from", start}, {"to", counted_until}});
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const Json conf = load_conf("FAKE_PERF");
    const Journal journal(conf);
    journal.write({{"event", "call"}, {"argv", std::vector<std::string>(argv, argv + argc)}, {"uid", getuid()}});
    if (conf.value("hang", false)) {
        ::signal(SIGTERM, SIG_IGN);
        while (true)
            ::pause();
    }
    if (argc == 2 && std::string(argv[1]) == "--version") {
        std::printf("perf version %s\n", conf.value("version", std::string("6.1.192")).c_str());
        return 0;
    }
    const Request request = parse_request(argc, argv);
    const int earlier = journal.count("stat");
    const char* locale = std::getenv("LC_ALL");
    journal.write({{"event", "stat"}, {"events", request.events}, {"lc_all", locale != nullptr ? locale : ""}});
    if (conf.contains("refuse") && earlier + 1 >= conf.value("refuse_from_call", 1)) {
        std::fprintf(stderr, "%s\n", conf["refuse"].get<std::string>().c_str());
        return conf.value("refuse_exit", 255);
    }
    refuse_unknown_events(request, conf);
    return count(request, conf, journal);
}
