#include "mutation/sensors/nvml_mode.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "mutation/sensors/gpu_query.hpp"
#include "mutation/sensors/nvml.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/signals.hpp"
#include "mutation/system/user.hpp"
#include "nvml_messages.hpp"

#include <array>
#include <unistd.h>

namespace mutation::sensors {

namespace {

constexpr int kRefusedCall = 127;

/// Loads the library and answers what the tool requests.
class NvmlServer {
public:
    NvmlServer(std::filesystem::path nvidia_smi, std::vector<std::string> uuids)
        : nvidia_smi_(std::move(nvidia_smi)), uuids_(std::move(uuids)) {}

    /// Returns when the tool has closed its pipe or has ended.
    void serve() {
        bool is_read = send(pack_ready(nvml_.is_loaded()));
        std::string received;
        std::array<char, 4096> block{};
        ssize_t size = 0;
        while (is_read && (size = ::read(kNvmlRequestFd, block.data(), block.size())) > 0) {
            received.append(block.data(), static_cast<std::size_t>(size));
            for (std::size_t end = 0; is_read && (end = received.find('\n')) != std::string::npos;) {
                is_read = answer(std::string_view(received).substr(0, end));
                received.erase(0, end + 1);
            }
        }
    }

private:
    bool answer(std::string_view request) const {
        const std::size_t blank = request.find(' ');
        const std::optional<std::int64_t> number = parse_integer(request.substr(0, blank));
        if (!number || blank == std::string_view::npos) {
            return false;
        }
        NvmlAnswer answer;
        answer.request = static_cast<int>(*number);
        if (request.substr(blank + 1) == kNvmlCounters) {
            for (const std::string& uuid : uuids_) {
                answer.counters.push_back(nvml_.energy_counter(uuid));
            }
        } else {
            answer.processes = list_processes();
        }
        answer.time = system::monotonic_now();
        return send(pack_answer(answer));
    }

    [[nodiscard]] std::vector<std::optional<std::vector<GpuProcess>>> list_processes() const {
        std::vector<std::optional<std::vector<GpuProcess>>> lists;
        const std::vector<GpuProcess> rows =
            nvml_.is_loaded() ? std::vector<GpuProcess>{} : query_gpu_processes(nvidia_smi_);
        for (const std::string& uuid : uuids_) {
            std::optional<std::vector<GpuProcess>> list;
            if (const auto pids = nvml_.compute_processes(uuid)) {
                list.emplace();
                for (const pid_t pid : *pids) {
                    list->push_back({pid, "", uuid});
                }
            }
            for (const GpuProcess& row : rows) { // no row proves nothing: nvidia-smi may be unable to list any
                if (row.uuid == uuid) {
                    list = list.value_or(std::vector<GpuProcess>{});
                    list->push_back(row);
                }
            }
            if (!list && !rows.empty()) {
                list.emplace(); // it lists processes, but none on this card
            }
            lists.push_back(std::move(list));
        }
        return lists;
    }

    static bool send(std::string_view line) {
        while (!line.empty()) {
            const ssize_t written = ::write(kNvmlAnswerFd, line.data(), line.size());
            if (written <= 0) {
                return false;
            }
            line.remove_prefix(static_cast<std::size_t>(written));
        }
        return true;
    }

    std::filesystem::path nvidia_smi_;
    std::vector<std::string> uuids_;
    Nvml nvml_;
};

} // namespace

int run_nvml_mode(int argc, char** argv) {
    if (argc < 3) {
        print_text(stderr, "__nvml is called only by mutation itself\n");
        return kRefusedCall;
    }
    try {
        // A user who may call this program by sudo can call this mode: no library is loaded as root for a user.
        const std::optional<system::User> user =
            system::regain_root() ? system::training_user(false) : std::optional<system::User>();
        if (user && !system::become(*user)) {
            return kRefusedCall;
        }
        system::live_and_die_with_parent();
        system::seal_inherited_descriptors();
        NvmlServer(argv[2], std::vector<std::string>(argv + 3, argv + argc)).serve();
        return 0;
    } catch (const Error& error) {
        print_text(stderr, error.message() + "\n");
        return kRefusedCall;
    }
}

} // namespace mutation::sensors
