// Stands in for the driver's library: GPUs of any UUID without an energy counter. Which processes compute on them
// stands in the file $FAKE_NVML, read at every call, a line each: `UUID PID`. An entry of the list has $FAKE_NVML_ENTRY
// bytes (24), as it differs between drivers. Every call for a list adds a line to the file $FAKE_NVML.asked.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace {

constexpr int kNotSupported = 3;
constexpr int kInsufficientSize = 7;

std::string variable(const char* name, const char* fallback) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : fallback;
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
    return 0;
}
int nvmlShutdown() {
    return 0;
}
int nvmlDeviceGetHandleByUUID(const char* uuid, void** device) {
    static std::set<std::string> known; // a handle is where the UUID lies
    *device = const_cast<std::string*>(&*known.insert(uuid).first);
    return 0;
}
int nvmlDeviceGetTotalEnergyConsumption(void*, unsigned long long*) {
    return kNotSupported;
}
int nvmlDeviceGetComputeRunningProcesses_v3(void* device, unsigned* count, void* entries) {
    std::ofstream(variable("FAKE_NVML", "") + ".asked", std::ios::app) << "list\n";
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
