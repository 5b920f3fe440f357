// Preloaded into the tool, makes system calls fail or the wall clock jump, as $FAULTS says: entries separated by `;`
//   write:PART:ERRNO:N        the N-th write (1 = first) to a file whose path holds PART, and every later one, fails
//   fsync:PART:ERRNO:N        the same of fsync
//   rename:PART:ERRNO:N       the same of a rename to such a path
//   flock:PART:ERRNO:N        the same of locking such a file
//   spawn:PART:ERRNO:N        the same of starting a program whose path or one of whose arguments holds PART
//   thread::ERRNO:N           the N-th start of a thread, and every later one, fails
//   clock:MONOTONIC:SECONDS   from that second of CLOCK_MONOTONIC on the wall clock is that much ahead
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <dlfcn.h>
#include <map>
#include <pthread.h>
#include <spawn.h>
#include <string>
#include <sys/types.h>
#include <unistd.h>
#include <vector>

namespace {

struct Fault {
    std::string call;
    std::string part;
    double number; ///< errno, or seconds of a step
    int from;
    int seen = 0;
};

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts(1);
    for (const char c : text)
        if (c == separator)
            parts.emplace_back();
        else
            parts.back() += c;
    return parts;
}

std::vector<Fault>& faults() {
    static std::vector<Fault> all = [] {
        std::vector<Fault> found;
        const char* text = std::getenv("FAULTS");
        for (const std::string& entry : split(text != nullptr ? text : "", ';')) {
            const auto words = split(entry, ':');
            if (words.size() >= 3)
                found.push_back({words[0], words[1], std::atof(words[2].c_str()),
                                 words.size() > 3 ? std::atoi(words[3].c_str()) : 1});
        }
        return found;
    }();
    return all;
}

bool has_faults_of(const char* call) {
    for (const Fault& fault : faults())
        if (fault.call == call)
            return true;
    return false;
}

/// errno if this call must fail, else 0.
int fault_of(const char* call, const std::string& path) {
    for (Fault& fault : faults())
        if (fault.call == call && path.find(fault.part) != std::string::npos && ++fault.seen >= fault.from)
            return static_cast<int>(fault.number);
    return 0;
}

std::string path_of(int fd) {
    std::array<char, 4096> target{};
    const ssize_t size = ::readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), target.data(), target.size() - 1);
    return {target.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

void add_seconds(timespec& time, double seconds) {
    constexpr double kNanoseconds = 1e9;
    const double whole = std::floor(seconds);
    time.tv_sec += static_cast<time_t>(whole);
    time.tv_nsec += static_cast<long>((seconds - whole) * kNanoseconds);
    if (time.tv_nsec >= static_cast<long>(kNanoseconds)) {
        time.tv_nsec -= static_cast<long>(kNanoseconds);
        ++time.tv_sec;
    }
}

template <typename Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

} // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, size_t size) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
    if (has_faults_of("write")) {
        if (const int reason = fault_of("write", path_of(fd)); reason != 0) {
            errno = reason;
            return -1;
        }
    }
    return real(fd, bytes, size);
}

int fsync(int fd) {
    static const auto real = next<int (*)(int)>("fsync");
    if (has_faults_of("fsync")) {
        if (const int reason = fault_of("fsync", path_of(fd)); reason != 0) {
            errno = reason;
            return -1;
        }
    }
    return real(fd);
}

int flock(int fd, int operation) {
    static const auto real = next<int (*)(int, int)>("flock");
    if (const int reason = fault_of("flock", path_of(fd)); reason != 0) {
        errno = reason;
        return -1;
    }
    return real(fd, operation);
}

int rename(const char* from, const char* to) {
    static const auto real = next<int (*)(const char*, const char*)>("rename");
    if (const int reason = fault_of("rename", to); reason != 0) {
        errno = reason;
        return -1;
    }
    return real(from, to);
}

int posix_spawn(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions,
                const posix_spawnattr_t* attributes, char* const argv[], char* const environment[]) {
    static const auto real = next<decltype(&posix_spawn)>("posix_spawn");
    std::string words = path;
    for (char* const* word = argv; *word != nullptr; ++word)
        words += std::string(" ") + *word;
    const int reason = fault_of("spawn", words);
    return reason != 0 ? reason : real(pid, path, actions, attributes, argv, environment);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*), void* argument) {
    static const auto real = next<decltype(&pthread_create)>("pthread_create");
    const int reason = fault_of("thread", "");
    return reason != 0 ? reason : real(thread, attributes, run, argument);
}

int clock_gettime(clockid_t clock, timespec* time) {
    static const auto real = next<int (*)(clockid_t, timespec*)>("clock_gettime");
    const int status = real(clock, time);
    if (status != 0 || clock != CLOCK_REALTIME || !has_faults_of("clock"))
        return status;
    timespec now{};
    real(CLOCK_MONOTONIC, &now);
    for (const Fault& fault : faults())
        if (fault.call == "clock" && static_cast<double>(now.tv_sec) >= std::atof(fault.part.c_str()))
            add_seconds(*time, fault.number);
    return status;
}
}
