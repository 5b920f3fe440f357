#include "nvml_messages.hpp"

namespace mutation::sensors {

namespace {

/// A process name may be no UTF-8.
std::string to_line(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace

std::string pack_ready(bool is_loaded) {
    return to_line(Json{{"request", 0}, {"is_loaded", is_loaded}});
}

std::string pack_answer(const NvmlAnswer& answer) {
    Json counters = Json::array();
    for (const std::optional<Joules>& counter : answer.counters) {
        counters.push_back(counter ? Json(counter->value()) : Json(nullptr));
    }
    Json processes = Json::array();
    for (const auto& of_one_gpu : answer.processes) {
        Json list = of_one_gpu ? Json::array() : Json(nullptr);
        for (const GpuProcess& process : of_one_gpu.value_or(std::vector<GpuProcess>{})) {
            list.push_back(Json{{"pid", process.pid}, {"name", process.name}, {"uuid", process.uuid}});
        }
        processes.push_back(std::move(list));
    }
    return to_line(Json{{"request", answer.request},
                        {"time", answer.time.time_since_epoch().count()},
                        {"counters", std::move(counters)},
                        {"processes", std::move(processes)}});
}

NvmlAnswer unpack_answer(const Json& json) {
    NvmlAnswer answer;
    answer.request = json.at("request").get<int>();
    answer.time = MonotonicTime(std::chrono::nanoseconds(json.at("time").get<std::int64_t>()));
    for (const Json& counter : json.at("counters")) {
        answer.counters.push_back(counter.is_null() ? std::nullopt : std::optional(Joules(counter.get<double>())));
    }
    for (const Json& list : json.at("processes")) {
        std::optional<std::vector<GpuProcess>> of_one_gpu;
        if (!list.is_null()) {
            of_one_gpu.emplace();
            for (const Json& process : list) {
                of_one_gpu->push_back({process.at("pid").get<pid_t>(), process.at("name").get<std::string>(),
                                       process.at("uuid").get<std::string>()});
            }
        }
        answer.processes.push_back(std::move(of_one_gpu));
    }
    return answer;
}

} // namespace mutation::sensors
