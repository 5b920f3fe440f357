#include "gpu_load.hpp"

#include <csignal>
#include <cstddef>
#include <dlfcn.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <vector>

namespace mutation::app {

namespace {

constexpr std::size_t kBlockBytes = 256U << 20U;
constexpr std::size_t kWords = kBlockBytes / sizeof(unsigned);

/// The few calls of the CUDA driver that fill memory. All return 0 where they succeed.
struct CudaDriver {
    using Device = int;
    using Context = void*;
    using Address = unsigned long long;

    int (*initialise)(unsigned) = nullptr;
    int (*count_devices)(int*) = nullptr;
    int (*get_device)(Device*, int) = nullptr;
    int (*create_context)(Context*, unsigned, Device) = nullptr;
    int (*use_context)(Context) = nullptr;
    int (*allocate)(Address*, std::size_t) = nullptr;
    int (*fill)(Address, unsigned, std::size_t) = nullptr;
    int (*wait)() = nullptr;

    [[nodiscard]] bool load() {
        void* library = ::dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
        return library != nullptr && find(library, "cuInit", initialise) &&
               find(library, "cuDeviceGetCount", count_devices) && find(library, "cuDeviceGet", get_device) &&
               find(library, "cuCtxCreate_v2", create_context) && find(library, "cuCtxSetCurrent", use_context) &&
               find(library, "cuMemAlloc_v2", allocate) && find(library, "cuMemsetD32_v2", fill) &&
               find(library, "cuCtxSynchronize", wait) && initialise(0) == 0;
    }

private:
    template <class Function>
    static bool find(void* library, const char* name, Function& function) {
        function = reinterpret_cast<Function>(::dlsym(library, name));
        return function != nullptr;
    }
};

struct LoadedDevice {
    CudaDriver::Context context;
    CudaDriver::Address block;
};

std::vector<LoadedDevice> prepare(const CudaDriver& cuda) {
    std::vector<LoadedDevice> devices;
    int count = 0;
    if (cuda.count_devices(&count) != 0) {
        return devices;
    }
    for (int i = 0; i < count; ++i) {
        CudaDriver::Device device = 0;
        LoadedDevice loaded{};
        if (cuda.get_device(&device, i) == 0 && cuda.create_context(&loaded.context, 0, device) == 0 &&
            cuda.allocate(&loaded.block, kBlockBytes) == 0) {
            devices.push_back(loaded);
        }
    }
    return devices;
}

/// Until it is killed.
[[noreturn]] void fill_memory() {
    constexpr int kBatch = 64;
    CudaDriver cuda;
    const std::vector<LoadedDevice> devices = cuda.load() ? prepare(cuda) : std::vector<LoadedDevice>{};
    bool is_working = !devices.empty();
    for (unsigned value = 0; is_working; ++value) {
        for (const LoadedDevice& device : devices) {
            is_working = is_working && cuda.use_context(device.context) == 0;
            for (int i = 0; i < kBatch && is_working; ++i) {
                is_working = cuda.fill(device.block, value, kWords) == 0; // queued: all GPUs work at once
            }
        }
        for (const LoadedDevice& device : devices) {
            is_working = is_working && cuda.use_context(device.context) == 0 && cuda.wait() == 0;
        }
    }
    ::_exit(1);
}

} // namespace

GpuLoad::GpuLoad() {
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() == parent) {
            fill_memory();
        }
        ::_exit(1);
    }
    if (pid > 0) {
        child_ = system::Child(pid, system::open_pidfd(pid));
    }
}

bool GpuLoad::is_running() {
    return child_.is_running() && !child_.poll();
}

} // namespace mutation::app
