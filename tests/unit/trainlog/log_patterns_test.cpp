#include "catch.hpp"

#include "mutation/core/numbers.hpp"
#include "mutation/trainlog/log_metrics.hpp"
#include "our_registry.hpp"

#include <set>

using namespace mutation;

namespace {

using Metrics = std::map<std::string, double>;

/// A cut-down log of a real training and what it printed.
struct Sample {
    const char* file;
    const char* repository;
    const char* model;
    Metrics metrics;
};

const std::vector<Sample>& samples() {
    static const std::vector<Sample> all{
        {"MRT-OAST_default_035_parallel",
         "MRT-OAST",
         "default",
         {{"accuracy", 0.861579}, {"precision", 0.976796}, {"recall", 0.731485}, {"f1", 0.836527}}},
        {"MRT-OAST_default_084",
         "MRT-OAST",
         "default",
         {{"accuracy", 0.770433}, {"precision", 0.930847}, {"recall", 0.568060}, {"f1", 0.705550}}},
        {"Person_reID_baseline_pytorch_densenet121_055_parallel",
         "Person_reID_baseline_pytorch",
         "densenet121",
         {{"rank1", 0.887767}, {"rank5", 0.961698}, {"rank10", 0.974169}, {"map", 0.726849}}},
        {"Person_reID_baseline_pytorch_hrnet18_004",
         "Person_reID_baseline_pytorch",
         "hrnet18",
         {{"rank1", 0.879454}, {"rank5", 0.962886}, {"rank10", 0.975356}, {"map", 0.697153}}},
        {"Person_reID_baseline_pytorch_pcb_010",
         "Person_reID_baseline_pytorch",
         "pcb",
         {{"rank1", 0.921615}, {"rank5", 0.973872}, {"rank10", 0.982482}, {"map", 0.779107}}},
        {"Person_reID_baseline_pytorch_pcb_073_parallel",
         "Person_reID_baseline_pytorch",
         "pcb",
         {{"rank1", 0.925772}, {"rank5", 0.973872}, {"rank10", 0.984264}, {"map", 0.777767}}},
        {"VulBERTa_mlp_005", "VulBERTa", "mlp", {{"eval_loss", 0.7477817535400391}, {"final_training_loss", 0.7935}}},
        {"VulBERTa_mlp_041_parallel",
         "VulBERTa",
         "mlp",
         {{"eval_loss", 0.6907401084899902}, {"final_training_loss", 0.7123}}},
        {"bug-localization-by-dnn-and-rvsm_default_012_parallel",
         "bug-localization-by-dnn-and-rvsm",
         "default",
         {{"top1_accuracy", 0.372}, {"top5_accuracy", 0.621}, {"top10_accuracy", 0.732}, {"top20_accuracy", 0.819}}},
        {"bug-localization-by-dnn-and-rvsm_default_029",
         "bug-localization-by-dnn-and-rvsm",
         "default",
         {{"top1_accuracy", 0.381}, {"top5_accuracy", 0.629}, {"top10_accuracy", 0.744}, {"top20_accuracy", 0.833}}},
        {"examples_mnist_018", "examples", "mnist", {{"test_accuracy", 95}, {"test_loss", 0.1585}}},
        {"examples_mnist_036_parallel", "examples", "mnist", {{"test_accuracy", 99}, {"test_loss", 0.0323}}},
        {"examples_mnist_ff_001",
         "examples",
         "mnist_ff",
         {{"test_accuracy", 9.5599994063377400},
          {"test_error", 0.9044000059366226},
          {"train_error", 0.8571428507566452}}},
        {"examples_mnist_ff_016_parallel",
         "examples",
         "mnist_ff",
         {{"test_accuracy", 10.3000000119209300},
          {"test_error", 0.8969999998807907},
          {"train_error", 0.8627450913190842}}},
        {"examples_mnist_rnn_023", "examples", "mnist_rnn", {{"test_accuracy", 49}, {"test_loss", 1.7217}}},
        {"examples_mnist_rnn_093_parallel", "examples", "mnist_rnn", {{"test_accuracy", 42}, {"test_loss", 1.9162}}},
        {"examples_siamese_025", "examples", "siamese", {{"test_accuracy", 97}, {"test_loss", 0.0001}}},
        {"examples_siamese_112_parallel", "examples", "siamese", {{"test_accuracy", 97}, {"test_loss", 0.0001}}},
        {"pytorch_resnet_cifar10_resnet20_030", "pytorch_resnet_cifar10", "resnet20", {{"test_accuracy", 92.110}}},
        {"pytorch_resnet_cifar10_resnet20_122_parallel",
         "pytorch_resnet_cifar10",
         "resnet20",
         {{"test_accuracy", 90.420}}},
    };
    return all;
}

trainlog::LogReader reader_for(const config::Repository& repository, const config::Model& model) {
    return {model.metrics, repository.success_patterns, repository.failure_patterns};
}

} // namespace

