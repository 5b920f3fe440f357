#pragma once

#include "process.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace mutation::e2e {

using Json = nlohmann::ordered_json;
using Row = std::map<std::string, std::string>;

/// A machine for one test: settings with one repository `toy` (models `tiny`, `big`), a stand-in for its training,
/// for perf (50 W package, 5 W memory) and for nvidia-smi (one GPU, 200 W), and a /sys with a power PMU and two CPUs'
/// governors. Change the members, then run; they are written out at every run.
class Lab {
public:
    Lab();
    ~Lab();
    Lab(const Lab&) = delete;
    Lab& operator=(const Lab&) = delete;

    Json perf;
    Json smi;
    Json training; ///< steps of the training: see tests/fakes/fake_training.cpp
    std::map<std::string, Json> repositories;
    std::map<std::string, std::string> environment; ///< of the tool
    double limit = 60;
    bool on_terminal = false;

    [[nodiscard]] const fs::path& root() const { return dir_.path(); }
    [[nodiscard]] fs::path settings() const { return root() / "settings"; }
    [[nodiscard]] fs::path results() const { return root() / "results"; }
    [[nodiscard]] fs::path sysfs() const { return root() / "sys"; }
    /// The governor file of a CPU.
    [[nodiscard]] fs::path governor(int cpu) const;

    /// The lab's tool with these arguments; its folder is the lab.
    [[nodiscard]] Invocation tool(const std::vector<std::string>& arguments);
    RunResult run(const std::vector<std::string>& arguments);
    /// `runs` mutations of the toy's learning rate, no cooldown, no baseline, and `more`.
    [[nodiscard]] std::vector<std::string> toy_run(int runs, const std::vector<std::string>& more = {}) const;
    /// A copy of the program in a folder of the lab, with these permissions: MUTATION_BINARY may be where only root can
    /// go.
    [[nodiscard]] fs::path copy_tool(const std::string& folder, int rights = 0755) const;
    /// The planned experiments from `--dry-run --json`.
    [[nodiscard]] Json dry_run(std::vector<std::string> arguments);
    /// Makes the toy's training succeed after that time.
    void train_for(double seconds);
    /// Writes an experiment config and returns its path.
    [[nodiscard]] std::string config(const Json& json) const;

    [[nodiscard]] std::vector<fs::path> sessions() const;
    /// The only session; throws if there are more or none.
    [[nodiscard]] fs::path session() const;
    /// Experiment folders of the only session, by name.
    [[nodiscard]] std::vector<fs::path> experiments() const;
    /// The record of the n-th, from 0.
    [[nodiscard]] Json record(std::size_t index = 0) const;
    [[nodiscard]] std::vector<Row> summary() const;

    /// Log entries of the stand-ins with this `event`.
    [[nodiscard]] std::vector<Json> journal(const std::string& who, const std::string& event) const;
    [[nodiscard]] double t0() const { return t0_; }

private:
    TemporaryFolder dir_;
    double t0_;

    void write_out();
    void install(const char* stand_in, const fs::path& target, const Json& conf) const;
};

[[nodiscard]] Json read_json(const fs::path& file);
/// The rows of a CSV file below its header.
[[nodiscard]] std::vector<Row> read_csv(const fs::path& file);

} // namespace mutation::e2e
