// Stands in for the driver's library: GPUs of any UUID. The processes that compute on them are in the file $FAKE_NVML,
// read at every call, a line each: `UUID PID`. An entry of the list has $FAKE_NVML_ENTRY bytes (24), as it differs
// between drivers. Every call for a list adds a line to the file $FAKE_NVML.asked.
//   FAKE_NVML_WATTS   every card has an energy counter, which has grown at so many watts since the machine started
//   FAKE_NVML_FAULT   `hang` or `crash` in a function: hang_init, hang_counter, crash_list ..., or `refuse_init`
//   FAKE_NVML_CALLER  a file to which nvmlInit adds a line `PID UID`
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <set>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

constexpr int kNotSupported = 3;
constexpr int kInsufficientSize = 7;
constexpr int kDriverNotLoaded = 9;

std::string variable(const char* name, const char* fallback) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : fallback;
}

bool has_fault(const std::string& fault) {
    return variable("FAKE_NVML_FAULT", "") == fault;
}

void fail_in(const std::string& function) {
    while (has_fault("hang_" + function))
        pause();
    if (has_fault("crash_" + function)) {
        signal(SIGSEGV, SIG_DFL); // a sanitizer would turn the crash into an exit
        raise(SIGSEGV);
    }
}

std::vector<std::uint32_t> processes_on(const std::string& wanted) {
    std::vector<std::uint32_t> found;
    std::ifstream in(variable("FAKE_NVML", ""));
    std::string uuid;
    for (std::uint32_t process = 0; in >> uuid >> process;)
        if (uuid == wanted)
            found.push_back(process);
    return found;
}

} // namespace

extern "C" {

int nvmlInit_v2() {
    if (const std::string caller = variable("FAKE_NVML_CALLER", ""); !caller.empty())
        std::ofstream(caller, std::ios::app) << getpid() << ' ' << getuid() << '\n';
    fail_in("init");
    return has_fault("refuse_init") ? kDriverNotLoaded : 0;
}
int nvmlShutdown() {
    return 0;
}
int nvmlDeviceGetHandleByUUID(const char* uuid, void** device) {
    static std::set<std::string> known; // a handle is the address of the UUID
    *device = const_cast<std::string*>(&*known.insert(uuid).first);
    return 0;
}
int nvmlDeviceGetTotalEnergyConsumption(void*, unsigned long long* millijoules) {
    fail_in("counter");
    const std::string watts = variable("FAKE_NVML_WATTS", "");
    if (watts.empty())
        return kNotSupported;
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now().time_since_epoch();
    *millijoules = static_cast<unsigned long long>(std::stod(watts) * time.count());
    return 0;
}
int nvmlDeviceGetComputeRunningProcesses_v3(void* device, unsigned* count, void* entries) {
    std::ofstream(variable("FAKE_NVML", "") + ".asked", std::ios::app) << "list\n";
    fail_in("list");
    const auto processes = processes_on(*static_cast<const std::string*>(device));
    const unsigned room = *count;
    *count = static_cast<unsigned>(processes.size());
    if (processes.size() > room)
        return kInsufficientSize;
    const auto size = static_cast<std::size_t>(std::stoul(variable("FAKE_NVML_ENTRY", "24")));
    for (std::size_t i = 0; i < processes.size(); ++i) {
        char* const entry = static_cast<char*>(entries) + i * size;
        std::memset(entry, 0xff, size); // what is not available
        std::memcpy(entry, &processes[i], sizeof processes[i]);
    }
    return 0;
}
}
