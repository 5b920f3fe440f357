#include "support/campaign_registry.hpp"

#include <utility>

namespace mutation::test {

namespace {

using config::Distribution;
using config::HyperparameterType;

struct Numbers {
    HyperparameterType type = HyperparameterType::real;
    config::NumericRange range;
    Distribution distribution = Distribution::uniform;
    double zero_probability = 0;
};

config::Hyperparameter number(const char* name, const Numbers& numbers, Value default_value) {
    config::Hyperparameter hyperparameter;
    hyperparameter.name = name;
    hyperparameter.flag = std::string("--") + name;
    hyperparameter.type = numbers.type;
    hyperparameter.range = numbers.range;
    hyperparameter.distribution = numbers.distribution;
    hyperparameter.zero_probability = numbers.zero_probability;
    hyperparameter.default_value = std::move(default_value);
    return hyperparameter;
}

config::Model make_net() {
    config::Model net;
    net.name = "net";
    net.hyperparameters = {
        number("epochs", {HyperparameterType::integer, {3, 50}, Distribution::log_uniform}, std::int64_t{10}),
        number("learning_rate", {HyperparameterType::real, {.001, .1}, Distribution::log_uniform}, .01),
        number("batch_size", {HyperparameterType::integer, {16, 256}, Distribution::log_uniform}, std::int64_t{64}),
        number("dropout", {HyperparameterType::real, {0, .5}}, .1),
        number("weight_decay", {HyperparameterType::real, {1e-5, 1e-3}, Distribution::log_uniform, .25}, 1e-4),
    };
    config::Hyperparameter optimizer;
    optimizer.name = "optimizer";
    optimizer.flag = "--optimizer";
    optimizer.type = HyperparameterType::choice;
    optimizer.choices = {"sgd", "adam"};
    optimizer.default_value = "sgd";
    net.hyperparameters.push_back(optimizer);
    net.hyperparameters.push_back(number("seed", {HyperparameterType::integer, {0, 9999}}, std::int64_t{1}));
    net.metrics = {{"accuracy", "accuracy=([0-9.]+)", true}, {"loss", "loss=([0-9.]+)", false}};
    return net;
}

energy::EnergyQuality good_quality(const char* method, Joules energy) {
    energy::EnergyQuality quality;
    quality.method = method;
    quality.samples = 600;
    quality.coverage = Percent(100);
    quality.longest_gap = Seconds(.2);
    quality.uncertainty = .01 * energy;
    quality.verdict = energy::Verdict::good;
    quality.sensor_accuracy = Percent(5);
    quality.sensor_accuracy_source = "made up";
    return quality;
}

} // namespace

config::Registry campaign_registry() {
    config::Repository repository;
    repository.name = "made_up";
    repository.path = "repos/made_up";
    repository.directory = "/nowhere/repos/made_up";
    repository.base = "/nowhere";
    repository.train_script = "train.sh";
    repository.model_flag = "-n";
    repository.models = {make_net()};
    config::Model load;
    load.name = "load";
    load.hyperparameters = {number("epochs", {HyperparameterType::integer, {1, 100}}, std::int64_t{100})};
    repository.models.push_back(load);
    return {{repository}};
}

record::ModelFacts campaign_facts() {
    const config::Registry registry = campaign_registry();
    return record::describe_model(registry.repositories.front(), registry.repositories.front().models.front());
}

record::Environment campaign_environment(bool has_gpu) {
    record::Environment environment;
    environment.machine.tool_version = "1.0.0";
    environment.machine.host = "node";
    environment.machine.kernel = "Linux 6.1.0";
    environment.machine.cpu_model = "Made-up CPU";
    environment.machine.cpu_count = 16;
    environment.machine.governor = "performance";
    if (has_gpu) {
        environment.sensors.gpu_driver = "550.54";
        environment.sensors.gpus = {{0, "GPU-made-up", "Made-up GPU", "Enabled"}};
    }
    return environment;
}

energy::Measurement campaign_measurement(const Campaign& campaign, Joules cpu, Joules gpu) {
    energy::Measurement measurement;
    if (campaign.has_cpu) {
        measurement.cpu.package = .9 * cpu;
        measurement.cpu.ram = .1 * cpu;
        measurement.cpu.total = cpu;
        measurement.cpu.quality = good_quality("perf_rapl", cpu);
    } else {
        measurement.cpu.quality.reason = "no RAPL counters (normal in a virtual machine)";
    }
    if (campaign.has_gpu) {
        measurement.gpu.energy = gpu;
        measurement.gpu.quality = good_quality("nvidia_smi", gpu);
    } else {
        measurement.gpu.quality.reason = "nvidia-smi was not found";
    }
    measurement.contamination.other_cpu = Percent(1);
    return measurement;
}

} // namespace mutation::test
