#include "catch.hpp"

#include "mutation/system/unique_fd.hpp"
#include "mutation/trainlog/log_metrics.hpp"
#include "our_registry.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <fcntl.h>

using namespace mutation;
using trainlog::LogFindings;
using trainlog::LogReader;

namespace {

LogFindings read_log(const std::string& pattern, std::string_view log, std::size_t block = LogReader::kBlockBytes) {
    return LogReader({{"loss", pattern, std::nullopt}}, {}, {}, block).read_text(log);
}

/// The metric's value; -1 if it is null, -2 if nothing matched.
double loss_in(const LogFindings& findings) {
    const auto found = findings.metrics.find("loss");
    return found == findings.metrics.end() ? -2 : found->second.value_or(-1);
}

bool has_remark_on(const LogFindings& findings, const std::string& metric) {
    return std::any_of(findings.remarks.begin(), findings.remarks.end(),
                       [&metric](const std::string& remark) { return remark.rfind(metric + ": ", 0) == 0; });
}

/// A line that a training really printed, up to each of its numbers.
struct RealLine {
    const char* repository;
    const char* model;
    const char* metric;
    const char* good;
    const char* bad; ///< the same with nan or inf for the metric
};

const std::vector<RealLine>& real_lines() {
    static const std::vector<RealLine> lines{
        {"MRT-OAST", "default", "accuracy", "Accuracy on test is 7704/10000 = 0.770433",
         "Accuracy on test is 0/0 = nan"},
        {"MRT-OAST", "default", "precision", "    Precision: 0.930847", "    Precision: nan"},
        {"MRT-OAST", "default", "recall", "    Recall   : 0.568060", "    Recall   : NaN"},
        {"MRT-OAST", "default", "f1", "    F1 score : 0.705550", "    F1 score : nan"},
        {"Person_reID_baseline_pytorch", "pcb", "rank1",
         "Rank@1:0.921615 Rank@5:0.973872 Rank@10:0.982482 mAP:0.779107", "Rank@1:nan Rank@5:nan Rank@10:nan mAP:nan"},
        {"Person_reID_baseline_pytorch", "pcb", "rank5",
         "Rank@1:0.921615 Rank@5:0.973872 Rank@10:0.982482 mAP:0.779107", "Rank@1:nan Rank@5:nan Rank@10:nan mAP:nan"},
        {"Person_reID_baseline_pytorch", "densenet121", "rank10",
         "Rank@1:0.921615 Rank@5:0.973872 Rank@10:0.982482 mAP:0.779107", "Rank@1:nan Rank@5:nan Rank@10:nan mAP:nan"},
        {"Person_reID_baseline_pytorch", "hrnet18", "map",
         "Rank@1:0.921615 Rank@5:0.973872 Rank@10:0.982482 mAP:0.779107", "Rank@1:nan Rank@5:nan Rank@10:nan mAP:nan"},
        {"VulBERTa", "mlp", "eval_loss", "{'eval_loss': 0.7477817535400391, 'eval_runtime': 12.1}",
         "{'eval_loss': nan, 'eval_runtime': 12.1}"},
        {"VulBERTa", "cnn", "eval_loss", "{'eval_loss': '0.6907'}", "{'eval_loss': 'inf'}"},
        {"VulBERTa", "mlp", "final_training_loss", "Final training loss: 0.7935", "Final training loss: nan"},
        {"VulBERTa", "mlp", "eval_samples_per_second", "'eval_samples_per_second': 49.4",
         "'eval_samples_per_second': inf"},
        {"VulBERTa", "mlp", "accuracy", "Accuracy: 0.56", "Accuracy: nan"},
        {"VulBERTa", "mlp", "precision", "Precision: 0.56", "Precision: nan"},
        {"VulBERTa", "mlp", "recall", "Recall: 0.56", "Recall: nan"},
        {"VulBERTa", "mlp", "f1", "F-measure: 0.56", "F-measure: nan"},
        {"VulBERTa", "mlp", "auc", "AUC: 0.56", "AUC: nan"},
        {"VulBERTa", "mlp", "mcc", "MCC: -0.56", "MCC: -nan"},
        {"bug-localization-by-dnn-and-rvsm", "default", "top1_accuracy", "Top- 1 Accuracy: 0.372",
         "Top- 1 Accuracy: nan"},
        {"bug-localization-by-dnn-and-rvsm", "default", "top20_accuracy", "Top-20 Accuracy: 0.819",
         "Top-20 Accuracy: nan"},
        {"examples", "mnist", "test_loss", "Test set: Average loss: 0.1585, Accuracy: 9510/10000 (95%)",
         "Test set: Average loss: nan, Accuracy: 980/10000 (10%)"},
        {"examples", "mnist_ff", "test_accuracy", "Test Accuracy: 9.5599994063377400%", "Test Accuracy: nan%"},
        {"examples", "mnist_ff", "test_error", "test error: 0.9044000059366226", "test error: nan"},
        {"examples", "mnist_ff", "train_error", "train error: 0.8571428507566452", "train error: inf"},
        {"examples", "mnist_rnn", "test_loss", "Test set: Average loss: 1.7217, Accuracy: 4900/10000 (49%)",
         "Test set: Average loss: nan, Accuracy: 980/10000 (10%)"},
        {"examples", "siamese", "test_loss", "Test set: Average loss: 0.0001, Accuracy: 9700/10000 (97%)",
         "Test set: Average loss: inf, Accuracy: 980/10000 (10%)"},
        {"examples", "siamese", "test_accuracy", "Test set: Average loss: 0.0001, Accuracy: 9700/10000 (97%)",
         "Test set: Average loss: 0.0001, Accuracy: 0/0 (nan%)"},
        {"pytorch_resnet_cifar10", "resnet20", "test_accuracy", " * Prec@1 92.110", " * Prec@1 nan"},
    };
    return lines;
}

LogFindings read_with(const char* repository, const char* model, const std::string& log) {
    const config::Repository& entry = *test::our_registry().find(repository);
    return LogReader(entry.find_model(model)->metrics, {}, {}).read_text(log);
}

} // namespace

