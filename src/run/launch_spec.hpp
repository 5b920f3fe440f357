#pragma once

#include "mutation/run/launcher.hpp"

#include <fcntl.h>
#include <string>
#include <string_view>

namespace mutation::run {

/// LaunchSpec <-> bytes: fields end in NUL, since neither argv, environment nor paths can hold one.
[[nodiscard]] std::string pack_launch_spec(const LaunchSpec& spec);
/// Throws Error(internal) on anything else than what pack_launch_spec made.
[[nodiscard]] LaunchSpec unpack_launch_spec(std::string_view bytes);

/// What nobody may do to the memory file any more when it is handed over; the launcher takes no other.
constexpr int kSpecSeals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;

/// Where the launcher finds its three descriptors.
constexpr int kSpecFd = 4;
constexpr int kReportFd = 5;
constexpr int kLifelineFd = 6;

} // namespace mutation::run
