#include "lab.hpp"

#include "support/csv.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace mutation::e2e {

namespace {

Json toy_repository() {
    return Json::parse(R"json({
        "path": "work/toy",
        "train_script": "./train.sh",
        "models": ["tiny", "big"],
        "model_flag": "--model",
        "supported_hyperparams": {
            "epochs": {"flag": "--epochs", "type": "int", "default": 10, "range": [1, 100], "distribution": "log_uniform"},
            "learning_rate": {"flag": "--lr", "type": "float", "default": 0.01, "range": [1e-05, 0.5], "distribution": "log_uniform"},
            "dropout": {"flag": "--dropout", "type": "float", "default": 0.1, "range": [0.0, 0.5], "distribution": "uniform"},
            "weight_decay": {"flag": "--wd", "type": "float", "default": 0.0, "range": [1e-06, 0.01], "distribution": "log_uniform",
                             "zero_probability": 0.3},
            "seed": {"flag": "--seed", "type": "int", "default": null, "range": [0, 9999], "distribution": "uniform"}
        },
        "performance_metrics": {"log_patterns": {"accuracy": "accuracy[:=]\\s*([0-9.]+)", "loss": "loss[:=]\\s*([0-9.eE+-]+)"}}
    })json");
}

} // namespace

Lab::Lab() {
    t0_ = std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
    perf = {{"events", {{"power/energy-pkg/", 50}, {"power/energy-ram/", 5}}}};
    // A card that averages over only 10 ms: no wait after a training's end.
    smi = {{"gpus", Json::array({{{"uuid", "GPU-11111111-2222-3333-4444-555555555555"},
                                  {"name", "Tesla V100-SXM2-16GB"},
                                  {"power", 200}}})}};
    training = {
        {"steps",
         Json::parse(R"([{"print": "starting\n"}, {"sleep": 0.4}, {"print": "loss: 0.25\naccuracy: 0.9125\n"}])")}};
    repositories["toy"] = toy_repository();
    const fs::path events = sysfs() / "bus/event_source/devices/power/events";
    for (const char* event : {"energy-pkg", "energy-ram"}) {
        write_text(events / event, "event=0x02\n");
        write_text(events / (std::string(event) + ".unit"), "Joules\n");
        write_text(events / (std::string(event) + ".scale"), "2.3283064365386962890625e-10\n");
    }
    write_text(sysfs() / "bus/event_source/devices/power/type", "30\n");
    write_text(governor(0), "powersave\n");
    write_text(governor(1), "schedutil\n");
    for (const int cpu : {0, 1})
        write_text(governor(cpu).parent_path() / "scaling_available_governors",
                   "performance powersave schedutil ondemand conservative userspace\n");
}

Lab::~Lab() {
    kill_processes_of(root());
}

fs::path Lab::governor(int cpu) const {
    return sysfs() / "devices/system/cpu" / ("cpu" + std::to_string(cpu)) / "cpufreq/scaling_governor";
}

void Lab::install(const char* stand_in, const fs::path& target, const Json& conf) const {
    fs::create_directories(target.parent_path());
    if (!fs::exists(target)) {
        std::error_code other_disk;
        fs::create_hard_link(stand_in, target, other_disk);
        if (other_disk)
            fs::copy_file(stand_in, target);
    }
    write_text(target.string() + ".conf", conf.dump(1));
}

void Lab::write_out() {
    const auto journalled = [&](Json conf, const char* name) {
        conf["journal"] = (root() / name).string();
        if (!conf.contains("t0"))
            conf["t0"] = t0_;
        return conf;
    };
    install(FAKE_PERF, root() / "bin/perf", journalled(perf, "perf.journal"));
    install(FAKE_NVIDIA_SMI, root() / "bin/nvidia-smi", journalled(smi, "smi.journal"));
    install(FAKE_TRAINING, root() / "work/toy/train.sh", journalled(training, "training.journal"));
    for (const auto& [name, json] : repositories)
        write_text(settings() / "repos" / (name + ".json"), json.dump(1));
}

