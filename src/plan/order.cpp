#include "order.hpp"

#include "mutation/plan/draw_bits.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <map>

namespace mutation::plan {

namespace {

/// The stream of the order, apart from those of the configurations.
constexpr std::uint64_t kOrderStream = std::numeric_limits<std::uint64_t>::max();

std::vector<PlannedExperiment> in_sequence(std::vector<std::vector<PlannedExperiment>>&& configurations) {
    std::vector<PlannedExperiment> pass;
    for (std::vector<PlannedExperiment>& runs : configurations) {
        std::move(runs.begin(), runs.end(), std::back_inserter(pass));
    }
    return pass;
}

std::vector<PlannedExperiment> in_turn(std::vector<std::vector<PlannedExperiment>>&& configurations) {
    std::size_t longest = 0;
    for (const std::vector<PlannedExperiment>& runs : configurations) {
        longest = std::max(longest, runs.size());
    }
    std::vector<PlannedExperiment> pass;
    for (std::size_t i = 0; i < longest; ++i) {
        for (std::vector<PlannedExperiment>& runs : configurations) {
            if (i < runs.size()) {
                pass.push_back(std::move(runs[i]));
            }
        }
    }
    return pass;
}

/// Fisher-Yates, since std::shuffle may use the generator's bits in another way elsewhere.
void shuffle(std::vector<PlannedExperiment>& experiments, std::uint64_t seed) {
    Engine engine = make_engine(seed, kOrderStream);
    for (std::size_t left = experiments.size(); left > 1; --left) {
        std::swap(experiments[left - 1], experiments[draw_below(left, engine)]);
    }
}

} // namespace

std::vector<PlannedExperiment> put_in_order(std::vector<std::vector<PlannedExperiment>> configurations, int replicates,
                                            config::Order order, std::uint64_t seed) {
    std::vector<PlannedExperiment> pass = order == config::Order::interleaved ? in_turn(std::move(configurations))
                                                                              : in_sequence(std::move(configurations));
    const std::size_t length = pass.size();
    std::map<std::size_t, int> most; // default values' runs are replicates already
    for (const PlannedExperiment& experiment : pass) {
        most[experiment.configuration] = std::max(most[experiment.configuration], experiment.replicate);
    }
    pass.reserve(length * static_cast<std::size_t>(replicates));
    for (int round = 1; round < replicates; ++round) {
        for (std::size_t i = 0; i < length; ++i) {
            pass.push_back(pass[i]);
            pass.back().replicate += round * most[pass[i].configuration];
        }
    }
    if (order == config::Order::random) {
        shuffle(pass, seed);
    }
    return pass;
}

std::vector<PlannedExperiment> insert_controls(std::vector<PlannedExperiment> experiments,
                                               const PlannedExperiment& control, int every) {
    std::vector<PlannedExperiment> mixed;
    int controls = 0;
    const auto add_control = [&] {
        mixed.push_back(control);
        mixed.back().replicate = ++controls;
    };
    add_control();
    int since = 0;
    for (PlannedExperiment& experiment : experiments) {
        if (since == every) {
            add_control();
            since = 0;
        }
        mixed.push_back(std::move(experiment));
        ++since;
    }
    add_control();
    return mixed;
}

std::string experiment_id(const PlannedExperiment& experiment) {
    std::string id = fmt::format("{}_{}_{:03}{}", experiment.training.repository, experiment.training.model,
                                 experiment.number, experiment.mode == config::Mode::parallel ? "_parallel" : "");
    for (char& letter : id) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte <= ' ' || letter == '/' || letter == '\\' || byte == 0x7f) {
            letter = '_';
        }
    }
    return id;
}

} // namespace mutation::plan
