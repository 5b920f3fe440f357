#include "catch.hpp"

#include "mutation/sensors/gpu_processes.hpp"
#include "mutation/system/process.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace mutation;
using namespace mutation::sensors;

namespace {

/// `pid|name|uuid`, joined by blanks.
std::string rows_of(std::string_view csv) {
    std::string text;
    for (const GpuProcess& process : parse_gpu_processes(csv)) {
        text += fmt::format("{}{}|{}|{}", text.empty() ? "" : " ", process.pid, process.name, process.uuid);
    }
    return text;
}

/// A process that sleeps until the test ends it.
system::Child start_sleeper() {
    system::SpawnRequest request;
    request.argv = {"sleep", "1000"};
    return system::spawn(request);
}

/// A number that belongs to no process.
pid_t absent_pid() {
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
    return child;
}

std::vector<ProcessOwner> owners_of(const ProcessOwners& owners, const std::vector<pid_t>& pids) {
    std::vector<GpuProcess> processes;
    for (const pid_t pid : pids) {
        processes.push_back({pid, "", "GPU-a"});
    }
    return owners.find(processes);
}

using Owners = std::vector<ProcessOwner>;

} // namespace

TEST_CASE("a row of a GPU process is read whatever its name contains") {
    CHECK(rows_of("2911, /home/u/exp,lr=0.1/bin/python, GPU-ab") == "2911|/home/u/exp,lr=0.1/bin/python|GPU-ab");
    CHECK(rows_of("2911, python, GPU-ab\n2912, a, b,c , MIG-12\n") == "2911|python|GPU-ab 2912|a, b,c|MIG-12");
    CHECK(rows_of("7, 8, 9, GPU-ab\r\n") == "7|8, 9|GPU-ab");
    CHECK(rows_of("7, GPU-burn, GPU-ab") == "7|GPU-burn|GPU-ab");
    CHECK(rows_of("7, ,GPU-ab") == "7||GPU-ab");
    CHECK(rows_of("7, [Not Found], GPU-ab") == "7||GPU-ab");
    CHECK(rows_of("7, [Insufficient Permissions], GPU-ab") == "7||GPU-ab");
    CHECK(rows_of("7, -, [N/A]") == "7||");
    CHECK(rows_of("7, exp,lr=1/python, [N/A]") == "7|exp,lr=1/python|");
    CHECK(rows_of("7, exp,lr=1/python") == "7|exp,lr=1/python|");
    CHECK(rows_of("7, GPU-ab") == "7||GPU-ab");
}

TEST_CASE("a line that is not a GPU process is left out") {
    for (const char* line :
         {"", "\n", "No running processes found", "[N/A], python, GPU-ab", "-1, python, GPU-ab", "0, python, GPU-ab",
          "99999999999, python, GPU-ab", "pid, process_name, gpu_uuid",
          "Failed to initialize NVML: Driver/library version mismatch", "GPU-ab", "GPU-ab, GPU-ab"}) {
        CAPTURE(line);
        CHECK(rows_of(line).empty());
    }
}

TEST_CASE("a process on a GPU is the training's, a companion's, foreign, or unknown if it does not exist") {
    const system::Child training = start_sleeper();
    const system::Child background = start_sleeper();
    const ProcessOwners owners(::getpid(), {background.pid()}, true);
    CHECK(owners_of(owners, {training.pid(), background.pid(), 1, absent_pid()}) ==
          Owners{ProcessOwner::training, ProcessOwner::companion, ProcessOwner::foreign, ProcessOwner::unknown});
    CHECK(owners_of(owners, {0, -1}) == Owners{ProcessOwner::unknown, ProcessOwner::unknown});
    CHECK(owners_of(ProcessOwners(training.pid(), {}, true), {background.pid()}) == Owners{ProcessOwner::foreign});
}

TEST_CASE("in a container, one unknown process makes the whole list unknown") {
    const system::Child training = start_sleeper();
    const ProcessOwners owners(::getpid(), {}, false);
    CHECK(owners_of(owners, {training.pid(), 1}) == Owners{ProcessOwner::training, ProcessOwner::foreign});
    CHECK(owners_of(owners, {training.pid(), 1, absent_pid()}) ==
          Owners{ProcessOwner::unknown, ProcessOwner::unknown, ProcessOwner::unknown});
}

TEST_CASE("driver services and display servers do not count") {
    const ProcessOwners owners(::getpid(), {}, true);
    for (const char* name : {"nvidia-cuda-mps-server", "/usr/bin/nvidia-cuda-mps-server", "nvidia-cuda-mps-control -d",
                             "/usr/bin/nvidia-persistenced --user nvidia", "/usr/lib/xorg/Xorg", "/usr/bin/gnome-shell",
                             "nv-hostengine"}) {
        CAPTURE(name);
        CHECK(owners.find({{1, name, "GPU-a"}}) == Owners{ProcessOwner::driver});
    }
    for (const char* name : {"/usr/bin/python3", "python train.py /usr/bin/nvidia-cuda-mps-server",
                             "/home/nvidia-user/python", "Xorg-train", "/my jobs/nvidia-x/train"}) {
        CAPTURE(name);
        CHECK(owners.find({{1, name, "GPU-a"}}) == Owners{ProcessOwner::foreign});
    }
}

TEST_CASE("foreign processes are found card by card") {
    const ProcessOwners owners(::getpid(), {}, false);
    const auto foreign = owners.find_foreign({{1, "a", "GPU-a"}, {absent_pid(), "b", "GPU-b"}, {1, "c", "GPU-b"}});
    REQUIRE(foreign.size() == 1);
    CHECK(foreign[0].name == "a");
}
