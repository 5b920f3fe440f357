#pragma once

#include <string_view>

namespace mutation::sensors {

/// First argument of the hidden mode.
constexpr std::string_view kNvmlMode = "__nvml";

/// The hidden mode: `mutation __nvml NVIDIA_SMI UUID...`. Loads NVML and answers the requests of NvmlProcess until its
/// pipe is closed. Returns the exit status.
int run_nvml_mode(int argc, char** argv);

} // namespace mutation::sensors
