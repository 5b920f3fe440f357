#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace mutation::bench {

/// How a program ran.
struct ProgramRun {
    double seconds = 0;
    double peak_mebibytes = 0; ///< the largest resident set of it or of one of its children
    int exit_code = -1;
};

/// Runs a program to its end, output to /dev/null. Throws Error(machine) when it does not start.
[[nodiscard]] ProgramRun run_program(const std::vector<std::string>& argv);

/// Duration of the call in seconds.
[[nodiscard]] double time_call(const std::function<void()>& call);

[[nodiscard]] double median(std::vector<double> values);

/// Medians of two things that are measured in turn, so that other load affects both equally.
struct PairedMedians {
    double ours = 0;
    double reference = 0;
};
[[nodiscard]] PairedMedians measure_in_turn(std::size_t times, const std::function<double()>& ours,
                                            const std::function<double()>& reference);

} // namespace mutation::bench
