#include "catch.hpp"

#include "../src/run/handed_descriptor.hpp"
#include "mutation/core/error.hpp"
#include "support/temporary_folder.hpp"

#include <array>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace mutation;

namespace {

std::string describe(int fd) {
    struct stat facts {};
    REQUIRE(::fstat(fd, &facts) == 0);
    return std::to_string(fd) + ":" + std::to_string(facts.st_ino);
}

/// As the launcher finds it that must ask its tool, which we are ourselves.
system::UniqueFd find(run::Handed which, int fd) {
    return run::find_descriptor(which, std::to_string(::getpid()), describe(fd));
}

/// Out of the way of the numbers under which a launcher inherits.
system::UniqueFd high(int fd) {
    const system::UniqueFd low(fd);
    system::UniqueFd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 100));
    REQUIRE(copy.is_open());
    return copy;
}

system::UniqueFd memory(int seals) {
    system::UniqueFd fd = high(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    REQUIRE(::ftruncate(fd.get(), 10) == 0);
    REQUIRE(::fcntl(fd.get(), F_ADD_SEALS, seals) == 0);
    return fd;
}

} // namespace

TEST_CASE("a launcher finds what its tool made") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    const system::UniqueFd read = high(ends[0]);
    const system::UniqueFd write = high(ends[1]);
    CHECK(find(run::Handed::lifeline, read.get()).is_open());
    const system::UniqueFd report = find(run::Handed::report, write.get());
    CHECK(::write(report.get(), "x", 1) == 1);
    CHECK(find(run::Handed::spec, memory(run::kSpecSeals).get()).is_open());
}

TEST_CASE("a launcher takes no file that the tool did not make, and does not even open it") {
    const test::TemporaryFolder folder;
    const auto fifo_path = folder.path() / "fifo";
    const auto file_path = folder.path() / "file";
    REQUIRE(::mkfifo(fifo_path.c_str(), 0600) == 0);
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    const system::UniqueFd pipe = high(ends[0]);
    const system::UniqueFd other_end = high(ends[1]);
    const system::UniqueFd file = high(::open(file_path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600));
    const system::UniqueFd fifo = high(::open(fifo_path.c_str(), O_RDWR | O_CLOEXEC));
    const system::UniqueFd device = high(::open("/dev/null", O_RDWR | O_CLOEXEC));
    const system::UniqueFd sealed = memory(run::kSpecSeals);
    for (const run::Handed which : {run::Handed::report, run::Handed::lifeline}) {
        for (const system::UniqueFd* fd : {&file, &fifo, &device, &sealed}) {
            CHECK_THROWS_AS(find(which, fd->get()), Error);
        }
    }
    const int all = run::kSpecSeals;
    const std::array<system::UniqueFd, 4> open_memory{memory(0), memory(all & ~F_SEAL_WRITE),
                                                      memory(all & ~F_SEAL_SHRINK), memory(all & ~F_SEAL_GROW)};
    for (const system::UniqueFd* fd :
         {&file, &fifo, &device, &pipe, &open_memory[0], &open_memory[1], &open_memory[2], &open_memory[3]}) {
        CHECK_THROWS_AS(find(run::Handed::spec, fd->get()), Error);
    }
}
