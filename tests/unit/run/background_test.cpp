#include "catch.hpp"

#include "mutation/run/background.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/file.hpp"
#include "mutation/system/process_tree.hpp"
#include "support/temporary_folder.hpp"

#include <csignal>
#include <functional>
#include <unistd.h>

using namespace mutation;

namespace {

void serve(run::Background& background, const std::function<bool()>& is_done) {
    for (int ticks = 0; ticks < 500 && !is_done(); ++ticks) {
        std::vector<pollfd> fds;
        background.add_poll_fds(fds);
        ::poll(fds.data(), fds.size(), 20);
        background.on_poll();
    }
    REQUIRE(is_done());
}

run::BackgroundSpec background_of(const std::string& script, const test::TemporaryFolder& folder) {
    run::BackgroundSpec spec;
    spec.launch = {{"/bin/sh", "-c", script}, {"PATH=/usr/bin:/bin"}, folder.path(), {}, false, 022};
    spec.log_directory = folder.path();
    spec.restart_delay = Seconds(0.01);
    spec.stop_grace = Seconds(0.1);
    return spec;
}

} // namespace

TEST_CASE("a background is started again after each end, each start with its log") {
    const test::TemporaryFolder folder;
    run::Background background(background_of("echo round", folder));
    background.start();
    serve(background, [&] { return background.lives().size() >= 3; });
    background.stop();
    CHECK_FALSE(background.given_up().has_value());
    CHECK(system::read_file(folder.path() / "run_001.log") == "round\n");
    CHECK(std::filesystem::exists(folder.path() / "run_003.log"));
    CHECK(system::descendants_of(::getpid()).empty());
}

TEST_CASE("a background that fails repeatedly is given up with the reason") {
    const test::TemporaryFolder folder;
    run::Background background(background_of("exit 4", folder));
    background.start();
    serve(background, [&] { return background.given_up().has_value(); });
    CHECK(background.given_up()->find("exit status 4") != std::string::npos);
    CHECK(background.presence(MonotonicTime{}, MonotonicTime::max()).failures == run::Background::kMostFailuresInRow);
}

TEST_CASE("a background that ignores TERM leaves nothing behind when it is stopped") {
    const test::TemporaryFolder folder;
    run::Background background(
        background_of("trap '' INT TERM; setsid sleep 100 & echo up; sleep 100; sleep 100", folder));
    background.start();
    serve(background, [&] { return system::descendants_of(::getpid()).size() >= 4; });
    background.stop();
    CHECK(system::descendants_of(::getpid()).empty());
    CHECK_FALSE(background.lives().back().has_failed);
}

TEST_CASE("alive time is counted only within the window") {
    const test::TemporaryFolder folder;
    run::Background background(background_of("sleep 100", folder));
    const MonotonicTime before = system::monotonic_now();
    background.start();
    serve(background, [&] { return system::descendants_of(::getpid()).size() >= 2; });
    const MonotonicTime later = system::monotonic_now();
    CHECK(background.alive(later, later + std::chrono::seconds(10)).value() == Approx(100));
    CHECK(background.alive(before - std::chrono::hours(1), before).value() == 0);
    background.stop();
    CHECK(background.alive(later + std::chrono::hours(1), later + std::chrono::hours(2)).value() == 0);
}

TEST_CASE("a background that cannot be started is given up at once, with the reason") {
    const test::TemporaryFolder folder;
    run::BackgroundSpec spec = background_of("", folder);
    spec.launch.argv = {"/no/such/train.sh"};
    run::Background background(spec);
    background.start();
    serve(background, [&] { return background.given_up().has_value(); });
    CHECK(background.given_up()->find("/no/such/train.sh") != std::string::npos);
    CHECK(background.lives().size() == 1);
    CHECK(background.lives().back().has_failed);
}

TEST_CASE("a background keeps the logs of the one before") {
    const test::TemporaryFolder folder;
    test::write_text(folder.path() / "run_001.log", "evidence\n");
    run::Background background(background_of("echo round; sleep 100", folder));
    background.start();
    serve(background, [&] { return test::fs::file_size(folder.path() / "run_002.log") > 0; });
    background.stop();
    CHECK(system::read_file(folder.path() / "run_001.log") == "evidence\n");
    CHECK(background.lives().front().log.filename() == "run_002.log");
}

TEST_CASE("a stalled background is stopped and counts as failed") {
    const test::TemporaryFolder folder;
    run::BackgroundSpec spec = background_of("echo on; exec sleep 100", folder);
    spec.stall = Seconds(0.2);
    run::Background background(spec);
    background.start();
    serve(background, [&] { return background.lives().size() == 2; });
    CHECK(background.lives().front().has_failed);
    background.stop();
    CHECK_FALSE(background.lives().back().has_failed);
}

TEST_CASE("a background whose launcher was killed is given up") {
    const test::TemporaryFolder folder;
    run::Background background(background_of("sleep 100", folder));
    background.start();
    serve(background, [&] { return system::descendants_of(::getpid()).size() >= 2; });
    ::kill(*background.companions().begin(), SIGKILL);
    serve(background, [&] { return background.given_up().has_value(); });
    CHECK(background.given_up()->find("launcher") != std::string::npos);
    CHECK(background.companions().empty());
    CHECK(system::end_descendants({}, Seconds(1)));
}

TEST_CASE("a due restart wakes the waiting loop") {
    const test::TemporaryFolder folder;
    run::BackgroundSpec spec = background_of("exit 0", folder);
    spec.restart_delay = Seconds(0.1);
    run::Background background(spec);
    background.start();
    while (background.lives().size() < 3) {
        std::vector<pollfd> fds;
        background.add_poll_fds(fds);
        REQUIRE(::poll(fds.data(), fds.size(), 10'000) > 0);
        background.on_poll();
    }
    for (std::size_t i = 1; i < background.lives().size(); ++i) {
        CHECK(background.lives()[i].start - *background.lives()[i - 1].end >= std::chrono::milliseconds(100));
    }
}

TEST_CASE("a background that must end at once gets no grace period") {
    const test::TemporaryFolder folder;
    run::BackgroundSpec spec =
        background_of("trap 'echo asked' INT TERM; echo up; while :; do sleep 0.01; done", folder);
    spec.stop_grace = Seconds(30);
    run::Background background(spec);
    background.start();
    serve(background, [&] { return test::fs::file_size(folder.path() / "run_001.log") > 0; });
    background.stop(run::StopRequest::kill);
    CHECK(system::read_file(folder.path() / "run_001.log") == "up\n");
    CHECK(system::descendants_of(::getpid()).empty());
}