Invocation Lab::tool(const std::vector<std::string>& arguments) {
    write_out();
    Invocation invocation;
    invocation.argv = {MUTATION_BINARY};
    invocation.argv.insert(invocation.argv.end(), arguments.begin(), arguments.end());
    invocation.environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"},
                              {"HOME", root().string()},
                              {"MUTATION_PERF", (root() / "bin/perf").string()},
                              {"MUTATION_NVIDIA_SMI", (root() / "bin/nvidia-smi").string()},
                              {"MUTATION_SYSFS", sysfs().string()},
                              {"MUTATION_SETTINGS", settings().string()}};
    for (const auto& [name, value] : environment) {
        if (value.empty())
            invocation.environment.erase(name);
        else
            invocation.environment[name] = value;
    }
    // A process that gave up root cannot be traced, but a leak check needs that: it would change the exit status.
    if (invocation.environment.count("SUDO_UID") > 0)
        invocation.environment.emplace("ASAN_OPTIONS", "detect_leaks=0");
    invocation.directory = root();
    invocation.limit = limit;
    invocation.on_terminal = on_terminal;
    return invocation;
}

RunResult Lab::run(const std::vector<std::string>& arguments) {
    return run_process(tool(arguments));
}

std::vector<std::string> Lab::toy_run(int runs, const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{
        "-r", "toy",        "-m", "tiny",       "-mt", "learning_rate", "-n", std::to_string(runs), "-s",
        "7",  "--cooldown", "0",  "--baseline", "0"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

fs::path Lab::copy_tool(const std::string& folder, int rights) const {
    const fs::path copy = root() / folder / "mutation";
    fs::create_directories(copy.parent_path());
    fs::copy_file(MUTATION_BINARY, copy, fs::copy_options::overwrite_existing);
    fs::permissions(copy.parent_path(), static_cast<fs::perms>(rights));
    return copy;
}

Json Lab::dry_run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--dry-run", "--json"});
    const RunResult result = run(arguments);
    if (result.exit_code != 0) {
        throw std::runtime_error(result.all());
    }
    return Json::parse(result.out)["experiments"];
}

void Lab::train_for(double seconds) {
    training = {{"steps", Json::array({{{"sleep", seconds}}, {{"print", "accuracy: 0.9\n"}}})}};
}

std::string Lab::config(const Json& json) const {
    const fs::path file = root() / "experiment.json";
    write_text(file, json.dump(1));
    return file.string();
}

std::vector<fs::path> Lab::sessions() const {
    std::vector<fs::path> found;
    if (!fs::exists(results()))
        return found;
    for (const auto& entry : fs::directory_iterator(results()))
        if (entry.path().filename().string().rfind("run_", 0) == 0)
            found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
}

fs::path Lab::session() const {
    const auto all = sessions();
    if (all.size() != 1)
        throw std::runtime_error(std::to_string(all.size()) + " sessions instead of one in " + results().string());
    return all.front();
}

std::vector<fs::path> Lab::experiments() const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(session()))
        if (fs::exists(entry.path() / "experiment.json"))
            found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
}

Json Lab::record(std::size_t index) const {
    return read_json(experiments().at(index) / "experiment.json");
}

std::vector<Row> Lab::summary() const {
    return read_csv(session() / "summary.csv");
}

std::vector<Json> Lab::journal(const std::string& who, const std::string& event) const {
    std::vector<Json> entries;
    std::ifstream in(root() / (who + ".journal"));
    for (std::string line; std::getline(in, line);) {
        auto entry = Json::parse(line, nullptr, false);
        if (entry.is_object() && entry.value("event", std::string()) == event)
            entries.push_back(std::move(entry));
    }
    return entries;
}

Json read_json(const fs::path& file) {
    return Json::parse(read_text(file));
}

std::vector<Row> read_csv(const fs::path& file) {
    return test::parse_csv_table(read_text(file));
}

} // namespace mutation::e2e