TEST_CASE("a number before nan or inf is not the last value") {
    const std::string pattern =
        GENERATE(R"((?m)^RESULT loss=([0-9.]+))", R"(RESULT loss=(\d+\.\d{4}))", R"((?m)^RESULT loss=([0-9.eE+-]+)$)",
                 R"(RESULT loss=(-?(?:\d+\.)?\d+))", R"((?i)result loss\s*=\s*(\S+))", R"((?<=RESULT loss=)([0-9.]+))",
                 R"((?x) RESULT\ loss= # ( a comment
                                                                              ([0-9.]+))");
    for (const char* spelling : {"nan",
                                 "NaN",
                                 "NAN",
                                 "-nan",
                                 "+nan",
                                 "inf",
                                 "-inf",
                                 "Inf",
                                 "Infinity",
                                 "-Infinity",
                                 "INFINITY",
                                 "-nan(ind)",
                                 "1.#QNAN",
                                 "-1.#IND",
                                 "1.#INF",
                                 "nan(0x8000000000000)",
                                 "tensor(nan)",
                                 "tensor(nan, device='cuda:0')",
                                 "tensor(inf, grad_fn=<NllLossBackward0>)",
                                 "np.float32(nan)",
                                 "array([nan], dtype=float32)",
                                 "'nan'",
                                 "\"NaN\"",
                                 "  nan",
                                 "[nan]",
                                 ".nan",
                                 "NaN32",
                                 "\xe2\x88\x9e",
                                 "nan%",
                                 "nan, lr=0.1",
                                 "nan.",
                                 "nanEpoch 1/1000",
                                 "array([ nan], dtype=float32)"}) {
        INFO(pattern << " " << spelling);
        const LogFindings findings =
            read_log(pattern, "RESULT loss=0.6931\nepoch 2\nRESULT loss=" + std::string(spelling) + "\nend\n");
        CHECK(loss_in(findings) == -1);
        CHECK(has_remark_on(findings, "loss"));
        CHECK(findings.missing_metrics.count("loss") == 1);
    }
}

TEST_CASE("a number after nan is the last value, and the other metric keeps its own") {
    CHECK(loss_in(read_log("loss=([0-9.]+)", "loss=0.7\nloss=nan\nloss=0.5\n")) == 0.5);
    CHECK(read_log("loss=([0-9.]+)", "loss=nan\nloss=0.5\n").remarks.empty());
    const LogReader reader({{"loss", "(?m)^RESULT loss=([0-9.]+)", std::nullopt},
                            {"accuracy", "(?m)^RESULT accuracy=([0-9.]+)", std::nullopt}},
                           {}, {});
    const LogFindings findings =
        reader.read_text("RESULT loss=0.6931\nRESULT accuracy=0.91\nRESULT loss=nan\nRESULT accuracy=0.098\n");
    CHECK_FALSE(findings.metrics.at("loss").has_value());
    CHECK(findings.metrics.at("accuracy") == 0.098);
    REQUIRE(findings.remarks.size() == 1);
    CHECK(findings.remarks[0] == "loss: the training printed 'nan', in the line \"RESULT loss=nan\"");
}

