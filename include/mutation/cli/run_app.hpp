#pragma once

#include <string>
#include <vector>

namespace mutation::cli {

/// The whole program: reads the command line, does what it says, prints errors, returns the exit status. `program` is
/// the name that it was called by, for the commands that it proposes. Signals must be blocked already.
[[nodiscard]] int run_app(const std::string& program, const std::vector<std::string>& arguments);

} // namespace mutation::cli
