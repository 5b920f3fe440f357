#include "gpu_load.hpp"

#include "mutation/core/units.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/signals.hpp"

#include <atomic>
#include <csignal>
#include <cstddef>
#include <dlfcn.h>
#include <fmt/format.h>
#include <new>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <vector>

namespace mutation::cli {

struct GpuLoadProgress {
    std::atomic<unsigned> devices{0}; ///< that are being filled
    std::atomic<unsigned> rounds{0};  ///< of filling all of them
};

namespace {

constexpr Seconds kRoundLimit{2};
constexpr int kExitNoDriver = 2;
constexpr int kExitNoDevice = 3;
constexpr int kExitRefused = 4;

constexpr std::size_t kBlockBytes = 256U << 20U;
constexpr std::size_t kWords = kBlockBytes / sizeof(unsigned);

/// The calls of the CUDA driver that fill memory. All return 0 if they succeed.
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
[[noreturn]] void fill_memory(GpuLoadProgress& progress) {
    constexpr int kBatch = 64;
    CudaDriver cuda;
    if (!cuda.load()) {
        ::_exit(kExitNoDriver);
    }
    const std::vector<LoadedDevice> devices = prepare(cuda);
    if (devices.empty()) {
        ::_exit(kExitNoDevice);
    }
    progress.devices = static_cast<unsigned>(devices.size());
    bool is_working = true;
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
        progress.rounds += is_working ? 1 : 0;
    }
    ::_exit(kExitRefused);
}

std::string describe_end(const system::ExitStatus& status) {
    if (status.signal) {
        return "the load was killed by " + system::describe_signal(*status.signal);
    }
    switch (status.code.value_or(-1)) {
    case kExitNoDriver:
        return "CUDA's driver (libcuda.so.1) does not load or does not start";
    case kExitNoDevice:
        return "CUDA found no GPU to load: none is visible, or no memory is free";
    case kExitRefused:
        return "CUDA stopped the load with an error";
    default:
        return fmt::format("the load ended with status {}", status.code.value_or(-1));
    }
}

GpuLoadProgress* map_progress() {
    void* memory = ::mmap(nullptr, sizeof(GpuLoadProgress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? nullptr : new (memory) GpuLoadProgress;
}

} // namespace

void GpuLoad::Unmap::operator()(GpuLoadProgress* progress) const {
    ::munmap(progress, sizeof(GpuLoadProgress));
}

GpuLoad::GpuLoad() : progress_(map_progress()) {
    if (!progress_) {
        return;
    }
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() == parent) {
            fill_memory(*progress_);
        }
        ::_exit(1);
    }
    if (pid > 0) {
        child_ = system::Child(pid);
    }
}

std::string GpuLoad::failure(std::size_t gpus) {
    if (!child_.is_running()) {
        return "its process could not be started";
    }
    const unsigned before = progress_->rounds;
    const MonotonicTime start = system::monotonic_now();
    std::optional<system::ExitStatus> end;
    while (!(end = child_.wait_for(Seconds(0.01))) && progress_->rounds == before &&
           system::monotonic_now() - start < kRoundLimit) {
    }
    if (end) {
        return describe_end(*end);
    }
    if (progress_->rounds == before) {
        return "the load hangs in CUDA's driver";
    }
    const unsigned loaded = progress_->devices;
    return loaded < gpus ? fmt::format("CUDA sees {} of {} GPUs", loaded, gpus) : "";
}

} // namespace mutation::cli
