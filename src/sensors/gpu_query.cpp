#include "mutation/sensors/gpu_query.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/excerpt.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "mutation/sensors/nvidia_smi.hpp"
#include "mutation/sensors/other_output.hpp"
#include "mutation/sensors/power_field.hpp"
#include "mutation/system/process.hpp"
#include "mutation/system/signals.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace mutation::sensors {

namespace {

constexpr Seconds kProcessLimit{4}; // asked between trainings, when an interrupt may wait for it
constexpr const char* kCsvFormat = "--format=csv,noheader,nounits";
constexpr std::size_t kLongestShown = 60;

system::CapturedRun call(std::vector<std::string> argv, const Patience& patience) {
    system::SpawnRequest request;
    request.argv = std::move(argv);
    request.environment = system::plain_environment();
    return system::run_captured(std::move(request), patience.limit, {patience.stop_fd});
}

system::CapturedRun ask(const std::filesystem::path& nvidia_smi, const std::string& query, const Patience& patience) {
    return call({nvidia_smi.string(), query, kCsvFormat}, patience);
}

/// The lines that are rows of that many cells.
std::vector<std::vector<std::string_view>> rows_of(const system::CapturedRun& run, std::size_t cells) {
    std::vector<std::vector<std::string_view>> rows;
    for (const std::string_view line : split(run.out, '\n')) {
        std::vector<std::string_view> row = split_cells(line);
        if (row.size() == cells && !trim(line).empty()) {
            rows.push_back(std::move(row));
        }
    }
    return rows;
}

std::vector<std::vector<std::string_view>> rows_of(system::CapturedRun&&, std::size_t) = delete; // rows point into it

/// How nvidia-smi ended, if not well.
std::string describe_end(const system::CapturedRun& run, const Patience& patience) {
    if (run.timed_out) {
        return fmt::format("nvidia-smi did not answer within {} s{}", patience.limit.count(), run.hang_note());
    }
    if (run.was_stopped) {
        return fmt::format("interrupted before nvidia-smi answered{}", run.hang_note());
    }
    if (run.status.is_success()) {
        return {};
    }
    return run.status.signal ? "nvidia-smi was killed by " + system::describe_signal(*run.status.signal)
                             : fmt::format("nvidia-smi ended with status {}", run.status.code.value_or(-1));
}

/// What it printed on both streams beside rows, which begin with a number, and how it ended; empty if all was well.
std::string describe_rest(const system::CapturedRun& run, const Patience& patience) {
    OtherOutput other;
    for (const std::string_view line : split(run.out, '\n')) {
        if (!parse_integer(trim(line.substr(0, line.find(','))))) {
            other.add(line);
        }
    }
    other.add(run.err);
    const std::string end = describe_end(run, patience);
    return end + (end.empty() || other.text().empty() ? "" : ": ") + other.text();
}

/// The field that nvidia-smi does not know (`Field "x" is not a valid field to query.`), or "".
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

Answer ask_known(const std::filesystem::path& nvidia_smi, std::vector<std::string> fields, const Patience& patience) {
    Answer answer;
    while (!fields.empty()) {
        answer.run = ask(nvidia_smi, "--query-gpu=" + join(fields, ","), patience);
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

/// What is written after `(UUID: `, or "".
std::string uuid_of(std::string_view line) {
    constexpr std::string_view kLabel = "(UUID: ";
    const std::size_t start = line.find(kLabel);
    const std::size_t end = start == std::string_view::npos ? start : line.find(')', start);
    return end == std::string_view::npos ? std::string()
                                         : std::string(line.substr(start + kLabel.size(), end - start - kLabel.size()));
}

/// Tries the power fields of this row: the best of those that report a power.
void choose_for(const GpuInfo& gpu, const std::vector<std::string>& fields, const std::vector<std::string_view>& row,
                SampledFields& chosen) {
    std::vector<std::string> working;
    std::vector<std::string> others;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (!fields[i].starts_with("power.")) {
            continue;
        }
        if (parse_gpu_power(row[i], gpu.power_limit)) {
            working.push_back(fields[i]);
        } else {
            others.push_back(fmt::format("{} is {}", fields[i], make_excerpt(row[i], kLongestShown)));
        }
    }
    chosen.power_fields.push_back(choose_power_field(gpu.name, working.empty() ? fields : working));
    chosen.trials.push_back({!working.empty(), others.empty() ? std::nullopt : std::optional(join(others, ", "))});
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

GpuInventory query_gpus(const std::filesystem::path& nvidia_smi, const Patience& patience) {
    GpuInventory inventory;
    try {
        const Answer answer = ask_known(nvidia_smi,
                                        {"index", "uuid", "name", "driver_version", "persistence_mode",
                                         "mig.mode.current", "power.limit", "power.default_limit", "power.max_limit"},
                                        patience);
        for (const std::string_view line : split(answer.run.out, '\n')) {
            const std::vector<std::string_view> cells = split(line, ',');
            GpuInfo gpu;
            gpu.index = static_cast<int>(parse_integer(cell_of(answer.fields, cells, "index")).value_or(-1));
            gpu.uuid = cell_of(answer.fields, cells, "uuid");
            gpu.name = cell_of(answer.fields, cells, "name");
            gpu.driver = cell_of(answer.fields, cells, "driver_version");
            gpu.persistence_mode = cell_of(answer.fields, cells, "persistence_mode");
            gpu.mig_mode = cell_of(answer.fields, cells, "mig.mode.current");
            for (const char* limit : {"power.limit", "power.default_limit", "power.max_limit"}) {
                const std::optional<Watts> watts = parse_gpu_power(cell_of(answer.fields, cells, limit), std::nullopt);
                gpu.power_limit = std::max(gpu.power_limit, watts);
            }
            if (gpu.index >= 0 && !gpu.uuid.empty()) {
                inventory.gpus.push_back(std::move(gpu));
            }
        }
        std::sort(inventory.gpus.begin(), inventory.gpus.end(),
                  [](const GpuInfo& a, const GpuInfo& b) { return a.index < b.index; });
        if (std::any_of(inventory.gpus.begin(), inventory.gpus.end(),
                        [](const GpuInfo& gpu) { return gpu.mig_mode == "Enabled"; })) {
            add_mig_instances(call({nvidia_smi.string(), "-L"}, patience).out, inventory.gpus);
        }
        const std::string rest = describe_rest(answer.run, patience);
        if (!inventory.gpus.empty()) {
            inventory.remark = rest.empty() ? std::nullopt : std::optional(rest);
        } else if (answer.run.status.is_success()) {
            inventory.reason = "nvidia-smi lists no GPU: " + rest;
        } else {
            inventory.reason = "nvidia-smi cannot list the GPUs: " + rest;
        }
    } catch (const Error& error) {
        inventory.reason = error.message();
    }
    return inventory;
}

SampledFields choose_fields(const std::filesystem::path& nvidia_smi, const std::vector<GpuInfo>& gpus,
                            std::vector<std::string> wanted, const Patience& patience) {
    Answer answer;
    try {
        answer = ask_known(nvidia_smi, wanted, patience);
    } catch (const Error&) { // the sampler will say why
        answer.fields = std::move(wanted);
    }
    const std::vector<std::vector<std::string_view>> rows = rows_of(answer.run, answer.fields.size());
    SampledFields chosen;
    for (const GpuInfo& gpu : gpus) {
        const auto row = std::find_if(rows.begin(), rows.end(), [&](const std::vector<std::string_view>& cells) {
            return cell_of(answer.fields, cells, "uuid") == gpu.uuid;
        });
        if (row != rows.end()) {
            choose_for(gpu, answer.fields, *row, chosen);
        } else {
            chosen.power_fields.push_back(choose_power_field(gpu.name, answer.fields));
            chosen.trials.emplace_back();
        }
    }
    chosen.fields = std::move(answer.fields);
    return chosen;
}

std::vector<GpuProcess> query_gpu_processes(const std::filesystem::path& nvidia_smi, const Patience& patience) {
    const Patience shorter{std::min(patience.limit, kProcessLimit), patience.stop_fd};
    try {
        return parse_gpu_processes(ask(nvidia_smi, "--query-compute-apps=pid,process_name,gpu_uuid", shorter).out);
    } catch (const Error&) {
        return {};
    }
}

} // namespace mutation::sensors