TEST_CASE("every real log gives its printed metrics and no failure") {
    for (const Sample& sample : samples()) {
        INFO(sample.file);
        const config::Repository* repository = test::our_registry().find(sample.repository);
        REQUIRE(repository != nullptr);
        const config::Model* model = repository->find_model(sample.model);
        REQUIRE(model != nullptr);
        const trainlog::LogFindings findings =
            reader_for(*repository, *model)
                .read_file(std::string(MUTATION_TEST_DIR "/golden/logs/") + sample.file + ".log");
        CHECK(findings.failure_matches.empty());
        CHECK(findings.remarks.empty());
        for (const auto& [name, value] : sample.metrics) {
            INFO(name);
            REQUIRE(findings.metrics.contains(name));
            CHECK(findings.metrics.at(name) == value);
        }
    }
}

TEST_CASE("every metric of every model is found in a line of our adapters") {
    for (const config::Repository& repository : test::our_registry().repositories) {
        for (const config::Model& model : repository.models) {
            std::string log = "epoch 1\n";
            double value = 0.125;
            for (const config::Metric& metric : model.metrics) {
                if (metric.pattern.find("RESULT") != std::string::npos) {
                    log += "RESULT " + metric.name + "=" + format_shortest(value) + "\n";
                    value += 0.0625;
                }
            }
            const trainlog::LogFindings findings = reader_for(repository, model).read_text(log);
            value = 0.125;
            for (const config::Metric& metric : model.metrics) {
                INFO(repository.name + " " + model.name + " " + metric.name);
                REQUIRE(findings.metrics.contains(metric.name));
                CHECK(findings.metrics.at(metric.name) == value);
                value += 0.0625;
            }
            for (const std::string& name : model.required_metrics) {
                CHECK(findings.metrics.contains(name));
            }
        }
    }
}

TEST_CASE("a precision at the beginning of a line is not that of MRT-OAST's test block") {
    const config::Repository& repository = *test::our_registry().find("MRT-OAST");
    const trainlog::LogFindings findings =
        reader_for(repository, repository.models.front())
            .read_text("    Precision: 0.930847\n    Recall   : 0.568060\n\n\nPrecision: 0.5\nRecall : 0.25\n");
    CHECK(findings.metrics.at("precision") == 0.930847);
    CHECK(findings.metrics.at("recall") == 0.568060);
}

TEST_CASE("a number in quotes is read") {
    const config::Repository& repository = *test::our_registry().find("VulBERTa");
    const trainlog::LogFindings findings =
        reader_for(repository, *repository.find_model("mlp"))
            .read_text("100%|##| 9/9 [00:01<00:00]{'eval_loss': '0.6907', 'eval_samples_per_second': '49.4'}\n");
    CHECK(findings.metrics.at("eval_loss") == 0.6907);
    CHECK(findings.metrics.at("eval_samples_per_second") == 49.4);
}

TEST_CASE("text that only looks like a failure is not a failure") {
    const config::Repository& repository = *test::our_registry().find("pytorch_resnet_cifar10");
    const trainlog::LogReader reader = reader_for(repository, repository.models.front());
    for (const char* failure :
         {"RuntimeError: CUDA out of memory. Tried to allocate", "This model is not yet implemented",
          "Error during training: x", "Status: PARTIAL", "Loss nan (nan)", "train loss: nan"}) {
        INFO(failure);
        CHECK_FALSE(reader.read_text(std::string("epoch 1\n") + failure + "\n").failure_matches.empty());
    }
    for (const char* harmless : {"train error: 0.1", "No errors detected", "FutureWarning: nan", "wrong pairs: 3"}) {
        INFO(harmless);
        CHECK(reader.read_text(harmless).failure_matches.empty());
    }
}
