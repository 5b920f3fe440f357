#include "mutation/measure/nvml.hpp"

#include <dlfcn.h>

namespace mutation::measure {

struct Nvml::Library {
    using Initialise = int (*)();
    using FindDevice = int (*)(const char*, void**);
    using ReadEnergy = int (*)(void*, unsigned long long*);

    void* handle = nullptr;
    Initialise shutdown = nullptr;
    FindDevice find_device = nullptr;
    ReadEnergy read_energy = nullptr;

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
    library->shutdown = library->look_up<Library::Initialise>("nvmlShutdown");
    library_ = std::move(library);
}

Nvml::~Nvml() = default;

bool Nvml::is_loaded() const {
    return library_ != nullptr;
}

std::optional<Joules> Nvml::energy_counter(const std::string& uuid) const {
    void* device = nullptr;
    unsigned long long millijoules = 0;
    if (!library_ || library_->find_device(uuid.c_str(), &device) != 0 ||
        library_->read_energy(device, &millijoules) != 0) {
        return std::nullopt;
    }
    return Joules(static_cast<double>(millijoules) / 1000);
}

} // namespace mutation::measure
