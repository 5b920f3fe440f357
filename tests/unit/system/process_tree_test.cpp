#include "catch.hpp"

#include "mutation/system/process.hpp"
#include "mutation/system/process_tree.hpp"

#include <unistd.h>

using namespace mutation;

TEST_CASE("the owner of a process is found through its parents") {
    system::SpawnRequest request;
    request.argv = {"sleep", "60"};
    system::Child child = system::spawn(request);
    CHECK(system::is_below(child.pid(), ::getpid()) == true);
    CHECK(system::is_below(::getpid(), ::getpid()) == true);
    CHECK(system::is_below(::getpid(), child.pid()) == false);
    CHECK(system::is_below(1, ::getpid()) == false);
    CHECK_FALSE(system::is_below(0, ::getpid()).has_value());
    CHECK_FALSE(system::is_below(-1, ::getpid()).has_value());
    const pid_t gone = child.pid();
    child = system::Child();
    CHECK_FALSE(system::is_below(gone, ::getpid()).has_value());
    CHECK(system::name_of(gone).empty());
    CHECK_FALSE(system::name_of(::getpid()).empty());
}
