#pragma once

#include <string>
#include <vector>

namespace mutation::app {

/// The whole program: reads the command line (without the program's name), does what it says, prints errors, returns
/// the exit status. Signals must be blocked already.
[[nodiscard]] int run_app(const std::vector<std::string>& arguments);

} // namespace mutation::app
