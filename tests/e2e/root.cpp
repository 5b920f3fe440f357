#include "root.hpp"

#include "catch.hpp"

#include <unistd.h>

namespace mutation::e2e {

bool is_root() {
    if (::getuid() == 0) {
        return true;
    }
    WARN("skipped: only root can try what sudo gives away");
    return false;
}

void call_by_sudo(Lab& lab) {
    lab.environment = {{"SUDO_UID", "65534"}, {"SUDO_GID", "65534"}, {"SUDO_USER", "nobody"}, {"USER", "root"}};
    fs::create_directories(lab.results());
    REQUIRE(::chown(lab.results().c_str(), kNobody, kNobody) == 0);
    for (const char* name : {"training", "load", "smi", "perf"}) {
        const fs::path journal = lab.root() / (std::string(name) + ".journal");
        write_text(journal, "");
        REQUIRE(::chown(journal.c_str(), kNobody, kNobody) == 0);
    }
}

Invocation with_etc(Invocation call, const fs::path& etc) {
    std::vector<std::string> argv{"/usr/bin/unshare",
                                  "--mount",
                                  "/bin/sh",
                                  "-c",
                                  "mount --bind '" + etc.string() + "' /etc && exec \"$@\"",
                                  "sh"};
    argv.insert(argv.end(), call.argv.begin(), call.argv.end());
    call.argv = argv;
    return call;
}

bool can_unshare() {
    Invocation probe;
    probe.argv = {"/usr/bin/unshare", "--mount", "/bin/true"};
    return run_process(probe).exit_code == 0;
}

} // namespace mutation::e2e
