// Stands in for the CUDA driver's library: one device, every call is written to $FAKE_CUDA_JOURNAL. $FAKE_CUDA_FAULT:
//   refuse   cuInit fails        fail   filling fails after a while        die, hang   likewise
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <unistd.h>

namespace {

int note(const char* call) {
    const char* path = std::getenv("FAKE_CUDA_JOURNAL");
    std::FILE* file = path == nullptr ? nullptr : std::fopen(path, "ae");
    if (file != nullptr) {
        std::fprintf(file, "%s\n", call);
        std::fclose(file);
    }
    return 0;
}

bool has_fault(std::string_view name) {
    const char* fault = std::getenv("FAKE_CUDA_FAULT");
    return fault != nullptr && fault == name;
}

constexpr unsigned kSoundRounds = 3;

} // namespace

extern "C" {

int cuInit(unsigned) {
    return has_fault("refuse") ? 100 : note("cuInit");
}
int cuDeviceGetCount(int* count) {
    *count = 1;
    return note("cuDeviceGetCount");
}
int cuDeviceGet(int* device, int index) {
    *device = index;
    return note("cuDeviceGet");
}
int cuCtxCreate_v2(void** context, unsigned, int) {
    *context = nullptr;
    return note("cuCtxCreate");
}
int cuCtxSetCurrent(void*) {
    return 0;
}
int cuMemAlloc_v2(unsigned long long* address, std::size_t) {
    *address = 1;
    return note("cuMemAlloc");
}
int cuMemsetD32_v2(unsigned long long, unsigned value, std::size_t) {
    if (value < kSoundRounds)
        return value == 0 ? note("cuMemset") : 0;
    if (has_fault("die"))
        std::raise(SIGKILL);
    while (has_fault("hang"))
        pause();
    return has_fault("fail") ? 700 : 0;
}
int cuCtxSynchronize() {
    return 0;
}
}
