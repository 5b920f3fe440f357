#include "fakes/stand_in.hpp"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

namespace mutation::fakes {

namespace fs = std::filesystem;

fs::path conf_file() {
    std::error_code ignored;
    return fs::read_symlink("/proc/self/exe", ignored).string() + ".conf";
}

Json load_conf(const char* variable) {
    const fs::path file = conf_file();
    Json conf = Json::object();
    if (std::ifstream in(file); in)
        conf = Json::parse(in, nullptr, false);
    else if (const char* text = std::getenv(variable))
        conf = Json::parse(text, nullptr, false);
    if (!conf.is_object()) {
        std::fprintf(stderr, "stand-in: %s is no JSON object\n", file.c_str());
        std::exit(99);
    }
    return conf;
}

double clock_now(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void sleep_until(double monotonic) {
    timespec until{};
    until.tv_sec = static_cast<time_t>(std::floor(monotonic));
    until.tv_nsec = static_cast<long>((monotonic - std::floor(monotonic)) * 1e9);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
    }
}

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

void Journal::write(Json entry) const {
    if (file_.empty())
        return;
    entry["pid"] = getpid();
    if (!entry.contains("monotonic")) {
        entry["monotonic"] = clock_now(CLOCK_MONOTONIC);
        entry["realtime"] = clock_now(CLOCK_REALTIME);
    }
    const int fd = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (fd < 0)
        return;
    write_all(fd, entry.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
    ::close(fd);
}

int Journal::count(const std::string& event) const {
    int found = 0;
    std::ifstream in(file_);
    for (std::string line; std::getline(in, line);) {
        const auto entry = Json::parse(line, nullptr, false);
        found += entry.is_object() && entry.value("event", std::string()) == event ? 1 : 0;
    }
    return found;
}

} // namespace mutation::fakes
