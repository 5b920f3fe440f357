// Stands in for a training script: takes any flags, does the steps of its conf and keeps a journal of how it was
// started.
//   runs           [[step, ...], ...]: the steps of the first call, the second, ...; the last one's serve all later
//   calls steps          short for one run ignore         ["INT", "TERM", "HUP"]: signals that it ignores journal see
//   stand_in.hpp
// Steps, in order:
//   {"print": "text"}    unchanged, no newline added; `{--lr}` becomes the value of that flag
//   {"stderr": "text"}   the same on stderr
//   {"sleep": s}         {"sleep_until": CLOCK_MONOTONIC seconds}
//   {"burn": s} uses a CPU meanwhile       {"hang": true} for ever
//   {"tick": "text", "every": s, "times": n}                    {"write_bytes": n} of log lines
//   {"spawn": s, "setsid": true}   a grandchild that keeps the log open for s seconds
//   {"wait_for": "file"} until that file is there               {"touch": "file"}
//   {"shell": "command"}   run by /bin/sh, without its output
//   {"exit": code}       {"signal": number} ends itself so
#include "fakes/stand_in.hpp"

#include <algorithm>
#include <cstdlib>
#include <dirent.h>
#include <fstream>
#include <grp.h>
#include <map>
#include <signal.h>
#include <string>
#include <unistd.h>
#include <vector>

extern char** environ;

namespace {

using namespace mutation::fakes;

std::vector<std::string> list_of(char** words) {
    std::vector<std::string> list;
    for (; *words != nullptr; ++words)
        list.emplace_back(*words);
    return list;
}

/// number -> what it is open on.
Json open_descriptors() {
    Json fds = Json::object();
    DIR* directory = opendir("/proc/self/fd");
    while (const dirent* entry = directory != nullptr ? readdir(directory) : nullptr) {
        const std::string name = entry->d_name;
        if (name[0] == '.' || name == std::to_string(dirfd(directory)))
            continue;
        char target[4096] = "";
        const auto length = readlink(("/proc/self/fd/" + name).c_str(), target, sizeof target - 1);
        fds[name] = std::string(target, length > 0 ? static_cast<std::size_t>(length) : 0);
    }
    if (directory != nullptr)
        closedir(directory);
    return fds;
}

/// SigBlk, SigIgn, NoNewPrivs and their like, as the kernel sees them.
Json process_status() {
    Json status = Json::object();
    std::ifstream in("/proc/self/status");
    for (std::string line; std::getline(in, line);) {
        const auto colon = line.find(':');
        if (line.rfind("Sig", 0) == 0 && colon != std::string::npos)
            status[line.substr(0, colon)] = line.substr(line.find_first_not_of(" \t", colon + 1));
    }
    return status;
}

Json how_it_was_started(char** argv, double monotonic, double realtime) {
    std::vector<gid_t> groups(static_cast<std::size_t>(std::max(0, getgroups(0, nullptr))));
    getgroups(static_cast<int>(groups.size()), groups.data());
    return {{"event", "start"},
            {"monotonic", monotonic},
            {"realtime", realtime},
            {"argv", list_of(argv)},
            {"environment", list_of(environ)},
            {"cwd", std::filesystem::current_path().string()},
            {"fds", open_descriptors()},
            {"uid", getuid()},
            {"euid", geteuid()},
            {"gid", getgid()},
            {"groups", groups},
            {"ppid", getppid()},
            {"pgid", getpgrp()},
            {"sid", getsid(0)},
            {"status", process_status()}};
}

std::string fill_in(std::string text, const std::map<std::string, std::string>& flags) {
    for (const auto& [flag, value] : flags) {
        const std::string key = "{" + flag + "}";
        for (auto at = text.find(key); at != std::string::npos; at = text.find(key, at + value.size()))
            text.replace(at, key.size(), value);
    }
    return text;
}

std::map<std::string, std::string> flags_of(const std::vector<std::string>& argv) {
    std::map<std::string, std::string> flags;
    for (std::size_t i = 1; i + 1 < argv.size(); ++i)
        if (argv[i].rfind("-", 0) == 0)
            flags[argv[i]] = argv[i + 1];
    return flags;
}

void write_log_lines(long long bytes) {
    std::string block;
    while (block.size() < 65536)
        block += "step 12345 of 99999: loss 0.1234567 throughput 1234.5 samples/s\n";
    for (; bytes > 0; bytes -= static_cast<long long>(block.size()))
        write_all(1, block.substr(0, static_cast<std::size_t>(
                                         std::min<long long>(bytes, static_cast<long long>(block.size())))));
}

void run_shell(const std::string& words) {
    if (std::system(("{ " + words + "; } >/dev/null 2>&1").c_str()) != 0)
        std::_Exit(99);
}

void spawn_grandchild(double seconds, bool own_session) {
    if (fork() != 0)
        return;
    if (own_session)
        setsid();
    sleep_seconds(seconds);
    _exit(0);
}

void burn(double seconds) {
    volatile unsigned long counter = 0;
    for (const double until = monotonic_now() + seconds; monotonic_now() < until;)
        for (int i = 0; i < 100000; ++i)
            counter = counter + 1;
}

class Training {
public:
    Training(Journal journal, std::vector<std::string> argv) : journal_(std::move(journal)), flags_(flags_of(argv)) {}

