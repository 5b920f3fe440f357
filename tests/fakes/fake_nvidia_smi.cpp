// Stands in for nvidia-smi. Its conf, of which a stream reads `gpus` again when the file changes:
//   gpus           [{"uuid", "name", "power": curve or [curve, ...] that add up, "averaging": {"power.draw": 1.0},
//   "update": s, "temperature", "utilization",
//                    "fields": {"power.draw.average": "[N/A]"}}, ...]; averaging: mean over the past seconds; update:
//                    how long a reading is kept; fields: any field's text
//   t0             CLOCK_MONOTONIC seconds that are the curves' time 0
//   unknown_fields [...]: refused as by a driver that does not know them
//   start_latency, query_time        seconds
//   stream_at      CLOCK_MONOTONIC seconds before which no stream begins
//   die_after, silent_after, step_after + step_by (seconds that the wall clock jumps)
//   drop_every, double_every, delay_every (+ delay), garbage_every     every n-th tick
//   faults_until_call  the faults above only in calls up to that number (of streams)
//   hang           true: prints nothing and ignores SIGTERM
//   fail           text on stdout; exits 9 (no driver), or with fail_exit; fail_from_stream: only from that stream on
//                  (0 = first), and every call after it; fail_file: only when that file exists, streams too
//   rest           text on stdout after the rows of a query that is no stream, which then exits with rest_exit (0)
//   compute_apps   [{"pid": 1, "name": "python", "gpu_uuid": "...", "used_memory": 100}, ...]
//   journal        see stand_in.hpp
#include "fakes/curve.hpp"
#include "fakes/moment.hpp"
#include "fakes/stand_in.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <signal.h>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

using namespace mutation::fakes;

[[noreturn]] void refuse_usage(const std::string& what) {
    std::printf("ERROR: Option %s is not recognized. Please run 'nvidia-smi -h'.\n", what.c_str());
    std::fflush(stdout);
    std::exit(2);
}

std::vector<std::string> split_fields(const std::string& list) {
    std::vector<std::string> fields(1);
    for (const char c : list) {
        if (c == ',')
            fields.emplace_back();
        else if (c != ' ')
            fields.back() += c;
    }
    return fields;
}

std::string fixed(double value, int digits) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

/// `2025/11/24 08:40:54.123`, local time.
std::string stamp_text(double realtime) {
    const auto whole = static_cast<time_t>(std::floor(realtime));
    char text[64];
    std::strftime(text, sizeof text, "%Y/%m/%d %H:%M:%S", std::localtime(&whole));
    const int ms = static_cast<int>((realtime - std::floor(realtime)) * 1000);
    char all[80];
    std::snprintf(all, sizeof all, "%s.%03d", text, ms);
    return all;
}

const std::map<std::string, std::string>& plain_fields() {
    static const std::map<std::string, std::string> fields{{"driver_version", "535.104.05"},
                                                           {"persistence_mode", "Enabled"},
                                                           {"clocks.sm", "1695"},
                                                           {"power.limit", "320.00"},
                                                           {"power.default_limit", "320.00"},
                                                           {"power.max_limit", "350.00"},
                                                           {"utilization.memory", "40"},
                                                           {"temperature.memory", "N/A"},
                                                           {"mig.mode.current", "[N/A]"},
                                                           {"clocks_throttle_reasons.active", "0x0000000000000000"},
                                                           {"clocks_event_reasons.active", "0x0000000000000000"}};
    return fields;
}

bool is_power(const std::string& field) {
    return field.rfind("power.draw", 0) == 0;
}

bool is_known(const std::string& field, const Json& conf) {
    for (const auto& unknown : conf.value("unknown_fields", Json::array()))
        if (unknown == field)
            return false;
    for (const char* own : {"timestamp", "index", "uuid", "name", "temperature.gpu", "utilization.gpu", "power.draw",
                            "power.draw.average", "power.draw.instant"})
        if (field == own)
            return true;
    return plain_fields().count(field) > 0;
}

void refuse_unknown_fields(const std::vector<std::string>& fields, const Json& conf) {
    for (const auto& field : fields) {
        if (is_known(field, conf))
            continue;
        std::printf("Field \"%s\" is not a valid field to query.\n\n", field.c_str());
        std::fflush(stdout);
        std::exit(2);
    }
}

