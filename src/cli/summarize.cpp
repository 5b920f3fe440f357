#include "mutation/rollup/summarize.hpp"

#include "mutation/core/counted.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/record/session_layout.hpp"
#include "settings.hpp"
#include "verbs.hpp"

#include <fmt/format.h>
#include <iostream>

namespace mutation::cli {

/// Rebuilds the metrics and the summary of a session. Error(storage) if records cannot be read.
int summarize(const Call& call) {
    system::unblock_signals(); // it writes whole files, so that it may be interrupted at any time
    const Options& options = call.options;
    const Settings settings = load_good_settings(options);
    const rollup::SummarizeResult result = rollup::summarize_session(options.session, settings.loaded.registry);
    for (const std::string& remark : result.remarks) {
        print_text(stderr, fmt::format("warning: {}\n", remark));
    }
    std::cout << fmt::format("{}, {} of them changed\nsummary: {}\n", counted(result.records, "record"), result.rebuilt,
                             record::SessionLayout(options.session).summary().string());
    if (!result.refused.empty()) {
        throw Error(ErrorKind::storage,
                    fmt::format("{}\nthese records are missing in the summary; repair the files, or "
                                "move them away",
                                join(result.refused, "\n")));
    }
    return 0;
}

} // namespace mutation::cli
