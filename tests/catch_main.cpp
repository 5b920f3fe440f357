#define CATCH_CONFIG_RUNNER
#include "catch.hpp"

#include "mutation/run/launcher.hpp"
#include "mutation/sensors/nvml_mode.hpp"
#include "mutation/system/signals.hpp"

#include <string_view>

// Attempts start their launcher, and sensors the process that asks NVML, from the program that runs: here that is the
// test program.
int main(int argc, char** argv) {
    if (argc > 1 && std::string_view(argv[1]) == mutation::run::kLauncherMode) {
        return mutation::run::run_launcher();
    }
    if (argc > 1 && std::string_view(argv[1]) == mutation::sensors::kNvmlMode) {
        return mutation::sensors::run_nvml_mode(argc, argv);
    }
    mutation::system::block_signals();
    mutation::system::become_subreaper();
    return Catch::Session().run(argc, argv);
}