double power_reading(const Json& gpu, const std::string& field, double time) {
    const CurveSum curve(gpu.value("power", Json(0)));
    const double update = gpu.value("update", 0.0);
    const double seen = update > 0 ? std::floor(time / update) * update : time;
    return curve.mean_before(seen, gpu.value("averaging", Json::object()).value(field, 0.0));
}

/// One query of all GPUs at the instant `monotonic`.
std::string query_lines(const Json& conf, const std::vector<std::string>& fields, double monotonic, double stamp) {
    std::string lines;
    const Json gpus = conf.value("gpus", Json::array());
    for (std::size_t index = 0; index < gpus.size(); ++index) {
        const Json& gpu = gpus[index];
        const Json overrides = gpu.value("fields", Json::object());
        std::string line;
        for (const auto& field : fields) {
            line += line.empty() ? "" : ", ";
            if (overrides.contains(field))
                line += overrides[field].get<std::string>();
            else if (field == "timestamp")
                line += stamp_text(stamp);
            else if (field == "index")
                line += std::to_string(index);
            else if (field == "uuid")
                line += gpu.value("uuid", "GPU-" + std::to_string(index));
            else if (field == "name")
                line += gpu.value("name", std::string("NVIDIA GeForce RTX 3080"));
            else if (is_power(field))
                line += fixed(power_reading(gpu, field, monotonic - conf.value("t0", 0.0)), 2);
            else if (field == "temperature.gpu")
                line += fixed(gpu.value("temperature", 50.0), 0);
            else if (field == "utilization.gpu")
                line += fixed(gpu.value("utilization", 80.0), 0);
            else
                line += plain_fields().at(field);
        }
        lines += line + "\n";
    }
    return lines;
}

/// Whether this tick has the fault.
bool strikes(const Json& faults, const char* name, long tick) {
    const long every = faults.value(name, 0L);
    return every > 0 && tick % every == every - 1;
}

bool has_fail_file(const Json& conf) {
    return conf.contains("fail_file") && std::filesystem::exists(conf["fail_file"].get<std::string>());
}

[[noreturn]] void fail(const Json& conf) {
    std::printf("%s\n", conf["fail"].get<std::string>().c_str());
    std::fflush(stdout);
    std::_Exit(conf.value("fail_exit", 9));
}

class Stream {
public:
    Stream(Json conf, const Json& faults, std::vector<std::string> fields)
        : conf_(std::move(conf)), faults_(faults), fields_(std::move(fields)), start_(monotonic_now()) {}

    /// Queries, prints, sleeps N: so the period is N and the query's own time.
    [[noreturn]] void run(int interval_ms) {
        for (long tick = 0;; ++tick) {
            const double running = monotonic_now() - start_;
            if (conf_.contains("fail") && has_fail_file(conf_))
                fail(conf_);
            reload_gpus();
            if (running >= faults_.value("die_after", 1e9))
                std::_Exit(1);
            std::string lines = one_query();
            if (strikes(faults_, "delay_every", tick))
                sleep_seconds(faults_.value("delay", 0.3));
            if (strikes(faults_, "garbage_every", tick))
                emit("\xff garbage, , [Unknown Error]\nERR!\n\n");
            if (running < faults_.value("silent_after", 1e9) && !strikes(faults_, "drop_every", tick))
                emit(lines);
            if (strikes(faults_, "double_every", tick))
                emit(lines);
            sleep_seconds(interval_ms / 1000.0);
        }
    }

    [[nodiscard]] std::string one_query() const {
        const auto [now, clock] = moment_now();
        double stamp = clock;
        if (now - start_ >= faults_.value("step_after", 1e9))
            stamp += faults_.value("step_by", 0.0);
        std::string lines = query_lines(conf_, fields_, now, stamp);
        sleep_seconds(conf_.value("query_time", 0.0));
        return lines;
    }

private:
    void reload_gpus() {
        std::error_code none;
        const auto written = std::filesystem::last_write_time(conf_file(), none);
        if (!none && written != written_) {
            written_ = written;
            conf_["gpus"] = load_conf("FAKE_NVIDIA_SMI").value("gpus", Json::array());
        }
    }

    static void emit(const std::string& text) {
        if (!write_all(1, text))
            std::_Exit(1);
    }

    Json conf_;
    const Json& faults_;
    std::vector<std::string> fields_;
    double start_;
    std::filesystem::file_time_type written_ = std::filesystem::file_time_type::min();
};

