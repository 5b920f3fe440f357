#include "catch.hpp"

#include "mutation/sensors/nvml.hpp"
#include "mutation/sensors/nvml_process.hpp"
#include "support/temporary_folder.hpp"

#include <cstdlib>
#include <dlfcn.h>
#include <fstream>
#include <string>

using namespace mutation;
using namespace mutation::sensors;

namespace {

namespace fs = std::filesystem;

/// The driver's library as tests/fakes have it, which is then found by its name, and the file that it reads.
class NvmlStandIn {
public:
    NvmlStandIn() {
        ::setenv("FAKE_NVML", (folder_.path() / "processes").c_str(), 1);
        ::setenv("LD_LIBRARY_PATH", fs::path(FAKE_NVML_LIBRARY).parent_path().c_str(), 1);
        handle_ = ::dlopen(FAKE_NVML_LIBRARY, RTLD_NOW | RTLD_LOCAL);
        REQUIRE(handle_ != nullptr);
    }
    NvmlStandIn(const NvmlStandIn&) = delete;
    NvmlStandIn& operator=(const NvmlStandIn&) = delete;
    ~NvmlStandIn() {
        ::dlclose(handle_);
        ::unsetenv("FAKE_NVML");
        for (const char* name : {"FAKE_NVML_ENTRY", "FAKE_NVML_FAULT", "FAKE_NVML_WATTS", "LD_LIBRARY_PATH"}) {
            ::unsetenv(name);
        }
    }

    void list(int first, int count) const {
        std::ofstream out(folder_.path() / "processes");
        out << "GPU-other 7\n";
        for (int i = 0; i < count; ++i) {
            out << "GPU-a " << first + i << '\n';
        }
    }

private:
    test::TemporaryFolder folder_;
    void* handle_ = nullptr;
};

std::vector<pid_t> from(int first, int count) {
    std::vector<pid_t> processes;
    for (int i = 0; i < count; ++i) {
        processes.push_back(first + i);
    }
    return processes;
}

} // namespace

TEST_CASE("a GPU's processes are read with any entry size of the driver") {
    const NvmlStandIn stand_in;
    const Nvml nvml;
    REQUIRE(nvml.is_loaded());
    for (const char* size : {"16", "24", "32"}) {
        ::setenv("FAKE_NVML_ENTRY", size, 1);
        for (const int count : {0, 1, 2, 5, 32, 33, 500}) {
            CAPTURE(size, count);
            stand_in.list(1000, count);
            CHECK(nvml.compute_processes("GPU-a") == std::optional(from(1000, count)));
        }
    }
    CHECK(nvml.compute_processes("GPU-other") == std::optional(from(7, 1)));
    CHECK_FALSE(nvml.energy_counter("GPU-a").has_value());
}

namespace {

std::vector<NvmlAnswer> answers_to(NvmlProcess& process, std::optional<int> request) {
    REQUIRE(request);
    process.wait_for(*request);
    return process.take_answers();
}

} // namespace

TEST_CASE("the process that asks NVML answers for every card, in the order of the requests") {
    const NvmlStandIn stand_in;
    ::setenv("FAKE_NVML_WATTS", "100", 1);
    stand_in.list(1000, 2);
    NvmlProcess process({"GPU-a", "GPU-other", "GPU-idle"}, "nvidia-smi");
    CHECK_FALSE(process.request_counters()); // not ready
    process.wait_until_ready(-1);
    REQUIRE(process.is_loaded());
    const auto before = answers_to(process, process.request_counters());
    const auto listed = answers_to(process, process.request_processes());
    const auto after = answers_to(process, process.request_counters());
    REQUIRE((before.size() == 1 && listed.size() == 1 && after.size() == 1));
    const double seconds = mutation::Seconds(after[0].time - before[0].time).count();
    REQUIRE(after[0].counters.size() == 3);
    const mutation::Joules grown = after[0].counters[2].value() - before[0].counters[2].value();
    CHECK(grown.value() == Approx(100 * seconds).margin(5)); // the stamp is taken after the last card
    REQUIRE(listed[0].processes.size() == 3);
    CHECK(listed[0].processes[0].value().at(1).pid == 1001);
    CHECK(listed[0].processes[1].value().at(0).pid == 7);
    CHECK(listed[0].processes[2].value().empty());
    CHECK_FALSE(process.failure());
}

TEST_CASE("a crash in the driver's library ends only the process that asks it") {
    const NvmlStandIn stand_in;
    const char* function = GENERATE("crash_init", "crash_list", "crash_counter");
    CAPTURE(function);
    ::setenv("FAKE_NVML_FAULT", function, 1);
    NvmlProcess process({"GPU-a"}, "nvidia-smi");
    process.wait_until_ready(-1);
    if (const auto request =
            std::string(function) == "crash_list" ? process.request_processes() : process.request_counters()) {
        process.wait_for(*request);
    }
    CHECK_THAT(process.failure().value_or(""), Catch::Contains("killed by signal 11"));
    CHECK_FALSE(process.is_loaded());
    CHECK_FALSE(process.is_waiting());
    CHECK(process.pid() == -1);
    CHECK_FALSE(process.request_processes());
    std::vector<pollfd> fds;
    process.add_poll_fds(fds);
    CHECK(fds.empty());
}

TEST_CASE("a call that hangs in the driver's library is given up") {
    const NvmlStandIn stand_in;
    ::setenv("FAKE_NVML_FAULT", "hang_counter", 1);
    NvmlProcess process({"GPU-a"}, "nvidia-smi");
    process.wait_until_ready(-1);
    const auto request = process.request_counters();
    REQUIRE(request);
    process.wait_for(*request);
    CHECK_THAT(process.failure().value_or(""), Catch::Contains("did not answer within"));
    CHECK(process.pid() == -1);
}

TEST_CASE("without the driver's library nvidia-smi lists the processes") {
    const NvmlStandIn stand_in;
    ::setenv("FAKE_NVML_FAULT", "refuse_init", 1);
    const fs::path program = fs::path(::getenv("FAKE_NVML")).parent_path() / "smi";
    test::write_program(program, "#!/bin/sh\necho '12, /exp,lr=1/python, GPU-a'\n");
    NvmlProcess process({"GPU-a", "GPU-b"}, program);
    process.wait_until_ready(-1);
    CHECK_FALSE(process.is_loaded());
    CHECK_FALSE(process.request_counters());
    const auto answers = answers_to(process, process.request_processes());
    REQUIRE((answers.size() == 1 && answers[0].processes.size() == 2));
    CHECK(answers[0].processes[0].value().at(0).name == "/exp,lr=1/python");
    CHECK(answers[0].processes[1].value().empty());
}
