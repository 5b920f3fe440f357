#include "catch.hpp"

#include "mutation/system/control_group.hpp"

#include <unistd.h>

using namespace mutation::system;

TEST_CASE("our cgroup is found below a version 2 mount") {
    const std::string alone = "24 30 0:22 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
    const std::string beside_v1 = "31 30 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"
                                  "32 31 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
                                  "33 31 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
    CHECK(control_group_folder(alone, "0::/user.slice/session-3.scope\n") ==
          "/sys/fs/cgroup/user.slice/session-3.scope");
    CHECK(control_group_folder(beside_v1, "5:cpu:/x\n0::/\n") == "/sys/fs/cgroup/unified/");
}

TEST_CASE("without version 2 or outside its mount, there is no own cgroup") {
    CHECK_FALSE(control_group_folder("32 31 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n", "5:cpu:/\n"));
    CHECK_FALSE(control_group_folder("24 30 0:22 /docker/ab /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "0::/x\n"));
    CHECK_FALSE(control_group_folder("", ""));
    CHECK_FALSE(control_group_folder("24 30 0:22 / - cgroup2", "0::/\n"));
}
