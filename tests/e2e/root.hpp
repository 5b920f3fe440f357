#pragma once

#include "lab.hpp"

namespace mutation::e2e {

/// Whether we are root; warns if not.
[[nodiscard]] bool is_root();

/// Makes the lab's tool believe that `nobody` called it by sudo: results and journals are nobody's too.
void call_by_sudo(Lab& lab);

/// The call with this folder as /etc; the machine's own is not changed.
[[nodiscard]] Invocation with_etc(Invocation call, const fs::path& etc);

/// Whether with_etc works here.
[[nodiscard]] bool can_unshare();

} // namespace mutation::e2e
