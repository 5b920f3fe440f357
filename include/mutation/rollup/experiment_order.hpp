#pragma once

#include <string_view>

namespace mutation::rollup {

/// The order of a session's experiments by their ids (`<repo>_<model>_<NNN>[_parallel]`): by number, 2 before 10 and
/// 999 before 1000, then by name. An id without a number comes first.
[[nodiscard]] bool comes_before(std::string_view a, std::string_view b);

} // namespace mutation::rollup