    void perform(const Json& step) const {
        if (step.contains("print"))
            write_all(1, fill_in(step["print"], flags_));
        else if (step.contains("stderr"))
            write_all(2, fill_in(step["stderr"], flags_));
        else if (step.contains("sleep"))
            sleep_seconds(step["sleep"]);
        else if (step.contains("sleep_until"))
            sleep_until(step["sleep_until"]);
        else if (step.contains("burn"))
            burn(step["burn"]);
        else if (step.contains("tick"))
            tick(step);
        else if (step.contains("write_bytes"))
            write_log_lines(step["write_bytes"]);
        else if (step.contains("spawn"))
            spawn_grandchild(step["spawn"], step.value("setsid", false));
        else if (step.contains("wait_for"))
            while (!std::filesystem::exists(step["wait_for"].get<std::string>()))
                sleep_seconds(0.01);
        else if (step.contains("shell"))
            run_shell(step["shell"]);
        else if (step.contains("touch"))
            std::ofstream(step["touch"].get<std::string>()) << "\n";
        else
            end(step);
    }

    [[noreturn]] void leave(int code) const {
        journal_.write({{"event", "end"}, {"code", code}});
        std::_Exit(code);
    }

private:
    void tick(const Json& step) const {
        for (int i = 0; i < step.value("times", 1); ++i) {
            write_all(1, fill_in(step["tick"], flags_));
            sleep_seconds(step.value("every", 0.1));
        }
    }

    void end(const Json& step) const {
        if (step.contains("exit"))
            leave(step["exit"]);
        if (step.contains("signal")) {
            journal_.write({{"event", "end"}, {"signal", step["signal"]}});
            kill(getpid(), step["signal"].get<int>());
        }
        while (step.contains("hang"))
            pause();
    }

    Journal journal_;
    std::map<std::string, std::string> flags_;
};

void ignore_signals(const Json& names) {
    const std::map<std::string, int> known{{"INT", SIGINT}, {"TERM", SIGTERM}, {"HUP", SIGHUP}};
    for (const auto& name : names)
        signal(known.at(name), SIG_IGN);
}

} // namespace

int main(int, char** argv) {
    const double monotonic = monotonic_now();
    const double realtime = clock_now(CLOCK_REALTIME);
    const Json conf = load_conf("FAKE_TRAINING");
    const Journal journal(conf);
    const Json runs = conf.value("runs", Json::array({conf.value("steps", Json::array())}));
    const auto call = static_cast<std::size_t>(runs.size() > 1 ? journal.count("start") : 0);
    journal.write(how_it_was_started(argv, monotonic, realtime));
    ignore_signals(conf.value("ignore", Json::array()));
    const Training training(journal, list_of(argv));
    for (const auto& step : runs[std::min(call, runs.size() - 1)])
        training.perform(step);
    training.leave(0);
}
