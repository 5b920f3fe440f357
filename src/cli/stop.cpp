#include "mutation/console/plan_view.hpp"
#include "mutation/core/error.hpp"
#include "mutation/record/session_store.hpp"
#include "mutation/system/request_socket.hpp"
#include "mutation/system/signals.hpp"
#include "session_verbs.hpp"
#include "verbs.hpp"

#include <fmt/format.h>
#include <iostream>

namespace mutation::cli {

namespace {

[[noreturn]] void fail_unheard(const record::SessionStore& store, std::vector<std::string> resume) {
    const std::string session = store.directory().string();
    if (store.is_locked()) {
        throw Error(ErrorKind::machine,
                    fmt::format("{} is running, but cannot be reached; press Ctrl-C in its terminal, or send INT to "
                                "its process",
                                session));
    }
    resume.insert(resume.end(), {"resume", session});
    throw Error(ErrorKind::usage,
                fmt::format("{} does not run on this machine, so there is nothing to stop; if runs of "
                            "its plan are missing: {}",
                            session, console::quote_for_shell(resume)));
}

} // namespace

/// Asks a running session to end, at once or after its current run. Error(usage) if the session does not run,
/// Error(machine) if it cannot be reached or belongs to another user.
int stop(const Call& call) {
    const Options& options = call.options;
    const bool is_after_run = options.own.contains("after-run");
    const record::SessionStore store = record::SessionStore::open(options.session);
    const std::string session = store.directory().string();
    std::error_code status;
    if (!std::filesystem::exists(store.layout().session(), status)) {
        throw Error(ErrorKind::usage, record::explain_no_session(store.directory(), "it has no session.json"));
    }
    switch (system::send_request(store.directory(), is_after_run ? record::SessionLayout::kStopAfterRunSocket
                                                                 : record::SessionLayout::kStopSocket)) {
    case system::Delivery::delivered:
        break;
    case system::Delivery::forbidden:
        throw Error(ErrorKind::machine,
                    fmt::format("{} belongs to another user; stop it as that user, or with sudo", session));
    case system::Delivery::nobody_listens:
        fail_unheard(store, called_as(options.program));
    }
    std::cout << (is_after_run ? fmt::format("{} will end when its current run is recorded\n", session)
                               : fmt::format("{} is stopping; the second `mutation stop` kills its training at once\n",
                                             session));
    return 0;
}

} // namespace mutation::cli
