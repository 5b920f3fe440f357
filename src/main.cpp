#include "mutation/cli/run_app.hpp"
#include "mutation/run/launcher.hpp"
#include "mutation/sensors/nvml_mode.hpp"
#include "mutation/system/process.hpp"
#include "mutation/system/signals.hpp"

#include <string>
#include <string_view>
#include <vector>

int main(int argc, char** argv) {
    mutation::system::block_signals(); // before anything else exists that could be hit by one
    if (argc > 1 && std::string_view(argv[1]) == mutation::run::kLauncherMode) {
        return mutation::run::run_launcher();
    }
    if (argc > 1 && std::string_view(argv[1]) == mutation::sensors::kNvmlMode) {
        return mutation::sensors::run_nvml_mode(argc, argv);
    }
    mutation::system::limit_umask();
    mutation::system::seal_inherited_descriptors();
    if (argc == 0) {
        return mutation::cli::run_app("mutation", {});
    }
    return mutation::cli::run_app(argv[0], std::vector<std::string>(argv + 1, argv + argc));
}
