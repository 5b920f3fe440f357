#include "catch.hpp"

#include "mutation/system/abandoned.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/process.hpp"

#include <csignal>
#include <sys/wait.h>

using namespace mutation;

namespace {

system::Child start_sleep(const char* seconds) {
    system::SpawnRequest request;
    request.argv = {"sleep", seconds};
    return system::spawn(request);
}

} // namespace

TEST_CASE("a child that is killed is reaped and is not abandoned") {
    system::Child child = start_sleep("60");
    const std::optional<system::ExitStatus> status = child.kill_and_reap();
    REQUIRE(status);
    CHECK(status->signal == SIGKILL);
    CHECK_FALSE(child.is_running());
    CHECK_FALSE(child.kill_and_reap().has_value()); // there is nothing left to kill
    CHECK(system::take_abandoned().empty());
}

TEST_CASE("a child that was reaped elsewhere counts as ended, without a status") {
    system::Child child = start_sleep("0");
    REQUIRE(::waitpid(child.pid(), nullptr, 0) == child.pid());
    const std::optional<system::ExitStatus> status = child.wait_for(Seconds(30));
    REQUIRE(status);
    CHECK_FALSE(status->code.has_value());
    CHECK_FALSE(status->signal.has_value());
    CHECK_FALSE(status->is_success());
}

TEST_CASE("an abandoned process is reported once and forgotten when it has ended") {
    const pid_t process = start_sleep("60").release();
    system::abandon(process);
    system::abandon(process);
    const std::vector<std::string> reports = system::take_abandoned();
    REQUIRE(reports.size() == 1);
    CHECK_THAT(reports.front(), Catch::Contains("(process " + std::to_string(process) + ")"));
    CHECK(system::take_abandoned().empty());
    CHECK(system::abandoned_processes().contains(process));
    ::kill(process, SIGKILL);
    siginfo_t end{};
    REQUIRE(::waitid(P_PID, static_cast<id_t>(process), &end, WEXITED | WNOWAIT) == 0);
    CHECK_FALSE(system::abandoned_processes().contains(process));
    CHECK(::waitpid(process, nullptr, WNOHANG) == -1); // it was reaped
}
