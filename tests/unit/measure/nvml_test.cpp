#include "catch.hpp"

#include "mutation/measure/nvml.hpp"

#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <fstream>
#include <string>

using namespace mutation::measure;

namespace {

namespace fs = std::filesystem;

/// The driver's library as tests/fakes have it, which is then found by its name, and the file that it reads.
class NvmlStandIn {
public:
    NvmlStandIn() {
        std::string name = (fs::temp_directory_path() / "mutation-nvml-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder_ = name;
        ::setenv("FAKE_NVML", (folder_ / "processes").c_str(), 1);
        handle_ = ::dlopen(FAKE_NVML_LIBRARY, RTLD_NOW | RTLD_LOCAL);
        REQUIRE(handle_ != nullptr);
    }
    NvmlStandIn(const NvmlStandIn&) = delete;
    NvmlStandIn& operator=(const NvmlStandIn&) = delete;
    ~NvmlStandIn() {
        ::dlclose(handle_);
        ::unsetenv("FAKE_NVML");
        ::unsetenv("FAKE_NVML_ENTRY");
        fs::remove_all(folder_);
    }

    void list(int first, int count) const {
        std::ofstream out(folder_ / "processes");
        out << "GPU-other 7\n";
        for (int i = 0; i < count; ++i) {
            out << "GPU-a " << first + i << '\n';
        }
    }

private:
    fs::path folder_;
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

TEST_CASE("a GPU's processes are read from entries of whatever size the driver has") {
    const NvmlStandIn stand_in;
    const Nvml nvml;
    REQUIRE(nvml.is_loaded());
    for (const char* size : {"16", "24", "32"}) {
        ::setenv("FAKE_NVML_ENTRY", size, 1);
        for (const int count : {0, 1, 2, 5, 32, 33, 500}) {
            CAPTURE(size, count);
            stand_in.list(1000, count);
            CHECK(nvml.compute_processes("GPU-a") == from(1000, count));
        }
    }
    CHECK(nvml.compute_processes("GPU-other") == std::vector<pid_t>{7});
    CHECK_FALSE(nvml.energy_counter("GPU-a").has_value());
}
