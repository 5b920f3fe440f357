#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "mutation/measure/nvidia_smi.hpp"
#include "mutation/system/process.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace mutation::measure {

namespace {

constexpr Seconds kLimit{20};
constexpr Seconds kProcessLimit{4}; // asked between trainings, when an interrupt may wait for it
constexpr const char* kCsvFormat = "--format=csv,noheader,nounits";
constexpr std::size_t kMostWords = 300;

system::CapturedRun call(std::vector<std::string> argv, Seconds limit = kLimit) {
    system::SpawnRequest request;
    request.argv = std::move(argv);
    request.environment = system::plain_environment();
    return system::run_captured(std::move(request), limit);
}

system::CapturedRun ask(const std::filesystem::path& nvidia_smi, const std::string& query) {
    return call({nvidia_smi.string(), query, kCsvFormat});
}

std::string words_of(const system::CapturedRun& run) {
    if (run.timed_out) {
        return fmt::format("nvidia-smi did not answer within {} s", kLimit.count());
    }
    const std::string_view words = trim(run.out.empty() ? run.err : run.out);
    return std::string(words.substr(0, std::min(kMostWords, words.find('\n'))));
}

/// The field that nvidia-smi says it does not know: `Field "x" is not a valid field to query.`
std::string refused_field(const system::CapturedRun& run) {
    for (const std::string* stream : {&run.out, &run.err}) {
        const std::size_t start = stream->find("Field \"");
        const std::size_t end = start == std::string::npos ? start : stream->find('"', start + 7);
        if (end != std::string::npos && stream->find("not a valid field", end) != std::string::npos) {
            return stream->substr(start + 7, end - start - 7);
        }
    }
    return {};
}

struct Answer {
    std::vector<std::string> fields; ///< that were understood
    system::CapturedRun run;
};

Answer ask_known(const std::filesystem::path& nvidia_smi, std::vector<std::string> fields) {
    Answer answer;
    while (!fields.empty()) {
        answer.run = ask(nvidia_smi, "--query-gpu=" + join(fields, ","));
        const std::string refused = refused_field(answer.run);
        const auto place = std::find(fields.begin(), fields.end(), refused);
        if (answer.run.status.is_success() || place == fields.end()) {
            break;
        }
        fields.erase(place);
    }
    answer.fields = std::move(fields);
    return answer;
}

std::string cell_of(const std::vector<std::string>& fields, const std::vector<std::string_view>& cells,
                    std::string_view field) {
    const auto place = std::find(fields.begin(), fields.end(), field) - fields.begin();
    const auto index = static_cast<std::size_t>(place);
    return index < cells.size() ? std::string(trim(cells[index])) : std::string();
}

/// What stands behind `(UUID: `, "" where nothing does.
std::string uuid_of(std::string_view line) {
    constexpr std::string_view kLabel = "(UUID: ";
    const std::size_t start = line.find(kLabel);
    const std::size_t end = start == std::string_view::npos ? start : line.find(')', start);
    return end == std::string_view::npos ? std::string()
                                         : std::string(line.substr(start + kLabel.size(), end - start - kLabel.size()));
}

} // namespace

void add_mig_instances(std::string_view list, std::vector<GpuInfo>& gpus) {
    GpuInfo* owner = nullptr; // an instance's line follows that of its GPU
    for (const std::string_view line : split(list, '\n')) {
        const std::string uuid = uuid_of(line);
        if (line.starts_with("GPU ")) {
            const auto found =
                std::find_if(gpus.begin(), gpus.end(), [&](const GpuInfo& gpu) { return gpu.uuid == uuid; });
            owner = found == gpus.end() ? nullptr : &*found;
        } else if (owner != nullptr && uuid.starts_with("MIG-")) {
            owner->mig_uuids.push_back(uuid);
        }
    }
}

GpuInventory query_gpus(const std::filesystem::path& nvidia_smi) {
    GpuInventory inventory;
    try {
        const Answer answer =
            ask_known(nvidia_smi, {"index", "uuid", "name", "driver_version", "persistence_mode", "mig.mode.current"});
        if (!answer.run.status.is_success()) {
            inventory.reason = fmt::format("nvidia-smi cannot list the GPUs: {}", words_of(answer.run));
            return inventory;
        }
        for (const std::string_view line : split(answer.run.out, '\n')) {
            const std::vector<std::string_view> cells = split(line, ',');
            GpuInfo gpu;
            gpu.index = static_cast<int>(parse_integer(cell_of(answer.fields, cells, "index")).value_or(-1));
            gpu.uuid = cell_of(answer.fields, cells, "uuid");
            gpu.name = cell_of(answer.fields, cells, "name");
            gpu.driver = cell_of(answer.fields, cells, "driver_version");
            gpu.persistence_mode = cell_of(answer.fields, cells, "persistence_mode");
            gpu.mig_mode = cell_of(answer.fields, cells, "mig.mode.current");
            if (gpu.index >= 0 && !gpu.uuid.empty()) {
                inventory.gpus.push_back(std::move(gpu));
            }
        }
        std::sort(inventory.gpus.begin(), inventory.gpus.end(),
                  [](const GpuInfo& a, const GpuInfo& b) { return a.index < b.index; });
        if (std::any_of(inventory.gpus.begin(), inventory.gpus.end(),
                        [](const GpuInfo& gpu) { return gpu.mig_mode == "Enabled"; })) {
            add_mig_instances(call({nvidia_smi.string(), "-L"}).out, inventory.gpus);
        }
        if (inventory.gpus.empty()) {
            inventory.reason = "nvidia-smi lists no GPU: " + words_of(answer.run);
        }
    } catch (const Error& error) {
        inventory.reason = error.message();
    }
    return inventory;
}

std::vector<std::string> known_fields(const std::filesystem::path& nvidia_smi, std::vector<std::string> fields) {
    try {
        Answer answer = ask_known(nvidia_smi, std::move(fields));
        return answer.run.status.is_success() ? std::move(answer.fields) : std::vector<std::string>{};
    } catch (const Error&) {
        return {};
    }
}

std::vector<GpuProcess> query_gpu_processes(const std::filesystem::path& nvidia_smi) {
    try {
        return parse_gpu_processes(
            call({nvidia_smi.string(), "--query-compute-apps=pid,process_name,gpu_uuid", kCsvFormat}, kProcessLimit)
                .out);
    } catch (const Error&) {
        return {};
    }
}

std::optional<Celsius> query_hottest(const std::filesystem::path& nvidia_smi, const std::vector<bool>& is_counted) {
    std::optional<Celsius> hottest;
    try {
        const system::CapturedRun run = ask(nvidia_smi, "--query-gpu=temperature.gpu");
        const std::vector<std::string_view> lines = split(run.out, '\n');
        for (std::size_t gpu = 0; gpu < lines.size() && gpu < is_counted.size(); ++gpu) {
            const std::optional<double> degrees = is_counted[gpu] ? parse_gpu_number(lines[gpu]) : std::nullopt;
            if (degrees) {
                hottest = std::max(hottest.value_or(Celsius(*degrees)), Celsius(*degrees));
            }
        }
    } catch (const Error&) {
        return std::nullopt;
    }
    return hottest;
}

} // namespace mutation::measure