TEST_CASE("the text before the number may change from epoch to epoch") {
    CHECK(loss_in(read_log(R"(Epoch \d+: loss ([0-9.]+))", "Epoch 1: loss 0.5\nEpoch 2: loss nan\n")) == -1);
    CHECK(loss_in(read_log(R"(Epoch.*loss=([0-9.]+))", "Epoch 1  45%|##  | loss=0.5\nEpoch 2  90%|####| loss=nan\n")) ==
          -1);
    CHECK(loss_in(read_log(R"("loss": ([0-9.]+))", "{\"loss\": 0.5, \"acc\": 0.9}\n{\"loss\": NaN, \"acc\": 0.1}\n")) ==
          -1);
    CHECK(loss_in(read_log(R"((?:train|val)_loss(?:=|: )([0-9.]+))", "val_loss=0.5\nval_loss: -inf\n")) == -1);
    CHECK(loss_in(read_log("\xe6\x8d\x9f\xe5\xa4\xb1: ([0-9.]+)",
                           "\xe6\x8d\x9f\xe5\xa4\xb1: 0.5\n\xe6\x8d\x9f\xe5\xa4\xb1: nan\n")) == -1);
}

TEST_CASE("nan in the place of another number of the pattern does not hide a later epoch") {
    const std::string log = "1,0.5,0.91\nloss: 0.5 acc: 0.91\n2,nan,0.098\nloss: nan acc: 0.098\n";
    for (const char* pattern :
         {R"(loss: [0-9.]+ acc: ([0-9.]+))", R"(loss: \d+\.\d+ acc: (\d+\.\d+))", R"((?m)^\d+,[\d.]+,([0-9.]+))"}) {
        INFO(pattern);
        const LogFindings findings = read_log(pattern, log);
        CHECK(loss_in(findings) == -1);
        CHECK(has_remark_on(findings, "loss"));
    }
    CHECK(loss_in(read_log(R"(loss: \S+ acc: ([0-9.]+))", log)) == 0.098);
    CHECK(loss_in(read_log(R"(loss: .* acc: ([0-9.]+))", log)) == 0.098);
}

TEST_CASE("nan after the number, in the place of another number of the pattern, makes the value null") {
    const std::string log = "loss=0.5, acc=0.9\nloss=0.3, acc=nan\n";
    const LogFindings findings = read_log(R"(loss=([0-9.]+), acc=[0-9.]+)", log);
    CHECK(loss_in(findings) == -1);
    CHECK(has_remark_on(findings, "loss"));
    CHECK(loss_in(read_log(R"(loss=([0-9.]+), acc=[0-9.]+)", log + "loss=0.2, acc=0.8\n")) == 0.2);
    CHECK(loss_in(read_log(R"(loss=([0-9.]+), acc=\S+)", log)) == 0.3);
    CHECK(loss_in(read_log(R"(loss=([0-9.]+))", log)) == 0.3);
    CHECK(loss_in(read_log(R"((?:loss=([0-9.]+)|acc=[0-9.]+))", "loss=0.5\nacc=nan\n")) == 0.5);
}

TEST_CASE("a progress bar of Keras keeps its last number, or shows that it became nan") {
    const std::string pattern = "[^_]loss: ([0-9.]+)";
    const std::string good = " 99/100 [====>.] - ETA: 2s - loss: 0.2445Epoch 1/1000\n"
                             "100/100 [=====] - 328s 3s/step - loss: 0.2445 - val_loss: 0.2342\n";
    CHECK(loss_in(read_log(pattern, good)) == 0.2445);
    CHECK(loss_in(read_log(pattern, good + " 99/100 [====>.] - ETA: 3s - loss: nanEpoch 1/1000\n")) == -1);
    CHECK(loss_in(read_log(pattern, good + "Batch 3: Invalid loss, terminating training\n - loss: inf \n")) == -1);
}

