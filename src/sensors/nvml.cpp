#include "mutation/sensors/nvml.hpp"

#include <algorithm>
#include <cstdint>
#include <dlfcn.h>
#include <map>

namespace mutation::sensors {

namespace {

constexpr int kInsufficientSize = 7; // NVML_ERROR_INSUFFICIENT_SIZE
constexpr std::uint32_t kUnwritten = 0xa5a5a5a5;

/// The first word of each entry of a list. Functions of one name return entries of 4, 6 or 8 words, depending on the
/// driver. The length of the written part shows which.
std::vector<pid_t> first_words(const std::vector<std::uint32_t>& words, std::size_t count) {
    const auto end =
        std::find_if(words.rbegin(), words.rend(), [](std::uint32_t word) { return word != kUnwritten; }).base();
    const std::size_t size = count > 0 ? static_cast<std::size_t>(end - words.begin()) / count : 0;
    std::vector<pid_t> found;
    for (std::size_t i = 0; (size == 4 || size == 6 || size == 8) && i < count; ++i) {
        found.push_back(static_cast<pid_t>(words[i * size]));
    }
    return found;
}

} // namespace

struct Nvml::Library {
    using Initialise = int (*)();
    using FindDevice = int (*)(const char*, void**);
    using ReadEnergy = int (*)(void*, unsigned long long*);
    using ListProcesses = int (*)(void*, unsigned*, void*);

    void* handle = nullptr;
    Initialise shutdown = nullptr;
    FindDevice find_device = nullptr;
    ReadEnergy read_energy = nullptr;
    std::vector<ListProcesses> list_processes; ///< of direct compute processes, and of those that compute through MPS
    std::map<std::string, void*> devices;      ///< found so far

    ~Library() {
        if (shutdown != nullptr) {
            shutdown();
        }
        if (handle != nullptr) {
            ::dlclose(handle);
        }
    }

    template <class Function>
    Function look_up(const char* name) const {
        return reinterpret_cast<Function>(::dlsym(handle, name));
    }

    /// nullptr if there is no such GPU.
    void* device(const std::string& uuid) {
        void*& device = devices[uuid];
        if (device == nullptr && find_device(uuid.c_str(), &device) != 0) {
            device = nullptr;
        }
        return device;
    }

    static std::optional<std::vector<pid_t>> list(ListProcesses function, void* device) {
        constexpr int kTries = 3; // processes may start between two calls
        constexpr std::size_t kWordsAnEntry = 8;
        unsigned room = 32;
        for (int i = 0; i < kTries; ++i) {
            std::vector<std::uint32_t> words(room * kWordsAnEntry, kUnwritten);
            unsigned count = room;
            const int status = function(device, &count, words.data());
            if (status == 0) {
                return first_words(words, std::min(count, room));
            }
            if (status != kInsufficientSize) {
                return std::nullopt;
            }
            room = 2 * std::max(room, count);
        }
        return std::nullopt;
    }
};

Nvml::Nvml() {
    auto library = std::make_unique<Library>();
    library->handle = ::dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library->handle == nullptr) {
        return;
    }
    const auto initialise = library->look_up<Library::Initialise>("nvmlInit_v2");
    library->find_device = library->look_up<Library::FindDevice>("nvmlDeviceGetHandleByUUID");
    library->read_energy = library->look_up<Library::ReadEnergy>("nvmlDeviceGetTotalEnergyConsumption");
    if (initialise == nullptr || library->find_device == nullptr || library->read_energy == nullptr ||
        initialise() != 0) {
        return;
    }
    for (const std::string kind : {"Compute", "MPSCompute"}) {
        Library::ListProcesses newest = nullptr;
        for (const char* version : {"_v3", "_v2", ""}) {
            const std::string name = "nvmlDeviceGet" + kind + "RunningProcesses" + version;
            newest = newest != nullptr ? newest : library->look_up<Library::ListProcesses>(name.c_str());
        }
        if (newest != nullptr) {
            library->list_processes.push_back(newest);
        }
    }
    library->shutdown = library->look_up<Library::Initialise>("nvmlShutdown");
    library_ = std::move(library);
}

Nvml::~Nvml() = default;

bool Nvml::is_loaded() const {
    return library_ != nullptr;
}

std::optional<Joules> Nvml::energy_counter(const std::string& uuid) const {
    void* const device = library_ ? library_->device(uuid) : nullptr;
    unsigned long long millijoules = 0;
    if (device == nullptr || library_->read_energy(device, &millijoules) != 0) {
        return std::nullopt;
    }
    return Joules(static_cast<double>(millijoules) / 1000);
}

std::optional<std::vector<pid_t>> Nvml::compute_processes(const std::string& uuid) const {
    void* const device = library_ ? library_->device(uuid) : nullptr;
    std::optional<std::vector<pid_t>> all;
    for (std::size_t i = 0; device != nullptr && i < library_->list_processes.size(); ++i) {
        if (const auto listed = library_->list(library_->list_processes[i], device)) {
            all = all.value_or(std::vector<pid_t>{});
            all->insert(all->end(), listed->begin(), listed->end());
        }
    }
    return all;
}

} // namespace mutation::sensors
