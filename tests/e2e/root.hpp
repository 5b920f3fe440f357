#pragma once

#include "lab.hpp"

namespace mutation::e2e {

/// Whether we are root; warns where not.
[[nodiscard]] bool is_root();

/// Makes the lab's tool believe that `nobody` called it by sudo: results and journals are nobody's too.
void call_by_sudo(Lab& lab);

/// The call where /etc is this folder; the machine's own is not touched.
[[nodiscard]] Invocation with_etc(Invocation call, const fs::path& etc);

/// Whether with_etc works here.
[[nodiscard]] bool can_unshare();

} // namespace mutation::e2e