TEST_CASE("nan in another place changes nothing") {
    CHECK(loss_in(read_log(R"((?m)^loss=([0-9.]+))", "loss=0.5\nval_loss=nan\n")) == 0.5);
    CHECK(loss_in(read_log(R"(loss=([0-9.]+))", "loss=0.5\nFutureWarning: nan in gradient\n")) == 0.5);
    CHECK(loss_in(read_log(R"(([0-9.]+)% correct)", "95.5% correct\nFutureWarning: nan\n")) == 95.5);
    CHECK(loss_in(read_log(R"(loss=([0-9.]+))", "loss=0.5\nloss=info\nloss=nancy\nloss=infeasible\nloss=INFO\n")) ==
          0.5);
    CHECK(loss_in(read_log(R"(loss: ([0-9.]+))", "loss: 0.5\nloss: see nan above\n")) == 0.5);
    CHECK(loss_in(read_log(R"((?|best ([0-9.]+)|last ([0-9.]+)))", "best 0.5\nlasting nan\n")) == 0.5);
}

TEST_CASE("a metric without a label is null if its own place has nan") {
    CHECK(loss_in(read_log(R"(([0-9.]+)% correct)", "95.5% correct\nnan% correct\n")) == -1);
    CHECK(loss_in(read_log(R"((?m)^\d+\t([0-9.]+))", "1\t0.5\n2\tnan\n")) == -1);
}

TEST_CASE("nan in a later part of a long log is found at any block border") {
    std::string log = "loss=0.5\n";
    while (log.size() < 200'000) {
        log += "step " + std::to_string(log.size()) + "\n";
    }
    for (std::size_t block = 4'000; block < 4'008; ++block) {
        CHECK(loss_in(read_log("loss=([0-9.]+)", log + "loss=nan\n" + log.substr(9), block)) == -1);
    }
}

TEST_CASE("a log that was not read completely gives no value") {
    const test::TemporaryFolder folder;
    std::string log = "loss=0.5\n";
    log.append(400'000, '.');
    test::write_text(folder.path() / "log", log);
    const system::UniqueFd fd(::open((folder.path() / "log").c_str(), O_RDONLY | O_CLOEXEC));
    trainlog::LogLimits limits;
    limits.is_called_off = [] { return true; };
    const LogFindings findings =
        LogReader({{"loss", "loss=([0-9.]+)", std::nullopt}}, {}, {}, 1024).read_descriptor(fd.get(), "log", limits);
    REQUIRE(findings.was_called_off);
    CHECK(loss_in(findings) == -1);
    CHECK(has_remark_on(findings, "loss"));
}

TEST_CASE("every pattern of the registry detects nan in a real line") {
    for (const RealLine& line : real_lines()) {
        INFO(line.repository << " " << line.metric << ": " << line.bad);
        const std::string good = std::string(line.good) + "\n";
        const LogFindings before = read_with(line.repository, line.model, good);
        REQUIRE(before.metrics.count(line.metric) == 1);
        CHECK(before.metrics.at(line.metric).has_value());
        const LogFindings after = read_with(line.repository, line.model, good + "\n" + line.bad + "\n");
        CHECK_FALSE(after.metrics.at(line.metric).has_value());
        CHECK(has_remark_on(after, line.metric));
    }
}

TEST_CASE("every metric of the registry detects nan in a line of our adapters") {
    for (const config::Repository& repository : test::our_registry().repositories) {
        for (const config::Model& model : repository.models) {
            for (const config::Metric& metric : model.metrics) {
                INFO(repository.name << " " << model.name << " " << metric.name);
                const LogFindings findings =
                    LogReader(model.metrics, {}, {})
                        .read_text("RESULT " + metric.name + "=0.5\nRESULT " + metric.name + "=nan\n");
                REQUIRE(findings.metrics.count(metric.name) == 1);
                CHECK_FALSE(findings.metrics.at(metric.name).has_value());
            }
        }
    }
}

TEST_CASE("a test accuracy after a nan loss is that of the same epoch") {
    const LogFindings findings = read_with("examples", "mnist",
                                           "Test set: Average loss: 0.0500, Accuracy: 9800/10000 (98%)\n\n"
                                           "Test set: Average loss: nan, Accuracy: 980/10000 (10%)\n");
    CHECK(findings.metrics.at("test_accuracy") == 10);
    CHECK_FALSE(findings.metrics.at("test_loss").has_value());
}
