#pragma once

#include "mutation/sensors/nvml_process.hpp"

#include <string>
#include <string_view>

namespace mutation::sensors {

/// Where the NVML process finds its two pipes.
constexpr int kNvmlRequestFd = 3;
constexpr int kNvmlAnswerFd = 4;

/// A request is a line `NUMBER WHAT`, an answer a line of JSON. The first answer has the number 0: the process is
/// ready.
constexpr std::string_view kNvmlCounters = "counters";
constexpr std::string_view kNvmlProcesses = "processes";

[[nodiscard]] std::string pack_ready(bool is_loaded);
[[nodiscard]] std::string pack_answer(const NvmlAnswer& answer);
/// Throws Json::exception for anything that pack_answer did not make.
[[nodiscard]] NvmlAnswer unpack_answer(const Json& json);

} // namespace mutation::sensors