void list_compute_apps(const Json& conf, const std::vector<std::string>& fields) {
    for (const auto& app : conf.value("compute_apps", Json::array())) {
        std::string line;
        for (const auto& field : fields) {
            const std::string key = field == "process_name"      ? "name"
                                    : field == "used_gpu_memory" ? "used_memory"
                                                                 : field;
            line += line.empty() ? "" : ", ";
            if (field == "timestamp")
                line += stamp_text(clock_now(CLOCK_REALTIME));
            else if (!app.contains(key))
                line += "[N/A]";
            else
                line += app[key].is_string() ? app[key].get<std::string>() : app[key].dump();
        }
        std::printf("%s\n", line.c_str());
    }
}

std::string value_of(const std::string& argument, const std::string& option) {
    return argument.rfind(option + "=", 0) == 0 ? argument.substr(option.size() + 1) : "";
}

void query_gpus(const Json& conf, const Journal& journal, const std::vector<std::string>& fields,
                const std::vector<std::string>& arguments) {
    const bool is_stream = arguments.size() == 4 && arguments[2] == "-lms";
    if (arguments.size() != 2 && !is_stream)
        refuse_usage(arguments[2]);
    refuse_unknown_fields(fields, conf);
    sleep_seconds(conf.value("start_latency", 0.0));
    const int earlier = journal.count("stream");
    if (is_stream)
        journal.write({{"event", "stream"}, {"ms", std::stoi(arguments[3])}});
    if (is_stream)
        sleep_until(conf.value("stream_at", 0.0));
    const Json none = Json::object();
    const Json& faults = is_stream && earlier < conf.value("faults_until_call", 1 << 30) ? conf : none;
    Stream stream(conf, faults, fields);
    if (is_stream)
        stream.run(std::stoi(arguments[3]));
    write_all(1, stream.one_query());
    if (conf.contains("rest")) {
        write_all(1, conf["rest"].get<std::string>() + "\n");
        std::exit(conf.value("rest_exit", 0));
    }
}

/// Whether it is to fail: always, when a file exists, or when the n-th stream is being started or was.
bool has_failed(const Json& conf, const Journal& journal, const std::vector<std::string>& arguments) {
    if (!conf.contains("fail_from_stream"))
        return !conf.contains("fail_file") || has_fail_file(conf);
    const bool is_stream = arguments.size() == 4 && arguments[2] == "-lms";
    if (is_stream && journal.count("stream") >= conf["fail_from_stream"].get<int>())
        journal.write({{"event", "failed_stream"}});
    return journal.count("failed_stream") > 0;
}

} // namespace

int main(int argc, char** argv) {
    const Json conf = load_conf("FAKE_NVIDIA_SMI");
    const Journal journal(conf);
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    journal.write({{"event", "call"}, {"argv", arguments}, {"uid", getuid()}});
    if (conf.value("hang", false)) {
        signal(SIGTERM, SIG_IGN);
        while (true)
            pause();
    }
    if (conf.contains("fail") && has_failed(conf, journal, arguments))
        fail(conf);
    if (arguments == std::vector<std::string>{"--version"}) {
        std::printf(
            "NVIDIA-SMI version  : 535.104.05\nNVML version        : 535.104\nDRIVER version      : 535.104.05\n");
        return 0;
    }
    const Json gpus = conf.value("gpus", Json::array());
    if (arguments == std::vector<std::string>{"-L"}) {
        for (std::size_t index = 0; index < gpus.size(); ++index)
            std::printf("GPU %zu: %s (UUID: %s)\n", index, gpus[index].value("name", std::string("NVIDIA")).c_str(),
                        gpus[index].value("uuid", "GPU-" + std::to_string(index)).c_str());
        return 0;
    }
    if (arguments.size() < 2 || arguments[1] != "--format=csv,noheader,nounits")
        refuse_usage(arguments.empty() ? "" : arguments.back());
    if (const auto apps = value_of(arguments[0], "--query-compute-apps"); !apps.empty())
        list_compute_apps(conf, split_fields(apps));
    else if (const auto fields = value_of(arguments[0], "--query-gpu"); !fields.empty())
        query_gpus(conf, journal, split_fields(fields), arguments);
    else
        refuse_usage(arguments[0]);
}
