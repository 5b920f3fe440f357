#pragma once

#include "mutation/report/report.hpp"

#include <string>
#include <vector>

namespace mutation::test {

/// A group whose runs are written by hand. Energies are of CPU and GPU; a session `s` ran them in this order.
class MadeGroup {
public:
    MadeGroup() {
        group_.key = {"toy", "net", {}, {}};
        group_.energy_parts = {report::EnergyPart::cpu, report::EnergyPart::gpu};
    }

    /// The next run: ten minutes after the last one, 100 s long.
    report::Run& add(std::size_t configuration, double joules) {
        const std::size_t i = group_.runs.size();
        report::Run& run = group_.runs.emplace_back();
        run.key = {"s", "toy_" + std::to_string(i + 1)};
        run.configuration = configuration;
        run.status = record::Status::ok;
        run.start = record::Moment{"", 600 * static_cast<double>(i)};
        run.duration = Seconds(100);
        run.energy = Joules(joules);
        run.cpu_energy = Joules(.25 * joules);
        run.gpu_energy = Joules(.75 * joules);
        run.power = *run.energy / *run.duration;
        run.verdict = energy::Verdict::good;
        return run;
    }

    report::Run& add(std::size_t configuration, double joules, double accuracy) {
        report::Run& run = add(configuration, joules);
        run.metrics["accuracy"] = accuracy;
        group_.metrics["accuracy"] = true;
        return run;
    }

    [[nodiscard]] report::Group& group() { return group_; }

    /// All runs but the controls.
    [[nodiscard]] std::vector<const report::Run*> runs() const {
        std::vector<const report::Run*> runs;
        for (const report::Run& run : group_.runs) {
            if (!run.is_control) {
                runs.push_back(&run);
            }
        }
        return runs;
    }

private:
    report::Group group_;
};

} // namespace mutation::test
